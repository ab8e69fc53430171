"""PNG of a chart, drawn by resvg with the font that ships: the same bytes on every machine."""

import math
import re
from pathlib import Path

LARGEST = 4_000_000  # pixels
SCALES = (1.0, 3.0)
_FONTS = Path(__file__).parent / "fonts"
_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


def of(svg: str, scale: float = 2.0) -> bytes:
    """The picture with so many pixels for each CSS pixel: 1 to 3, and fewer where it would pass four megapixels.

    Takes what `draw` gave and nothing else: what others wrote could name files.
    Errors: `ValueError` where it is no such SVG.
    """
    import resvg_py  # three megabytes of a renderer, loaded by the first picture

    size = _SIZE.search(svg[:600])
    if size is None:
        raise ValueError("that is no chart")
    wide, tall = int(size[1]), int(size[2])
    zoom = min(max(scale, SCALES[0]), SCALES[1], math.sqrt(LARGEST / (wide * tall)))
    drawn: bytes = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=math.floor(wide * zoom),
        height=math.floor(tall * zoom),
        skip_system_fonts=True,
        font_files=[str(_FONTS / "DejaVuSans.ttf"), str(_FONTS / "DejaVuSans-Bold.ttf")],
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
    )
    return bytes(drawn)
