"""A chart as PNG: of the right size, with text in it, whatever fonts the machine has."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.pictures import Mark, draw, png
from app.pictures.png import LARGEST, NotDrawn, here, of
from tests.charts import noise, series, story

Drawing = Callable[[str, float], bytes]


def pixels(picture: bytes, most: int) -> tuple[int, int, list[bytes]]:
    """Width, height, and the first rows of a PNG with eight bits a channel (PNG 1.2, 6: its filters are undone)."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    wide = tall = channels = 0
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        body = picture[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            wide, tall, depth, colour = struct.unpack(">IIBB", body[:10])
            assert depth == 8
            channels = {2: 3, 6: 4}[colour]
        packed += body if kind == b"IDAT" else b""
        at += length + 12
    raw, span = zlib.decompress(packed), wide * channels
    rows: list[bytes] = []
    above = bytearray(span)
    for start in range(0, most * (span + 1), span + 1):
        above = _unfiltered(
            raw[start], bytearray(raw[start + 1 : start + 1 + span]), above, channels
        )
        rows.append(bytes(above))
    return wide, tall, rows


def _unfiltered(kind: int, row: bytearray, above: bytearray, channels: int) -> bytearray:
    for i, byte in enumerate(row):
        left = row[i - channels] if i >= channels else 0
        up, corner = above[i], above[i - channels] if i >= channels else 0
        guess = left + up - corner
        _, _, near = min((abs(guess - n), order, n) for order, n in enumerate((left, up, corner)))
        row[i] = (byte + (0, left, up, (left + up) // 2, near)[kind]) & 255
    return row


@pytest.mark.parametrize("drawing", [here, of])
@pytest.mark.parametrize(("width", "scale", "wide"), [(360, 1, 360), (360, 2, 720)])
def test_a_picture_has_its_size_and_its_text(
    drawing: Drawing, width: int, scale: float, wide: int
) -> None:
    svg = draw(story(width=width))
    drawn = drawing(svg, scale)
    assert drawn == here(svg, scale)
    across, down, _ = pixels(drawn, int(30 * scale))
    assert across == wide
    assert f'width="{width}" height="{down // int(scale)}"' in svg
    assert ink_of_title(drawn, scale) > 100 * scale


def ink_of_title(drawn: bytes, scale: float) -> int:
    """How many dark pixels there are where the title stands and nothing else."""
    wide, _, rows = pixels(drawn, int(30 * scale))
    title = b"".join(rows[int(12 * scale) : int(30 * scale)])
    channels = len(rows[0]) // wide
    return sum(title[i] < 60 for i in range(0, len(title), channels))


def test_without_a_font_there_would_be_no_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The negative control: so the text that is there is written in the font that ships."""
    monkeypatch.setattr(png, "_FONTS", tmp_path)
    assert ink_of_title(here(draw(story()), 1), 1) == 0


@pytest.mark.parametrize(
    ("width", "scale"), [(1600, 3), (1600, 99), (360, 99), (800, -1), (1200, 0)]
)
def test_no_picture_is_too_large(width: int, scale: float) -> None:
    marks = [Mark(f"2022-{month:02}-15", "What was done " * 10) for month in range(1, 13)]
    drawn = here(draw(story(width=width, marks=marks)), scale)
    wide, tall = struct.unpack(">II", drawn[16:24])
    assert width <= wide <= 3 * width
    assert wide * tall <= LARGEST


def test_the_same_chart_gives_the_same_picture() -> None:
    assert here(draw(story()), 1) == here(draw(story()), 1)
    assert here(draw(story()), 1) != here(draw(story(theme="dark")), 1)


def test_only_charts_are_drawn() -> None:
    with pytest.raises(ValueError, match="no chart"):
        here("<p>no</p>")
    with pytest.raises(NotDrawn):
        of("<p>no</p>")


def test_when_there_is_no_room_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "PATIENCE", 0.01)
    svg = draw(story(points=series(noise(3))))
    taken = [png._room.acquire(timeout=1) for _ in range(png.AT_ONCE)]
    try:
        assert all(taken)
        with pytest.raises(NotDrawn, match="too many"):
            of(svg)
    finally:
        for _ in taken:
            png._room.release()
