"""Whom a request may suit: by words that every reader of it may read of its members, and by no others."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import words
from app.core.json_columns import plain

Row = dict[str, Any]
SKILL, TOPIC, OFFERED = (
    3,
    2,
    2,
)  # for each skill, topic, and skill or topic that stands in what is offered


def _stems(texts: Iterable[str]) -> set[str]:
    return {words.stem(token) for text in texts for token in words.tokens(text)}


def match(ask: Mapping[str, Any], member: Mapping[str, Any]) -> tuple[int, list[Row]]:
    """How well a member fits a request (0: not at all), and why.

    `skills` and `interests` of the member are null where the reader may not read them.
    """
    known = [_stems([skill]) for skill in plain(member["skills"]) or []]
    offered = _stems([member["offer"] or ""])
    interests = set(plain(member["interests"]) or [])
    score = 0
    reasons: list[Row] = []
    for skill in plain(ask["skills"]):
        wanted = _stems([skill])
        if wanted and any(wanted <= has for has in known):
            score += SKILL
            reasons.append({"field": "skills", "term": skill})
        if wanted and wanted <= offered:
            score += OFFERED
            reasons.append({"field": "offer", "term": skill})
    for topic in plain(ask["topics"]):
        if topic in interests:
            score += TOPIC
            reasons.append({"field": "interests", "term": topic})
        if _stems([topic.replace("-", " ")]) <= offered:
            score += OFFERED
            reasons.append({"field": "offer", "term": topic})
    return score, reasons
