"""The contract of pairs."""

from typing import Annotated

from pydantic import Field

from app.core.text import Cursor, Id, Input, Limit, Output, UtcDateTime, Version

PAIR = ["018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e", "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4f"]
MOST_DRAWN = 10_000  # pairs of one draw; more people than that are in no network


class PairingWish(Output):
    """Whether you want to be paired in a network. Nobody else is told."""

    network_id: Id
    wished: bool
    from_at: UtcDateTime | None = Field(description="Since when; null: you do not.")


class Pairing(Output):
    """Two people, or three, who were drawn to get to know each other: a call or a coffee, when it suits them."""

    id: Id
    network_id: Id
    person_ids: Annotated[list[Id], Field(min_length=2, max_length=3, examples=[PAIR])]
    drawn_at: UtcDateTime = Field(description="All pairs of one draw have the same instant.")
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class PairingDraw(Output):
    """What was drawn: everybody who wished for it is in one of these."""

    items: Annotated[list[Pairing], Field(max_length=MOST_DRAWN)]


class PairingPage(Output):
    """A page of pairs. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Pairing], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class PairingQuery(Input):
    """How much of it."""

    cursor: Cursor | None = None
    limit: Limit = 20
