"""Centre lines, limits and verdicts tell readers nothing that their own copy of the figures does not."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import pytest

from app.core.series import Observation
from app.core.small_numbers import suppress
from app.features.measures.analysis_schemas import Chart
from app.features.measures.series import Seen
from app.features.measures.stored_analysis import Look, analysed_measure
from tests.house import TestHouse
from tests.measured import Study, counted
from tests.proofs.figures import scaled
from tests.small_number_solver import Story, made, recovered

Rows = Sequence[Sequence[Observation]]
SETTINGS: dict[str, Any] = {
    "chart": "run", "ruleset": "anhoej", "improvement_direction": "neutral", "target": None,
    "baseline_points": None, "rebase": [], "exclude_on": [], "screen_moving_ranges": True, "multiply": 1,
}  # fmt: skip


def with_analyses(story: Story, analysed: Rows) -> Story:
    """The same, for a reader who also knows the centre line of every measure: its mean count."""
    knowing = deepcopy(story)
    for m, rows in enumerate(analysed):
        counts = [Observation(row.on, row.numerator) for row in rows if row.numerator is not None]
        analysis = analysed_measure(Seen(SETTINGS, counts), Look(Chart.C))
        centre = analysis.groups[0].centre_line if analysis.groups else None
        if centre is not None:
            days = [point.on for point in analysis.points]
            total = round(centre * len(days))
            knowing.equal(*(((m, on, "n"), 1) for on in days), known=total)
    return knowing


def told(seeds: Sequence[int], *, whole: bool) -> tuple[int, int]:
    """How many equations analyses added, and how many hidden counts were told; `whole`: made of all the points."""
    added = found = 0
    for seed in seeds:
        story = made(seed)
        shown = suppress(story.measures, 7)
        analysed: Rows = shown
        if whole:
            analysed = [measure.observations for measure in story.measures]
        knowing = with_analyses(story, analysed)
        added += len(knowing.equations) - len(story.equations)
        found += len(recovered(knowing, shown, 7, labelled=True))
    return added, found


@pytest.mark.prove
def test_a_reader_of_the_analyses_recovers_nothing() -> None:
    count = scaled(1_000)
    added, found = told(range(count), whole=False)
    assert added > count / 2
    assert found == 0


def test_centre_lines_of_all_points_would_tell() -> None:
    assert told(range(60), whole=True)[1] > 10


@pytest.mark.anyio
async def test_a_reader_makes_the_same_analysis_of_what_they_read(house: TestHouse) -> None:
    """So it is made of that and of nothing else, whichever chart is asked for."""
    study = await Study.of(house)
    screened = counted(24)
    screened[3]["numerator"] = 5
    screened[9]["numerator"] = 77
    await study.observe(screened)
    missed = (await study.add(name="Missed"))["id"]
    await study.observe([{**one, "numerator": 80 - one["numerator"]} for one in screened], missed)
    await study.publish()
    fay = study.group.fay.client
    for path in (study.path, f"/v1/measures/{missed}"):
        read = (await fay.get(f"{path}/observations")).json()["observations"]
        points = [
            {name: one[name] for name in ("on", "numerator", "denominator", "value")}
            for one in read
            if not one["suppressed"]
        ]
        assert len(points) == 22
        measure = (await fay.get(path)).json()
        for chart in ("run", "xmr", "p", "u"):
            stored = (await fay.get(f"{path}/analysis", params={"chart": chart})).json()
            body = {
                "chart": chart,
                "ruleset": stored["ruleset"],
                "points": points,
                **{
                    name: measure[name]
                    for name in ("improvement_direction", "target", "baseline_points", "multiply")
                },
            }
            own = (await fay.post("/v1/analysis", body)).json()
            stored["warnings"].remove("small_numbers_left_out")
            assert {name: stored[name] for name in own} == own
