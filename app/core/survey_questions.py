"""The questions that members are asked about their network: two for each of the five Cs, in our own words.

The wording is the project's and belongs to a version: a round keeps the version that it was asked with, so a question
that is worded anew gets a new version and a new code, and what was answered before stays comparable. What the five Cs
are: The Health Foundation, Effective networks for improvement, 2014, chapter 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

VERSION = 1

MINIMUM = 5  # answers below which nothing is said of a question

SETTLING = timedelta(minutes=1)  # longer than any answer that came in time may take to be counted

CHOICES = (1, 2, 3, 4, 5)

CHOICE_LABELS = {
    1: "Strongly disagree",
    2: "Disagree",
    3: "Neither agree nor disagree",
    4: "Agree",
    5: "Strongly agree",
}


@dataclass(frozen=True)
class Question:
    """One statement that is agreed with from 1 to 5; the higher, the better for the C it belongs to."""

    code: str
    c: str
    text: str


QUESTIONS = (
    Question(
        "purpose_clear", "common_purpose", "I could say in a sentence what this network is for."
    ),
    Question(
        "purpose_matters",
        "common_purpose",
        "What this network is trying to achieve matters to the work I do.",
    ),
    Question(
        "shape_what_happens",
        "cooperative_structure",
        "I can help to shape what this network does and how it is run.",
    ),
    Question(
        "work_shared_fairly",
        "cooperative_structure",
        "The work of keeping this network going is shared fairly.",
    ),
    Question(
        "worth_the_time",
        "critical_mass",
        "What I get from this network is worth the time that I give to it.",
    ),
    Question(
        "right_people",
        "critical_mass",
        "The people and organisations that we need are part of this network.",
    ),
    Question(
        "safe_to_share",
        "collective_intelligence",
        "I can tell this network about work that did not go well.",
    ),
    Question(
        "learnt_and_used",
        "collective_intelligence",
        "I have changed something at work because of what I learnt here.",
    ),
    Question(
        "know_each_other",
        "community_building",
        "There are people in this network whom I would ring for advice.",
    ),
    Question(
        "feel_welcome",
        "community_building",
        "I feel that I belong here, also when I have been away for a while.",
    ),
)

C_OF = {question.code: question.c for question in QUESTIONS}


def tellable(counts: Sequence[int]) -> bool:
    """Whether the answers to a question may be told, given how often each option was chosen.

    There are five at least, and nobody who takes their own answer away is left with one option that all others chose
    (docs/decisions/0042).
    """
    return tellable_of(sum(counts), max(counts))


def tellable_of(answers: int, most: int) -> bool:
    """The same of how many answered, and how often the option was chosen that was chosen most."""
    return answers >= MINIMUM and most <= answers - 2


def questions_of(version: int) -> tuple[Question, ...]:
    """The questions of a version, in the order they are asked. Errors: `KeyError` for one that never was."""
    return {VERSION: QUESTIONS}[version]
