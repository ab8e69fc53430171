"""From the public document of an analysis (`POST /v1/analysis`) to a picture."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.pictures.letters import clean
from app.pictures.numerals import day, decimals_for, formatter
from app.pictures.picture import CHARTS, Mark, Picture, Point, Theme
from app.pictures.words import LONGEST_UNIT

CENTRES = {"run": "Median", "g": "Median", "t": "Centre"}  # the others have a mean
# Of the warnings of an analysis those that matter to who looks at the chart.
WARNINGS = {
    "short_group": "Fewer than 13 points in a period: its lines will move with the points to come.",
    "baseline_not_complete": "A period has fewer points than its lines were to be made of.",
}
RULESETS = {"mdc": "Making Data Count", "anhoej": "Anh\u00f8j", "perla": "Perla"}


@dataclass(slots=True, kw_only=True)
class Subject:
    """What an analysis does not know: what is measured, and what else happened.

    `suppressed` are the days whose figures may not be shown, whether the analysis has a gap there or nothing at all;
    `excluded` those left out of the limits. `annotations` go by day.
    """

    title: str
    subtitle: str = ""
    unit: str = ""
    axis: str = ""
    target: float | None = None
    improvement_direction: str = "neutral"
    annotations: Mapping[str, str] | None = None
    suppressed: Collection[str] = ()
    excluded: Collection[str] = ()
    marks: Sequence[Mark] = ()


def picture_of(
    analysis: Mapping[str, Any], subject: Subject, *, width: int = 800, theme: Theme = "light"
) -> Picture:
    """The picture of an analysed series. Without enough data it has no icons: the sentence says why.

    `warnings` may be sentences already.
    """
    enough = analysis["status"] == "ok"
    groups = analysis["groups"]
    return Picture(
        title=subject.title,
        subtitle=subject.subtitle,
        unit=subject.unit,
        axis=subject.axis,
        chart=analysis["chart"],
        centre_name=CENTRES.get(analysis["chart"], "Mean"),
        points=_points(analysis["points"], subject),
        target=subject.target,
        improvement_direction=subject.improvement_direction,
        variation=analysis["variation"] if enough else None,
        assurance=analysis["assurance"] if enough else None,
        summary=analysis["summary"],
        marks=subject.marks,
        runs_signal=frozenset(i for i, group in enumerate(groups) if group["runs_signal"]),
        notes=_notes(analysis, clean(subject.unit, LONGEST_UNIT)),
        width=width,
        theme=theme,
    )


def _points(judged: Sequence[Mapping[str, Any]], subject: Subject) -> list[Point]:
    said = subject.annotations or {}
    hidden, excluded = set(subject.suppressed), set(subject.excluded)
    points = []
    for each in judged:
        on = each["on"]
        away = on in hidden
        points.append(
            Point(
                on, None if away else each["value"], each["centre_line"], each["lower_limit"], each["upper_limit"],
                each["group"], each["signal"], each["meaning"], said.get(on), away, on in excluded,
            )
        )  # fmt: skip
    gone = hidden - {point.on for point in points}
    if not gone:
        return points
    points += [Point(on, None, annotation=said.get(on), suppressed=True) for on in gone]
    points.sort(key=lambda point: point.on)
    group = points[0].group
    for point in points:
        if point.on in gone:
            point.group = group
        group = point.group
    return points


def _notes(analysis: Mapping[str, Any], unit: str) -> list[str]:
    rules = RULESETS.get(analysis["ruleset"], analysis["ruleset"])
    notes = [f"{CHARTS.get(analysis['chart'], 'Chart')}. Rules: {rules}."]
    groups = [group for group in analysis["groups"] if group["centre_line"] is not None]
    if len(groups) > 1:
        lines = [group["centre_line"] for group in groups[-6:]]
        written = formatter(decimals_for(max(map(abs, lines))), unit)
        spans = (
            f"{written(line)} from {day(group['from'])}"
            for line, group in zip(lines, groups[-6:], strict=True)
        )
        notes.append(f"{CENTRES.get(analysis['chart'], 'Mean')}: {', '.join(spans)}.")
    said = (WARNINGS.get(each, each) for each in analysis["warnings"])
    return [
        *notes,
        *(sentence for sentence in said if " " in sentence),
    ]  # a code without words is left out
