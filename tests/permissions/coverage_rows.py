"""The rows of coverage: for whoever is signed in, and the same for all of them."""

from collections.abc import Iterator

from tests.permissions import oracle
from tests.permissions.facts import Facts
from tests.permissions.table import Cell, everybody, rows_of


@rows_of("getCoverage")
def get_coverage(facts: Facts) -> Iterator[Cell]:
    """Counts of one board; what is hidden from somebody is in nobody's."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "networks:read")
        yield Cell(
            "getCoverage", label, net.key, actor, "GET", "/v1/coverage", end or (200, None), params={"region": "Y63"}
        )  # fmt: skip
