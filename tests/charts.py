"""Pictures to draw in tests, and what is found in their SVG."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from app.pictures import Mark, Picture, Point

SVG = "{http://www.w3.org/2000/svg}"
MEANINGS = ("common_cause", "improvement", "concern", "neutral_high", "neutral_low")


def days(count: int, apart: int = 30, first: date = date(2022, 1, 1)) -> list[str]:
    """So many days, evenly apart."""
    return [(first + timedelta(days=apart * i)).isoformat() for i in range(count)]


def series(values: list[float | None], apart: int = 30) -> list[Point]:
    """Points around one mean, with limits; those beyond signal."""
    there = [value for value in values if value is not None] or [0.0]
    mean = sum(there) / len(there)
    spread = (max(there) - min(there)) / 3
    return [
        Point(
            on, value, mean, mean - spread, mean + spread,
            meaning="improvement" if value is not None and value > mean + spread else "common_cause",
            signal="above_upper_limit" if value is not None and value > mean + spread else None,
        )
        for on, value in zip(days(len(values), apart), values, strict=True)
    ]  # fmt: skip


def noise(count: int, seed: int = 5) -> list[float | None]:
    """Values that vary as chance does."""
    chance = random.Random(seed)
    return [round(chance.gauss(60, 5), 1) for _ in range(count)]


def story(**changed: object) -> Picture:
    """A picture with everything in it, and what is to be otherwise."""
    points = series(noise(30))
    points[4].value, points[4].suppressed = None, True
    points[9].value = None
    points[12].annotation = "New recall letters"
    points[15].excluded = True
    for point in points[20:]:
        point.group = 1
    for point, meaning in zip(points[-4:], MEANINGS[1:], strict=True):
        point.meaning, point.signal = meaning, "shift"
    given: dict[str, Any] = {
        "title": "Blood pressure read in the last year",
        "subtitle": "Patients with hypertension",
        "unit": "%",
        "axis": "Patients (%)",
        "chart": "xmr",
        "points": points,
        "target": 70.0,
        "improvement_direction": "increase",
        "variation": "improvement_high",
        "assurance": "inconsistent",
        "summary": "The last 7 months are above the mean: special cause, improvement.",
        "marks": [Mark(points[6].on, "Text reminders"), Mark(points[20].on, "New form", "rebase")],
        "runs_signal": frozenset({1}),
        "notes": ["XmR chart. Rules: Making Data Count."],
    } | changed
    return Picture(**given)


def parsed(svg: str) -> ET.Element:
    """The root of an SVG. Errors: `ParseError` where it is not XML."""
    return ET.fromstring(svg)  # noqa: S314 - our own text, without a document type


def texts(root: ET.Element) -> Iterator[str]:
    """Every text that is written in it."""
    for element in root.iter(f"{SVG}text"):
        yield element.text or ""
