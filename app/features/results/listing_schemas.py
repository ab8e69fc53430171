"""The contract of the list of results."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    OdsCode,
    Output,
    QueryBool,
    SearchText,
    TermCode,
    UtcDateTime,
)
from app.core.text_of_search import DidYouMean, FacetsIfAsked, Loose, WantsFacets
from app.features.results.schemas import (
    Audience,
    ResultKind,
    ResultListItem,
    ResultOutcome,
    ResultStatus,
)


class ResultSort(StrEnum):
    """Orders of the list; a minus means descending. Within a day the order is no order of time."""

    RELEVANCE = "relevance"
    SCORE = "-score"
    PUBLISHED = "-published_on"
    UPDATED = "-updated_on"
    TITLE = "title"
    ADOPTIONS = "-adoptions"


class ResultQuery(Input):
    """Filters of the list; each matches only what the caller is shown."""

    q: SearchText | None = Field(
        default=None, description="Words to find; the last one may be the beginning of a word."
    )
    network_id: Id | None = None
    topic: Annotated[list[TermCode], Field(max_length=10)] = Field(
        default=[], description="Any of these topics."
    )
    kind: ResultKind | None = None
    outcome: ResultOutcome | None = None
    organisation: OdsCode | None = Field(
        default=None, description="Where it came about, where that is said."
    )
    author_id: Id | None = Field(default=None, description="Who wrote it, where that is said.")
    mine: QueryBool | None = Field(
        default=None, description="Results that you are an author of, or all others."
    )
    has_adoptions: QueryBool | None = Field(
        default=None, description="Somebody tried it too, or nobody said so yet."
    )
    status: ResultStatus | None = None
    audience: Audience | None = None
    updated_since: UtcDateTime | None = Field(
        default=None, description="Since the beginning of this day (UTC)."
    )
    sort: ResultSort | None = Field(
        default=None,
        description=(
            "Default: relevance with q, else -published_on: drafts by the day on which they were begun. "
            "-score is relevance by its older name."
        ),
    )
    facets: WantsFacets = False
    cursor: Cursor | None = None
    limit: Limit = 20


class ResultPage(Output):
    """A page of results. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[ResultListItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor
    did_you_mean: DidYouMean
    loose: Loose
    facets: FacetsIfAsked
