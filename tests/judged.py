"""The judged queries, and how well an answer to them does: recall, reciprocal rank, discounted gain."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Final, Literal

FILES: Final = Path(__file__).parent / "data" / "search"
SETS: Final = ("judgements", "more_judgements")
REQUIRED: Final = 2  # from this grade on, whoever asked would miss it
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, what it should find (grades by slug or code) and how it is misspelt."""

    id: str
    kind: Literal["network", "organisation"]
    q: str
    filters: Mapping[str, str]
    relevant: Mapping[str, int]
    typos: tuple[str, ...]
    stretch: bool

    @property
    def required(self) -> frozenset[str]:
        return frozenset(key for key, grade in self.relevant.items() if grade >= REQUIRED)


@dataclass(frozen=True, slots=True)
class Score:
    """How well one answer does, each from 0 to 1."""

    recall: float
    reciprocal_rank: float
    gain: float


@dataclass(frozen=True, slots=True)
class Told:
    """One question that was asked, as it was typed, its answer and how well it does."""

    judged: Judged
    q: str
    answer: tuple[str, ...]
    score: Score


@cache
def read_judged(name: str) -> tuple[Judged, ...]:
    """Return one of the sets."""
    held = json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))
    stretch = held["meta"].get("stretch") or held["meta"]["scoring"]["stretch"]
    fields = ("id", "kind", "q", "filters", "relevant")
    return tuple(
        Judged(
            **{field: query[field] for field in fields},
            typos=tuple(query["typos"]),
            stretch=query["id"] in stretch,
        )
        for query in held["queries"]
    )


def score(answer: Sequence[str], judged: Judged) -> Score:
    """Score an answer, the best first: what is not listed is not relevant."""
    required = judged.required
    found = len(required & set(answer[:SHOWN])) / min(SHOWN, len(required))
    ranks = (1 / rank for rank, key in enumerate(answer, 1) if key in required)
    best = sorted(judged.relevant.values(), reverse=True)
    gain = _gain(judged.relevant.get(key, 0) for key in answer[:SHOWN]) / _gain(best[:SHOWN])
    return Score(found, next(ranks, 0.0), gain)


def _gain(grades: Iterable[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def mean(told: Sequence[Told]) -> Score:
    """The mean over the questions."""
    scores = [one.score for one in told]
    return Score(
        fmean(score.recall for score in scores),
        fmean(score.reciprocal_rank for score in scores),
        fmean(score.gain for score in scores),
    )


def table(name: str, right: Sequence[Told], misspelt: Sequence[Told]) -> str:
    """The figures of one set, and the questions that do worst, for people to read."""
    lines = [f"{name:40} questions  recall@5     MRR   nDCG@5"]
    for label, told in (("as typed", right), ("misspelt", misspelt)):
        for stretch, among in (
            ("", told),
            (", no stretch", [one for one in told if not one.judged.stretch]),
        ):
            figures = mean(among)
            lines.append(
                f"{label + stretch:40} {len(among):9} {figures.recall:9.3f} {figures.reciprocal_rank:7.3f} "
                f"{figures.gain:8.3f}"
            )
    worst = [one for one in (*right, *misspelt) if one.score.recall < 1]
    for one in sorted(worst, key=lambda one: (one.score.recall, one.judged.id))[:25]:
        missing = ", ".join(sorted(one.judged.required - set(one.answer[:SHOWN])))
        shown = ", ".join(one.answer[:SHOWN])
        lines.append(
            f"  {one.judged.id} {one.q!r} {one.score.recall:.2f}: without {missing}; instead {shown or 'nothing'}"
        )
    return "\n".join(lines)
