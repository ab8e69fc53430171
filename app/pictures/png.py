"""PNG of a chart, drawn by resvg with the font that ships: the same picture on every machine.

The renderer takes 40 to 230 ms and lets no other thread of its interpreter run meanwhile, so a server has it done by a
process of its own (`of`): its other answers are not held up, and its memory does not grow by the pixels.
"""

import math
import os
import re
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

LARGEST = 4_000_000  # pixels
SCALES = (1.0, 3.0)
AT_ONCE = 2  # processes that draw for one server process
PATIENCE = 10.0  # seconds; what is drawn takes a fiftieth
_FONTS = Path(__file__).parent / "fonts"
_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')
_room = BoundedSemaphore(AT_ONCE)


class NotDrawn(Exception):
    """There was no room for another picture, or drawing it took too long. Trying again later may help."""


def here(svg: str, scale: float = 2.0) -> bytes:
    """The picture, drawn in this process, with so many pixels for each CSS pixel: 1 to 3, never above four megapixels.

    Takes what `draw` gave and nothing else: what others wrote could name files.
    Errors: `ValueError` where it is no such SVG.
    """
    import resvg_py  # three megabytes of a renderer, loaded by the first picture

    size = _SIZE.search(svg[:600])
    if size is None:
        raise ValueError("that is no chart")
    wide, tall = int(size[1]), int(size[2])
    zoom = min(max(scale, SCALES[0]), SCALES[1], math.sqrt(LARGEST / (wide * tall)))
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=math.floor(wide * zoom),
            height=math.floor(tall * zoom),
            skip_system_fonts=True,
            font_files=[str(_FONTS / name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")],
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
        )
    )


def of(svg: str, scale: float = 2.0) -> bytes:
    """The same in a process of its own. It blocks the thread that calls it and no other, so call it in one.

    Errors: `NotDrawn` where none of the places became free in time, or the picture did not come.
    """
    if not _room.acquire(timeout=PATIENCE):
        raise NotDrawn("too many pictures at once")
    try:
        done = subprocess.run(  # noqa: S603 - this file itself; what it draws comes over the pipe
            [sys.executable, "-I", __file__, str(scale)],
            input=svg.encode(),
            capture_output=True,
            check=True,
            timeout=PATIENCE,
            env={name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failed:
        raise NotDrawn("the picture did not come") from failed
    finally:
        _room.release()
    return done.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(here(sys.stdin.buffer.read().decode(), float(sys.argv[1])))
