"""The contract of suggestions."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.text import Input, Output, SearchText, Url, line

MOST = 10


class SuggestionKind(StrEnum):
    """What is suggested."""

    TOPIC = "topic"
    NETWORK = "network"
    ORGANISATION = "organisation"
    PLACE = "place"
    PERSON = "person"
    WORD = "word"


class Suggestion(Output):
    """One suggestion. A topic's, an organisation's and a place's `id` is their code; a word has none."""

    kind: Annotated[SuggestionKind, Field(examples=[SuggestionKind.TOPIC])]
    id: Annotated[str, line(80, "diabetes")] | None
    text: Annotated[str, line(500, "Diabetes")] = Field(
        description="What to show; of a word, what was typed with its last word complete."
    )
    detail: Annotated[str, line(80, "TS18 1HU")] | None = Field(
        description="What tells it from others of that name: a postcode, a county."
    )
    link: Url = Field(description="Where to go from here.")


class Suggestions(Output):
    """At most ten: topics first, then what begins with what was typed, then what has it inside, then words."""

    items: Annotated[list[Suggestion], Field(max_length=MOST)]


class SuggestQuery(Input):
    """What was typed so far."""

    q: SearchText = Field(
        description=(
            "Whole words but for the last, which may be a beginning. There are suggestions from two letters on."
        ),
        examples=["diab"],
    )
