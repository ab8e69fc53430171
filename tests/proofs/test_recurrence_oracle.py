"""Series against a calendar that asks every day: 20,000 rules at random in ten zones, 0 differences."""

import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.core import recurrence, recurrence_days, recurrence_rule
from app.core.recurrence import Refused, canonical, ending_before, expand, from_on
from app.core.wall_time import local_from, local_text
from tests.proofs import calendar_oracle as oracle
from tests.proofs.figures import SEED, Figures, scaled
from tests.proofs.random_rules import ZONES, Drawn, begun, draw

EACH_ZONE = 2_000

pytestmark = pytest.mark.prove


@pytest.fixture
def figures(shared_folder: Path, capsys: pytest.CaptureFixture[str]) -> Figures:
    """A sheet for figures that no database has a part in."""
    out = Path(os.environ.get("PROVE_OUT") or shared_folder / "proofs.jsonl")
    return Figures("recurrence", "none", out, capsys)


def differences(drawn: Drawn) -> list[str]:
    """Where the service and the oracle differ on a rule that both take, its two halves included."""
    start, zone = local_text(drawn.start), drawn.zone
    rule = canonical(drawn.rule, drawn.start, zone)
    said, true = expand(rule, start, zone), oracle.answer(drawn.rule, drawn.start, zone)
    found: list[str] = []
    if [local_from(local) for local in said.locals] != true.locals:
        found.append(f"{drawn}: days")
    if [datetime.fromtimestamp(at, UTC) for at in said.starts] != true.instants:
        found.append(f"{drawn}: instants")
    cut = said.locals[len(said.locals) // 2]
    if cut != start:
        before = expand(ending_before(rule, start, zone, cut), start, zone)
        after = expand(from_on(rule, start, zone, cut), cut, zone)
        if (
            before.locals + after.locals != said.locals
            or before.starts + after.starts != said.starts
        ):
            found.append(f"{drawn}: cut at {cut}")
    return found


def differs_in_refusing(drawn: Drawn) -> str | None:
    """Whether the reason for refusing a rule with this start is one that the oracle has as well."""
    true = oracle.answer(drawn.rule, drawn.start, drawn.zone)
    count = oracle.Rule(drawn.rule).count
    try:
        canonical(drawn.rule, drawn.start, drawn.zone)
    except Refused as refused:
        named = {
            "never_occurs": not true.locals,
            "not_the_first_occurrence": bool(true.locals)
            and refused.detail.endswith(local_text(true.locals[0])),
            "too_many_occurrences": len(true.locals) > oracle.MOST,
            "recurrence_range": count is not None and len(true.locals) < count,
        }
        return None if named.get(refused.code) else f"{drawn}: {refused.code}"
    whole = true.locals[:1] == [drawn.start] and len(true.locals) <= oracle.MOST
    return None if whole and (count is None or len(true.locals) == count) else f"{drawn}: taken"


@pytest.mark.parametrize("zone", ZONES)
def test_random_rules_against_the_oracle(zone: str, figures: Figures) -> None:
    random, found = Random(f"{SEED} {zone}"), list[str]()
    counts: Counter[str] = Counter()
    while counts["rules"] < scaled(EACH_ZONE):
        drawn = draw(random, zone)
        if other := differs_in_refusing(drawn):
            found.append(other)
        taken = begun(drawn)
        if isinstance(taken, Refused):
            counts["refused"] += 1
            continue
        true = oracle.answer(taken.rule, taken.start, zone)
        counts.update(rules=1, occurrences=len(true.locals), gaps=true.gaps, folds=true.folds)
        found.extend(differences(taken))
    figures.tell(zone=zone, **counts, differences=len(found))
    assert found == []


class SecondOfTwo(datetime):
    """The offset after a change of the clocks instead of the one before."""

    @classmethod
    def combine(cls, *parts: Any) -> "SecondOfTwo":
        return super().combine(*parts).replace(fold=1)


def break_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurrence, "datetime", SecondOfTwo)


def break_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurrence_days, "_at_positions", lambda period, _: period)


def break_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = recurrence_rule.parse
    monkeypatch.setattr(recurrence, "parse", lambda text: replace(parse(text), week_start=0))


CONTROLS = {
    "gap": (break_clocks, "FREQ=WEEKLY;COUNT=3", "2026-03-22T01:30:00"),
    "fold": (break_clocks, "FREQ=WEEKLY;COUNT=3", "2026-10-18T01:30:00"),
    "positions": (
        break_positions,
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1;COUNT=3",
        "2026-06-01T12:30:00",
    ),
    "weeks": (
        break_weeks,
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4",
        "2025-08-05T09:00:00",
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_a_broken_rule_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil, rule, start = CONTROLS[name]
    drawn = Drawn(rule, local_from(start), "Europe/London")
    assert differences(drawn) == []
    monkeypatch.setattr(recurrence, "_cache", type(recurrence._cache)())
    spoil(monkeypatch)
    assert differences(drawn) != []
