"""What the numbers of a network suggest about where it stands in its life. Pure: numbers in, sentences out.

The stages and what networks do in them are adapted from Robeson (PMC7323782, table 1); the hints are ours. A stage is
suggested where two of its three hints hold, and the stage before it is reached; a transition where nothing happened for
six months, or where the network is closed. Networks are time-limited, and dips are normal (Malby and Mervyn 2012).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.features.networks.schemas import LifecycleStage

QUIET_DAYS = 182  # six months
YEAR_DAYS = 365
FEW_MEMBERS = 5
STEADY = 0.7  # of the members of a year ago: as the wheel's retention
HINTS_NEEDED = 2
DIPS = "A hint and no verdict: dips are normal, and what your members say counts for more."
ENDS = (
    "Networks are not for ever: closing well is a success. Talk about whether to begin anew, to hand on what you have,"
    " or to close with a note on what became of it."
)
CLOSED = "This network has closed; what it learnt stays to be read."
Numbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint of a stage: whether it holds, and the sentence that says why."""

    code: str
    stage: LifecycleStage
    holds: bool
    text: str


def _some(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _planning(of: Numbers) -> list[Hint]:
    here = LifecycleStage.PLANNING
    members, held = of["members"], of["meetings"]
    return [
        Hint("purpose_stated", here, holds=True,
            text="The purpose is stated, as it is for every network here."),
        Hint(
            "few_members", here, members < FEW_MEMBERS,
            f"There {'is' if members == 1 else 'are'} {_some(members, 'member', 'members')}; fewer than {FEW_MEMBERS}"
            " is a sign of planning.",
        ),
        Hint(
            "no_meeting_yet", here, held == 0,
            "No meeting was held yet." if held == 0 else f"{_some(held, 'meeting was', 'meetings were')} held.",
        ),
    ]  # fmt: skip


def _formation(of: Numbers) -> list[Hint]:
    here = LifecycleStage.FORMATION
    held, leading = of["meetings"], of["facilitators"]
    return [
        Hint(
            "meetings_held", here, held > 0,
            f"{_some(held, 'meeting was', 'meetings were')} held; one is a sign of formation.",
        ),
        Hint(
            "charter_agreed", here, of["charter"],
            "A charter is in force." if of["charter"] else "No charter is in force.",
        ),
        Hint(
            "facilitators", here, leading > 1,
            f"{_some(leading, 'member facilitates', 'members facilitate')}; two or more share the work.",
        ),
    ]  # fmt: skip


def _maturation(of: Numbers) -> list[Hint]:
    here = LifecycleStage.MATURATION
    bodies, results = of["organisations"], of["results"]
    groups, adopted = of["sub_groups"], of["adoptions"]
    return [
        Hint(
            "organisations", here, bodies > 2,  # noqa: PLR2004 - a network joins three bodies at least
            f"Members represent {_some(bodies, 'organisation', 'organisations')}; three make a network of them.",
        ),
        Hint(
            "results_shared", here, results > 2,  # noqa: PLR2004 - the hint of the source's main activity
            f"{_some(results, 'result was', 'results were')} shared; three are a sign of maturation.",
        ),
        Hint(
            "sub_group_or_adoption", here, groups + adopted > 0,
            f"There are {_some(groups, 'sub-group', 'sub-groups')} and {_some(adopted, 'adoption', 'adoptions')} of"
            " what was shared; one of either is a sign of maturation.",
        ),
    ]  # fmt: skip


def _sustainability(of: Numbers) -> list[Hint]:
    here = LifecycleStage.SUSTAINABILITY
    before, stayed, adopted = of["members_before"], of["members_stayed"], of["adoptions"]
    steady = before >= FEW_MEMBERS and stayed >= STEADY * before
    kept = (
        f"{stayed} of the {before} members of a year ago are members now."
        if before >= FEW_MEMBERS
        else "A year ago there were too few members to say how many stay."
    )
    return [
        Hint(
            "active_for_a_year", here, of["days"] > YEAR_DAYS and of["quiet_days"] < QUIET_DAYS,
            f"The network was set up {_some(of['days'], 'day', 'days')} ago; more than a year of activity is a sign of"
            " sustainability.",
        ),
        Hint("members_stay", here, steady, kept),
        Hint(
            "adoptions", here, adopted > 0,
            f"{_some(adopted, 'adoption', 'adoptions')} of what was shared; one is a sign that it is of use elsewhere.",
        ),
    ]  # fmt: skip


def _transition(of: Numbers) -> list[Hint]:
    here, quiet = LifecycleStage.TRANSITION, of["quiet_days"]
    found = [
        Hint(
            "quiet_for_months", here, quiet >= QUIET_DAYS,
            f"The last thing happened {_some(quiet, 'day', 'days')} ago; six months without any may say that the"
            " network has done its work.",
        )
    ]  # fmt: skip
    if of["archived"]:
        found.append(Hint("closed", here, holds=True, text="The network is archived."))
    return found


def suggested(of: Numbers) -> tuple[LifecycleStage, list[Hint], str]:
    """The stage, the hints of it and of the one after it, and a sentence on how to read them.

    `of`: counts (`members`, `facilitators`, `meetings` held, `organisations`, `results`, `sub_groups`, `adoptions`,
    `members_before` a year ago and those who `members_stayed`), `days` since it was made, `quiet_days` since anything
    happened, `charter` in force, `archived`.
    """
    ending = _transition(of)
    if any(hint.holds for hint in ending):
        return LifecycleStage.TRANSITION, ending, CLOSED if of["archived"] else ENDS
    ahead = [_formation(of), _maturation(of), _sustainability(of)]
    reached = [_planning(of)]
    for hints in ahead:
        if sum(hint.holds for hint in hints) < HINTS_NEEDED:
            return reached[-1][0].stage, [*reached[-1], *hints], DIPS
        reached.append(hints)
    return LifecycleStage.SUSTAINABILITY, [*reached[-1], *ending], DIPS
