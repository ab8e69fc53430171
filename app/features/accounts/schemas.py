"""The contract of tokens."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.text import Cursor, Day, Id, Input, Limit, Name, Output, UtcDateTime, Version, line
from app.core.viewer import Scope

TokenName = Annotated[Name, Field(examples=["Calendar of the practice"])]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=40)]
Secret = Annotated[str, line(60, "qi_live_...")]


class TokenCreate(Input):
    """A new token: what it is for, what it may be used for, and until when."""

    name: TokenName
    scopes: Scopes = Field(description="Not more than the token in hand has.")
    expires_at: UtcDateTime | None = Field(
        default=None,
        description="Not later than the token in hand; without it, in 365 days or with the token in hand.",
    )
    network_id: Id | None = Field(
        default=None,
        description="With `members:provision`, and only then: the network that the token provisions.",
    )
    person_id: Id | None = Field(
        default=None, description="For an operator: whose token it is; else one's own."
    )

    @model_validator(mode="after")
    def _bound_to_a_network(self) -> "TokenCreate":
        if (Scope.MEMBERS_PROVISION in self.scopes) != (self.network_id is not None):
            code, message = "network_id", "members:provision and network_id are given together"
            raise PydanticCustomError(code, message)
        return self


class Token(Output):
    """A token, without its secret: `hint` is how the secret ends."""

    id: Id
    person_id: Id
    name: TokenName
    hint: Annotated[str, line(16, "x7Qk")]
    scopes: Scopes
    network_id: Id | None
    expires_at: UtcDateTime | None
    last_used_on: Day | None
    created_at: UtcDateTime
    version: Version


class TokenCreated(Token):
    """A new token with its secret, which nobody can read again."""

    secret: Secret | None = Field(
        description="Keep it: it is shown this once, and null in the answer to a repeated request."
    )


class TokenPage(Output):
    """A page of tokens, the newest first. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Token], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class TokenQuery(Input):
    """Paging of the list."""

    cursor: Cursor | None = None
    limit: Limit = 20
