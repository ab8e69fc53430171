"""The rows of an analysis that needs no stored measure: for anybody, and nothing is kept."""

from collections.abc import Iterator

from tests.permissions import oracle
from tests.permissions.facts import Facts
from tests.permissions.table import Cell, personas, rows_of

SERIES = {
    "chart": "run",
    "improvement_direction": "increase",
    "points": [{"on": f"2025-{month:02}-01", "value": month} for month in range(1, 13)],
}


@rows_of("analyseSeries")
def analyse_series(facts: Facts) -> Iterator[Cell]:
    """Whoever asks; a token that is no good is told so."""
    seen = {
        **dict(personas(facts, facts.nets["open/open"])),
        **dict(personas(facts, facts.nets["open"])),
    }
    for label, actor in seen.items():
        end = oracle.gate(actor, sign_in=False) or (200, None)
        yield Cell(
            "analyseSeries",
            label,
            "the installation",
            actor,
            "POST",
            "/v1/analysis",
            end,
            json=SERIES,
        )
