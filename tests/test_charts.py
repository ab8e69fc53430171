"""A chart says what it shows, in shapes and in words, whatever it is given."""

import math

import pytest

from app.pictures import Mark, Picture, Point, draw
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
