"""The contract of survey rounds, answers and results."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Output,
    Title,
    UtcDateTime,
    Version,
    coded,
    line,
    whole,
)

EXAMPLE: JsonValue = {
    "title": "How are we doing? Spring",
    "opens_at": "2030-04-01T09:00:00Z",
    "closes_at": "2030-05-01T17:00:00Z",
}
OPENS_SAID = "Left out: at once."
Choice = Annotated[int, whole(1, 5, 4)]
QuestionCode = Annotated[str, coded("^[a-z]+(_[a-z]+)*$", 1, 40, "purpose_clear")]
QuestionText = Annotated[str, line(300, "I could say in a sentence what this network is for.")]


class SurveyRoundState(StrEnum):
    """Whether it can be answered now."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class SurveyRoundVerb(StrEnum):
    """What the caller may do now; whether they took part already is not told."""

    UPDATE = "update"
    CLOSE = "close"
    DELETE = "delete"
    ANSWER = "answer"
    READ_RESULTS = "read_results"


class SurveyRoundCreate(Input):
    """A new round of the questions."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    title: Title
    opens_at: UtcDateTime | None = Field(default=None, description=OPENS_SAID)
    closes_at: UtcDateTime


class SurveyRoundPatch(Input):
    """What to change; a field that is left out stays. `opens_at` moves only while it has not come."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"closes_at": "2030-06-01T17:00:00Z"}]},
    )

    title: Title = ""
    opens_at: UtcDateTime | None = Field(default=None, description="Null: at once.")
    closes_at: UtcDateTime = Field(
        default=datetime.min.replace(tzinfo=UTC),
        description="Later or earlier, while it is not closed.",
    )


class SurveyRoundItem(Output):
    """A round of questions about the five Cs. How many took part so far is told to nobody."""

    id: Id
    network_id: Id
    title: Title
    state: SurveyRoundState
    opens_at: UtcDateTime
    closes_at: UtcDateTime
    questions_version: Annotated[int, whole(1, 1_000, 1)]
    created_by: Id | None
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class SurveyQuestion(Output):
    """A statement that is agreed with from 1, strongly disagree, to 5, strongly agree."""

    code: QuestionCode
    c: QuestionCode = Field(description="Which of the five Cs it is about.")
    text: QuestionText


class SurveyRound(SurveyRoundItem):
    """One round with its questions, and what the caller may do with it."""

    questions: Annotated[list[SurveyQuestion], Field(max_length=50)]
    actions: Annotated[list[SurveyRoundVerb], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class SurveyRoundPage(Output):
    """A page of rounds. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[SurveyRoundItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class SurveyRoundQuery(Input):
    """Pages of the list, the latest first."""

    cursor: Cursor | None = None
    limit: Limit = 20


class SurveyAnswers(Input):
    """From 1, strongly disagree, to 5, strongly agree; a question may be left out."""

    purpose_clear: Choice | None = None
    purpose_matters: Choice | None = None
    shape_what_happens: Choice | None = None
    work_shared_fairly: Choice | None = None
    worth_the_time: Choice | None = None
    right_people: Choice | None = None
    safe_to_share: Choice | None = None
    learnt_and_used: Choice | None = None
    know_each_other: Choice | None = None
    feel_welcome: Choice | None = None

    @model_validator(mode="after")
    def _something(self) -> "SurveyAnswers":
        if all(value is None for value in self.model_dump().values()):
            raise PydanticCustomError("no_answer", "Answer one question at least")
        return self


class SurveyResponse(Input):
    """What one thinks: counted, and kept nowhere."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"answers": {"purpose_clear": 4, "safe_to_share": 2}}]},
    )

    answers: SurveyAnswers


class SurveyResultStatus(StrEnum):
    """Whether a question's answers can be told without telling whose they are."""

    OK = "ok"
    NOT_ENOUGH_DATA = "not_enough_data"


class SurveyQuestionResult(Output):
    """What was answered to one question; of `not_enough_data` nothing is told, and not which reason it has."""

    code: QuestionCode
    c: QuestionCode
    text: QuestionText
    status: SurveyResultStatus
    answers: Annotated[int, whole(5, 1_000_000, 12)] | None
    mean: (
        Annotated[float, Field(ge=1, le=5, examples=[3.8], json_schema_extra={"format": "double"})]
        | None
    )
    counts: list[Annotated[int, whole(0, 1_000_000, 3)]] | None = Field(
        min_length=5,
        max_length=5,
        examples=[[1, 1, 3, 5, 2]],
        description="How often each option was chosen, from 1 to 5.",
    )


class SurveyResults(Output):
    """The results of a closed round."""

    round_id: Id
    network_id: Id
    closed_at: UtcDateTime
    respondents: Annotated[int, whole(5, 1_000_000, 14)] | None = Field(
        description="How many took part; null below five."
    )
    questions: Annotated[list[SurveyQuestionResult], Field(max_length=50)]
