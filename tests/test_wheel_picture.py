"""A drawn wheel says what its document says: by filling, in numbers and in words, and never as one number."""

import re
from copy import deepcopy
from typing import Any

import pytest

from app.pictures.look import LOOKS
from app.pictures.ring import segment, sign, small_sign
from app.pictures.wheel import described, draw_wheel
from app.pictures.wheel_words import NO_STEP, written
from tests.charts import parsed, texts
from tests.test_charts import HOSTILE, check
from tests.wheels import STATUSES, wheel

WIDTHS = [360, 560, 800, 1200, 1600]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_indicator_is_there_with_its_numbers(width: int, theme: Any) -> None:
    document = wheel()
    svg = draw_wheel(document, "Kestrelmoor Asthma Network", width=width, theme=theme)
    check(svg)
    root = parsed(svg)
    assert (root.get("width"), root[0].text) == (
        str(width),
        "The five Cs: Kestrelmoor Asthma Network",
    )
    told = re.sub(r"\s+", " ", " ".join(texts(root)))
    for c in document["cs"]:
        assert c["label"] in told
        for one in c["indicators"]:
            assert written(one) in told, one["label"]
    assert "Read the purpose aloud" in told
    numbers = [each for each in texts(root) if each.isdigit()]
    assert sorted(map(int, numbers)) == sorted([*range(1, 34)] * 2)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_stands_outside_the_sheet(width: int) -> None:
    root = parsed(draw_wheel(wheel(), "A network", width=width))
    tall = float(root.get("height", "0"))
    for element in root.iter():
        for name, most in (("x", width), ("cx", width), ("y", tall), ("cy", tall)):
            if element.get(name) is not None:
                assert 0 <= float(element.get(name, "")) <= most
        for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", element.get("d", "")):
            assert (0 <= float(x) <= width, 0 <= float(y) <= tall) == (True, True)


@pytest.mark.parametrize("theme", LOOKS)
def test_a_status_is_told_without_colour(theme: str) -> None:
    """With every colour made one, the three are drawn in three ways, large, small and in words."""
    look = LOOKS[theme]
    drawings = {
        "large": [segment(look, each, 50, 50, (30, 40), (0.0, 0.2)) for each in STATUSES],
        "sign": [sign(look, each, 0, 0, 12) for each in STATUSES],
        "quarter": [small_sign(look, each, 0, 0, 7) for each in STATUSES],
    }
    for kind, drawn in drawings.items():
        bare = [re.sub(r"#[0-9a-f]{6}", "#000000", markup) for markup in drawn]
        assert len(set(bare)) == 3, kind


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"value": 0.3, "numerator": 12, "denominator": 40, "unit": "share"}, "30% (12/40)"),
        ({"value": -0.05, "numerator": -2, "denominator": 40, "unit": "share"}, "\u22125% (\u22122/40)"),
        ({"value": 2, "numerator": 2, "denominator": 40, "unit": "count"}, "2 (2/40)"),
        ({"value": 1, "numerator": 9, "denominator": 9, "unit": "days"}, "1 day (9/9)"),
        ({"value": 34.5, "numerator": 9, "denominator": 9, "unit": "days"}, "34.5 days (9/9)"),
        ({"value": 3.75, "numerator": 30, "denominator": 8, "unit": "score"}, "3.75 (30/8)"),
        ({"value": None, "numerator": None, "denominator": 3, "unit": "share"}, "Not enough data (3)"),
        ({"value": None, "numerator": None, "denominator": None, "unit": "share"}, "Not enough data"),
    ],
)  # fmt: skip
def test_values_are_written_with_what_they_are_made_of(given: dict[str, Any], said: str) -> None:
    assert written(given) == said


def test_it_is_read_aloud() -> None:
    said = described(wheel())
    assert said.startswith(
        "As of 23 Nov 2026, looking back 365 days. Common purpose: 2 ok, 1 thin, 1 not enough data."
    )
    assert "Thin: Purpose looked at again (4 (12/40))." in said
    assert "Next step: Read the purpose aloud" in said
    assert described(wheel(next_step=None)).endswith(NO_STEP)


def test_there_is_no_number_for_a_c_or_for_the_whole() -> None:
    """Only what belongs to an indicator is a number; the C's names stand alone."""
    document = wheel()
    labels = {c["label"] for c in document["cs"]}
    svg = draw_wheel(document, "A network", width=1200)
    assert not re.search(r"(?i)overall|total|average|points", svg)
    for each in texts(parsed(svg)):
        if any(label in each for label in labels):
            assert not re.search(r"\d+ ?%|\d+/\d+", each)


def test_a_status_that_there_is_not_is_refused() -> None:
    document = deepcopy(wheel())
    document["cs"][2]["indicators"][0]["status"] = "excellent"
    with pytest.raises(ValueError, match="no status"):
        draw_wheel(document, "A network")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_becomes_markup(text: str) -> None:
    document = wheel()
    document["next_step"] = {**document["next_step"], "text": text}
    for c in document["cs"]:
        c["label"] = text
        for one in c["indicators"]:
            one["label"] = text
    for width in (360, 1200):
        check(draw_wheel(document, text, width=width))


def test_a_wheel_without_cs_or_trend_is_drawn() -> None:
    check(draw_wheel(wheel(cs=[], next_step=None), "", width=360))
    document = wheel()
    for c in document["cs"]:
        for one in c["indicators"]:
            del one["trend"]
    svg = draw_wheel(document, "A network")
    check(svg)
    assert "quarters" not in svg


def test_the_same_wheel_gives_the_same_bytes() -> None:
    assert draw_wheel(wheel(), "A network") == draw_wheel(wheel(), "A network")
    assert draw_wheel(wheel(), "A network") != draw_wheel(wheel(1), "A network")
