"""Topics by the beginning of any word of their labels, kept sorted while the reference data stays what it is."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from app.core import words

Found = tuple[str, int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Topics:
    """The labels from each of their words on, sorted; `stamp` says of which reference data."""

    stamp: str
    endings: list[Found]

    def beginning(self, typed: list[str], most: int) -> list[dict[str, Any]]:
        """The first topics of which a word and those after it begin so; labels that begin so come first."""
        text = " ".join(typed)
        start = bisect_left(self.endings, (text, -1))
        found = takewhile(lambda one: one[0].startswith(text), self.endings[start:])
        ranked = sorted((at > 0, topic["label"], topic["code"]) for _, at, topic in found)
        labels = dict.fromkeys((code, label) for _, label, code in ranked)
        return [{"code": code, "label": label} for code, label in list(labels)[:most]]


def topics_of(stamp: str, rows: Iterable[dict[str, Any]]) -> Topics:
    """Make them from codes and labels."""
    endings: list[Found] = []
    for row in rows:
        label = words.tokens(row["label"])
        endings += [(" ".join(label[at:]), at, row) for at in range(len(label))]
    endings.sort(key=lambda one: (one[0], one[1], one[2]["code"]))
    return Topics(stamp, endings)
