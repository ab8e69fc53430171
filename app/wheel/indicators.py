"""The catalogue of indicators: what each is called, how it is computed, when it is thin, and what one could do then.

Five features of networks that improve care, after the 5C wheel (Health Foundation, Effective networks for improvement,
2014). They are prompts for a conversation, not grades: there is no sum of them, and networks are not compared.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

WHEEL = "Health Foundation (2014), Effective networks for improvement: the 5C wheel"
S4N = "Source4Networks, learning space"
MALBY = "Malby and Mervyn (2012), Networks: a briefing paper, on Source4Networks"
GINI = "Gini (1912); as evenness: 1 - G"
SHANNON = "Shannon (1948), divided by its largest value (Pielou 1966)"
LEARNING = "Health Foundation (2014): easy sharing, a safe environment, feedback on impact"
MEETING = "Health Foundation (2014): personal contact and smaller groups build community"
OWN = "QI Networks, docs/wheel.md"
SURVEY = "QI Networks, its own questions on the five Cs"
FEWEST = 5


class C(StrEnum):
    """The five Cs."""

    COMMON_PURPOSE = "common_purpose"
    COOPERATIVE_STRUCTURE = "cooperative_structure"
    CRITICAL_MASS = "critical_mass"
    COLLECTIVE_INTELLIGENCE = "collective_intelligence"
    COMMUNITY_BUILDING = "community_building"


LABELS = {
    C.COMMON_PURPOSE: "Common purpose",
    C.COOPERATIVE_STRUCTURE: "Co-operative structure",
    C.CRITICAL_MASS: "Critical mass",
    C.COLLECTIVE_INTELLIGENCE: "Collective intelligence",
    C.COMMUNITY_BUILDING: "Community building",
}


class Unit(StrEnum):
    """What a value is: a share of 1, a number of things, days, or a score on a scale of its own."""

    SHARE = "share"
    COUNT = "count"
    DAYS = "days"
    SCORE = "score"


class Window(StrEnum):
    """What of time an indicator looks at: the window that was asked for, a time of its own, or the last instant."""

    ASKED = "asked"
    ROTATION = "rotation"
    NONE = "none"


Thin = Literal["below", "above", "at_most"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator. `said` is the plain sentence with its numbers, `step` what a network could do where it is thin.

    Below `fewest` of its denominator there is not enough data; `limit` is where thin begins. Where `ratio` is false
    the value is no quotient of the two counts.
    """

    code: str
    c: C
    label: str
    formula: str
    unit: Unit
    window: Window
    limit: float
    said: str
    step: str
    source: str
    thin: Thin = "below"
    fewest: int = FEWEST
    ratio: bool = True


def _survey(c: C) -> Indicator:
    label = LABELS[c]
    return Indicator(
        f"survey_{c}",
        c,
        f"{label}, as members see it",
        f"Mean (1 to 5) of the answers to the questions on {label.lower()} in the last survey round that had closed, "
        "if the results of the round tell each of them.",
        Unit.SCORE,
        Window.NONE,
        3,
        "{d} answers in the last survey round add up to {n}",
        f"Talk about the answers on {label.lower()} at the next meeting: what lies behind them?",
        SURVEY,
    )


# fmt: off
INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "purpose_at_start", C.COMMON_PURPOSE, "Purpose stated at the start",
        "1 if the first wording of the purpose was there when the second person became a member, or there is no second "
        "yet; else 0.",
        Unit.SHARE, Window.NONE, 1, "The purpose was stated before a second person joined: {n} of {d}",
        "Tell new members how the purpose came about, since it was worded after they joined.",
        WHEEL, fewest=0,
    ),
    Indicator(
        "purpose_fresh", C.COMMON_PURPOSE, "Purpose looked at lately",
        "1 if the purpose was worded anew, or the charter was, within the window; else 0.",
        Unit.SHARE, Window.ASKED, 1, "The purpose or the charter was worded within the window: {n} of {d}",
        "Read the purpose together at a meeting: is it still why people come? Then word it anew, or the charter.",
        S4N, fewest=0,
    ),
    Indicator(
        "topic_alignment", C.COMMON_PURPOSE, "Results on the network's topics",
        "Results published in the window that share a topic with the network / results published in the window.",
        Unit.SHARE, Window.ASKED, 0.5, "{n} of {d} results published in the window share a topic with the network",
        "Ask whether the network's topics still say what members work on, and change one or the other.",
        OWN,
    ),
    _survey(C.COMMON_PURPOSE),
    Indicator(
        "facilitators", C.COOPERATIVE_STRUCTURE, "Facilitators",
        "People who facilitate; the denominator is all members.",
        Unit.COUNT, Window.NONE, 2, "{n} facilitate, of {d} members",
        "Ask somebody to facilitate with you, so that the network does not hang on one person.",
        OWN, fewest=0, ratio=False,
    ),
    Indicator(
        "facilitator_rotation", C.COOPERATIVE_STRUCTURE, "Facilitators in two years",
        "Distinct people who facilitated at some time in the last 24 months; the denominator is all members.",
        Unit.COUNT, Window.ROTATION, 2, "{n} people facilitated within 24 months, of {d} members",
        "Hand the facilitation of a few meetings, or the role, to somebody who has not had it.",
        MALBY, fewest=0, ratio=False,
    ),
    Indicator(
        "charter_accepted", C.COOPERATIVE_STRUCTURE, "Charter accepted",
        "Members who had accepted the charter that was in force / members.",
        Unit.SHARE, Window.NONE, 0.5, "{n} of {d} members accepted the charter that is in force",
        "Agree on the rules of working together at a meeting, write them into the charter, and ask members to accept.",
        S4N,
    ),
    Indicator(
        "contribution_evenness", C.COOPERATIVE_STRUCTURE, "Evenness of contributions",
        "1 - Gini coefficient of contributions for each active member; the numerator is contributions, the denominator "
        "active members.",
        Unit.SCORE, Window.ASKED, 0.4, "{n} contributions of {d} active members",
        "Look at who carries the work, and offer a small piece of it to somebody who has had none.",
        GINI, ratio=False,
    ),
    Indicator(
        "decision_turnout", C.COOPERATIVE_STRUCTURE, "Turnout in decisions",
        "Votes cast / sum of those who could vote, in decisions closed in the window.",
        Unit.SHARE, Window.ASKED, 0.5, "{n} votes were cast of {d} that could have been",
        "Give decisions more time, and say at a meeting what is being decided and until when.",
        WHEEL,
    ),
    Indicator(
        "duties_held", C.COOPERATIVE_STRUCTURE, "Duties with a holder",
        "Representative duties that somebody holds / representative duties.",
        Unit.SHARE, Window.NONE, 1, "{n} of {d} duties are held by somebody",
        "Find somebody for the duty that nobody holds, or end it.",
        WHEEL, fewest=1,
    ),
    _survey(C.COOPERATIVE_STRUCTURE),
    Indicator(
        "active_rate", C.CRITICAL_MASS, "Active members",
        "Members who came to a meeting, published a result in their name, gave feedback in their name, voted, did an "
        "action, held a duty, or asked for or offered help in the window / members.",
        Unit.SHARE, Window.ASKED, 0.3, "{n} of {d} members were active in the window",
        "Ask a few quiet members what would be worth their time. That some come and go is normal.",
        MALBY,
    ),
    Indicator(
        "net_growth", C.CRITICAL_MASS, "Net growth",
        "(Joined - ended in the window) / members at its start.",
        Unit.SHARE, Window.ASKED, 0, "{n} more members than the {d} at the start of the window",
        "Say in one sentence what members get here, and ask each to invite one colleague.",
        WHEEL,
    ),
    Indicator(
        "retention", C.CRITICAL_MASS, "Members who stayed",
        "Members at the start of the window who are members at its end / members at its start.",
        Unit.SHARE, Window.ASKED, 0.7, "{n} of {d} members from the start of the window are members at its end",
        "Ask those who left what they missed, and those who stayed what keeps them.",
        WHEEL,
    ),
    Indicator(
        "organisations", C.CRITICAL_MASS, "Organisations",
        "Distinct organisations that members represent; the denominator is all members.",
        Unit.COUNT, Window.NONE, 3, "{d} members represent {n} organisations",
        "Ask members to say which organisation they represent, and invite one from an organisation that is missing.",
        WHEEL, fewest=0, ratio=False,
    ),
    Indicator(
        "coverage", C.CRITICAL_MASS, "Coverage of the footprint",
        "Organisations of the footprint that a member represents / organisations of the footprint.",
        Unit.SHARE, Window.NONE, 0.2, "{n} of {d} organisations of the footprint are represented",
        "Write to the organisations of the footprint that nobody represents.",
        WHEEL,
    ),
    Indicator(
        "role_diversity", C.CRITICAL_MASS, "Diversity of professions",
        "Shannon's H over the professions that members state / ln(number of those professions), 0 for a single one; "
        "the numerator is professions, the denominator members who state one.",
        Unit.SCORE, Window.NONE, 0.5, "{n} professions among {d} members who state theirs",
        "Invite somebody of a profession that is rare here, and make room for what they see.",
        SHANNON, ratio=False,
    ),
    _survey(C.CRITICAL_MASS),
    Indicator(
        "sharing_rate", C.COLLECTIVE_INTELLIGENCE, "Results for each active member",
        "Results published in the window / active members.",
        Unit.COUNT, Window.ASKED, 0.1, "{n} results published in the window, {d} active members",
        "Ask at a meeting who tried something, and write it up with them as a short story.",
        LEARNING,
    ),
    Indicator(
        "feedback_rate", C.COLLECTIVE_INTELLIGENCE, "Results with feedback",
        "Results published at least 90 days ago that have feedback / results published at least 90 days ago.",
        Unit.SHARE, Window.NONE, 0.5, "{n} of {d} results of at least 90 days have feedback",
        "Pick one result that nobody has answered, and give it ten minutes at the next meeting.",
        LEARNING,
    ),
    Indicator(
        "days_to_first_feedback", C.COLLECTIVE_INTELLIGENCE, "Days to the first feedback",
        "Median of the days from publication to the first feedback, of results published in the window that have one.",
        Unit.DAYS, Window.ASKED, 60, "{d} results published in the window have feedback",
        "Agree who reads what is new, so that authors hear something within weeks.",
        LEARNING, thin="above", ratio=False,
    ),
    Indicator(
        "adoption_rate", C.COLLECTIVE_INTELLIGENCE, "Results that others adopted",
        "Published results that another organisation tried / published results.",
        Unit.SHARE, Window.NONE, 0.2, "Others tried {n} of {d} results",
        "Ask who tried what they read here, and help them to report it.",
        LEARNING,
    ),
    Indicator(
        "spread", C.COLLECTIVE_INTELLIGENCE, "Organisations that adopted",
        "Distinct organisations that tried a published result; the denominator is published results.",
        Unit.COUNT, Window.NONE, 1, "{n} organisations tried one of {d} results",
        "Offer the result that is easiest to copy to one practice nearby.",
        LEARNING, ratio=False,
    ),
    Indicator(
        "measured_impact", C.COLLECTIVE_INTELLIGENCE, "Adoptions with figures",
        "Adoptions with figures from before and after / adoptions.",
        Unit.SHARE, Window.NONE, 0.3, "{n} of {d} adoptions have figures from before and after",
        "Agree on one figure that everybody who tries it writes down before they begin.",
        LEARNING,
    ),
    Indicator(
        "candour", C.COLLECTIVE_INTELLIGENCE, "Candour",
        "Published results that changed nothing, made it worse or were abandoned / published results with an outcome.",
        Unit.SHARE, Window.NONE, 0,
        "Of {d} results with an outcome {n} changed nothing, made it worse or were abandoned",
        "Share something that did not work, facilitators first: where all is success it may not feel safe to say so.",
        LEARNING, thin="at_most",
    ),
    _survey(C.COLLECTIVE_INTELLIGENCE),
    Indicator(
        "in_person_share", C.COMMUNITY_BUILDING, "Meetings in person",
        "Meetings held in the window face to face or hybrid / meetings held in the window.",
        Unit.SHARE, Window.ASKED, 0.1, "{n} of {d} meetings held in the window were in person",
        "Plan one meeting a year where people are in a room together.",
        MEETING,
    ),
    Indicator(
        "meeting_cadence", C.COMMUNITY_BUILDING, "Days between meetings",
        "Median of the days between one meeting held in the window and the next.",
        Unit.DAYS, Window.ASKED, 92, "{d} gaps between meetings held in the window",
        "Put the next three meetings into the calendar, short ones if need be.",
        MEETING, thin="above", ratio=False,
    ),
    Indicator(
        "attendance_rate", C.COMMUNITY_BUILDING, "Attendance",
        "Times that somebody came / times that it was recorded whether they did, at meetings held in the window.",
        Unit.SHARE, Window.ASKED, 0.5, "People came {n} of {d} times",
        "Ask about time, place and length: what would make it easier to come?",
        MEETING,
    ),
    Indicator(
        "repeat_rate", C.COMMUNITY_BUILDING, "People who came again",
        "People who came at least twice in the window / people who came at least once.",
        Unit.SHARE, Window.ASKED, 0.4, "{n} of {d} people who came did so at least twice",
        "Greet newcomers by name, and write to them after their first meeting.",
        MEETING,
    ),
    Indicator(
        "subgroup_participation", C.COMMUNITY_BUILDING, "Members in sub-groups",
        "Members who belong to an open or restricted sub-group directly below / members.",
        Unit.SHARE, Window.NONE, 0.1, "{n} of {d} members belong to an open or restricted sub-group",
        "Let three or four who care about the same thing form a sub-group.",
        MEETING,
    ),
    Indicator(
        "asks_answered", C.COMMUNITY_BUILDING, "Requests answered",
        "Requests for support made in the window that were answered / requests made in the window.",
        Unit.SHARE, Window.ASKED, 0.5, "{n} of {d} requests for support were answered",
        "Go through the open requests at the next meeting.",
        WHEEL,
    ),
    _survey(C.COMMUNITY_BUILDING),
)
# fmt: on
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
# Of what is thin, the first of these is the one next step: what others rest on goes first, what cannot be mended last.
PRIORITY = (
    "facilitators",
    "active_rate",
    "meeting_cadence",
    "purpose_fresh",
    "duties_held",
    "asks_answered",
    "feedback_rate",
    "sharing_rate",
    "candour",
    "retention",
    "attendance_rate",
    "repeat_rate",
    "contribution_evenness",
    "decision_turnout",
    "charter_accepted",
    "organisations",
    "role_diversity",
    "topic_alignment",
    "adoption_rate",
    "spread",
    "measured_impact",
    "days_to_first_feedback",
    "facilitator_rotation",
    "coverage",
    "net_growth",
    "in_person_share",
    "subgroup_participation",
    "survey_common_purpose",
    "survey_cooperative_structure",
    "survey_critical_mass",
    "survey_collective_intelligence",
    "survey_community_building",
    "purpose_at_start",
)
