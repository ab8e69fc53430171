"""A chart says what it shows, in shapes and in words, whatever it is given."""

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pictures import Mark, Picture, Point, draw
from app.pictures.frame import day_ticks, range_of
from app.pictures.letters import clean, width, wrapped
from app.pictures.look import FILLS, LOOKS, Look
from app.pictures.numerals import number
from tests.charts import SVG, days, noise, parsed, series, story, texts

HOSTILE = (
    "<script>alert(1)</script>",
    '"/><image href="https://elsewhere.example/x.png"/>',
    "]]> --> <![CDATA[ <!ENTITY x SYSTEM 'file:///etc/passwd'> &x; &#0; &amp;",
    "' onload='alert(1)",
    "\x00\x01\x08\x0b\x0c\x1f\x7f\x85\ud800\udfff\ufffe\uffff\u2028\u2029 controls",
    "\u202egnirts\u202c \u2066a\u2069 \u200f",
    "W" * 10_000,
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 " * 50,
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d" * 200,
    "url(https://elsewhere.example/) expression(alert(1))",
    "{{7*7}} %s %n ${x}",
    "",
    " \t\r\n ",
)
# Everything that a chart is made of. A script, a picture, a link or a style would not be.
ELEMENTS = {"svg", "title", "desc", "rect", "path", "circle", "polyline", "text", "g"}


def check(svg: str) -> None:
    """What holds of every chart."""
    root = parsed(svg)
    assert root.get("role") == "img"
    names = [child.tag.removeprefix(SVG) for child in root][:2]
    assert names == ["title", "desc"]
    ids = [child.get("id") for child in root][:2]
    assert root.get("aria-labelledby") == " ".join(map(str, ids))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ELEMENTS
    for element in root.iter():
        assert not {name for name in element.attrib if name.startswith("on") or "href" in name}
        assert "style" not in element.attrib
        assert not [value for value in element.attrib.values() if "url(" in value or ":" in value]
    for word in ("nan", "inf"):
        assert not [
            path
            for element in root.iter()
            if word in (path := element.get("d", "") + element.get("y", ""))
        ]


@pytest.mark.parametrize("width", [360, 800, 1200, 1600])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_has_a_name_and_says_what_it_shows(width: int, theme: str) -> None:
    svg = draw(story(width=width, theme=theme))
    check(svg)
    title, said = parsed(svg)[0].text, parsed(svg)[1].text or ""
    assert title == "Blood pressure read in the last year"
    for part in (
        "The last 7 months are above",
        "30 points",
        "1 Jan 2022",
        "limits",
        "Target 70%",
        "1 not shown",
    ):
        assert part in said, part


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert draw(story()) == draw(story())
    assert draw(story()) != draw(story(theme="dark"))


def test_no_order_of_a_set_is_in_it() -> None:
    """Hashes of text differ from one interpreter to the next."""
    code = "from app.pictures import draw; from tests.charts import story; print(hash(draw(story())) and draw(story()))"
    said = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert said[0] == said[1] != b""


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("width", [360, 1200])
def test_no_text_becomes_markup(text: str, width: int) -> None:
    points = series(noise(15))
    points[3].annotation = text
    points[5].value, points[5].annotation = None, text
    picture = story(
        title=text, subtitle=text, unit=text, axis=text, summary=text, points=points, notes=[text] * 3,
        centre_name="Mean", marks=[Mark("2022-03-01", text), Mark("2022-05-01", text, "rebase")], width=width,
    )  # fmt: skip
    check(draw(picture))


@pytest.mark.parametrize(
    "values",
    [
        [],
        [4.2],
        [None],
        [None] * 20,
        [5.0] * 20,
        [0.0] * 3,
        [1e15, -1e15, 3.0],
        [1e-12, 2e-12, 1.5e-12],
        [5e-324, 0.0],
        [1e-99, 3e-99],
        [1e15, 1e15 + 1],
        [-5.0, -6.5, -4.0],
        [0.1 + 0.2, 0.3],
        [None, 1.0, None, 2.0, None],
    ],
    ids=repr,
)
@pytest.mark.parametrize("target", [None, 0.0, 1e15, -3.0])
def test_any_numbers_are_drawn(values: list[float | None], target: float | None) -> None:
    points = [Point(on, value) for on, value in zip(days(len(values)), values, strict=True)]
    check(draw(Picture(title="t", points=points, target=target)))
    check(draw(Picture(title="t", points=series(values), target=target, width=360)))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1.7e308])
def test_what_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="number"):
        draw(Picture(title="t", points=[Point("2024-01-01", bad)]))


@pytest.mark.parametrize("apart", [1, 7, 30])
def test_a_long_series_has_a_largest_size(apart: int) -> None:
    points = series(noise(10_000), apart if apart < 30 else 1)
    for i, point in enumerate(points):
        point.meaning, point.signal, point.group = "concern", "shift", i // 50
        point.annotation = "x" * 1000
    svg = draw(Picture(title="t", points=points, width=1600))
    check(svg)
    assert len(svg) < 500_000


def test_what_stands_out_is_kept_in_a_long_series() -> None:
    values = noise(10_000)
    values[7_777] = 500.0
    svg = draw(Picture(title="t", points=series(values, 1), width=360))
    assert "500 (improvement: above the upper limit)" in svg


def test_gaps_say_why() -> None:
    svg = draw(story())
    assert "not shown: small numbers</title>" in svg
    assert "no value</title>" in svg
    assert {"Not shown: small numbers", "No value"} <= set(texts(parsed(svg)))


def test_what_is_suppressed_must_not_be_there() -> None:
    points = series(noise(5))
    points[2].suppressed = True
    with pytest.raises(ValueError, match="suppressed"):
        draw(Picture(title="t", points=points))


@pytest.mark.parametrize("on", ["20240101", "2024-W01-1", "2024-02-30", "", "<b>", "2024-01-01T00"])
def test_what_is_no_day_is_refused(on: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        draw(Picture(title="t", points=[Point(on, 1.0)]))
    with pytest.raises(ValueError, match=r"."):
        draw(Picture(title="t", points=series(noise(5)), marks=[Mark(on, "x")]))


def test_from_the_first_day_to_the_last() -> None:
    for ends in (
        ["0001-01-01", "9999-12-31"],
        ["9999-12-30", "9999-12-31"],
        ["0001-01-01", "0001-01-02"],
    ):
        check(draw(Picture(title="t", points=[Point(on, 1.0) for on in ends], width=360)))


@given(
    text=st.text(max_size=300),
    values=st.lists(st.none() | st.floats(-1e15, 1e15), max_size=20),
    target=st.none() | st.floats(-1e15, 1e15),
    wide=st.sampled_from([360, 1200]),
)
@settings(max_examples=80, deadline=None)
def test_whatever_it_is_given(
    text: str, values: list[float | None], target: float | None, wide: int
) -> None:
    points = series(values)
    for point in points[:3]:
        point.annotation = text
    check(
        draw(
            Picture(
                title=text, subtitle=text, unit=text, axis=text, summary=text, points=points, target=target,
                marks=[Mark("2022-02-02", text)], notes=[text], width=wide,
            )
        )
    )  # fmt: skip


@given(text=st.text(max_size=120), room=st.floats(30, 400), most=st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_wrapped_lines_fit(text: str, room: float, most: int) -> None:
    lines = wrapped(clean(text, 100), room, 12, most)
    assert len(lines) <= most
    assert all(width(line, 12) <= room for line in lines)


@pytest.mark.parametrize("most", [5, 7])
@pytest.mark.parametrize(
    "numbers", [[0.0, 1.0], [3.0], [99.9, 100.1], [-7.0, 1e9], [1e-9, 3e-9], [1e15]]
)
def test_ticks_are_even_few_and_hold_all(numbers: list[float], most: int) -> None:
    values = range_of(numbers, None, most, "")
    assert values.low <= min(numbers)
    assert max(numbers) <= values.high
    assert 2 <= len(values.ticks) <= most + 2
    written = [number(tick, values.decimals) for tick in values.ticks]
    assert len(set(written)) == len(written)


@pytest.mark.parametrize(
    ("span", "room"), [(20, 200), (90, 300), (700, 300), (4000, 300), (40_000, 300)]
)
def test_days_do_not_touch(span: int, room: int) -> None:
    ticks = day_ticks(730_000, 730_000 + span, room / span, 50)
    assert 2 <= len(ticks) <= 12
    for before, after in pairwise(ticks):
        assert (after.ordinal - before.ordinal) * room / span > width(before.label + " ", 12)


# --- Contrast -------------------------------------------------------------------------------------


def contrast(one: str, other: str) -> float:
    """How much one colour stands out of another (WCAG 2.2, relative luminance)."""

    def light(colour: str) -> float:
        shares = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    less, more = sorted((light(one), light(other)))
    return (more + 0.05) / (less + 0.05)


def faint(look: Look) -> Iterator[str]:
    """The colours of a theme that are too near to its ground."""
    for name in ("ink", "soft", "target_text"):
        if contrast(getattr(look, name), look.ground) < 4.5:
            yield name
    for name in ("axis", "series", "centre", "limits", "target"):
        if contrast(getattr(look, name), look.ground) < 3:
            yield name
    for meaning, outline in look.outlines.items():
        if max(contrast(outline, look.ground), contrast(FILLS[meaning], look.ground)) < 3:
            yield meaning


@pytest.mark.parametrize("theme", LOOKS)
def test_everything_stands_out(theme: str) -> None:
    assert list(faint(LOOKS[theme])) == []


def test_what_does_not_stand_out_is_noticed() -> None:
    plain = dict.fromkeys(FILLS, "#ffffff")
    light = LOOKS["light"]
    bare = replace(light, outlines=plain, soft="#999999")
    assert list(faint(bare)) == ["soft", "common_cause", "improvement"]
