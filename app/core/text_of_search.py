"""What lists and the search say about words: what was meant instead, how near the answer is, and what was counted."""

from typing import Annotated

from pydantic import Field

from app.core.text import Output, QueryBool, line, whole

MOST_FACET_VALUES = 50

DidYouMean = Annotated[
    Annotated[str, line(400, "hypertension kent")] | None,
    Field(
        description=(
            "What was probably meant by `q`, which found nothing as it was typed: the answer is to this. Else null."
        )
    ),
]
Loose = Annotated[
    bool,
    Field(
        description=(
            "Few or none have all that `q` asks for: some of these may have only a part of it. "
            "By relevance the best come first."
        ),
        examples=[False],
    ),
]
WantsFacets = Annotated[
    QueryBool,
    Field(
        description="Also count all that is found, by topic, region and the like, as far as you may read it."
    ),
]


class FacetValue(Output):
    """A value to filter by, what it is called, and how many of what was found have it."""

    value: Annotated[str, line(60, "diabetes")]
    label: Annotated[str, line(200, "Diabetes")]
    count: Annotated[int, whole(1, 2_147_483_647, 12)]


FacetValues = Annotated[list[FacetValue], Field(max_length=MOST_FACET_VALUES)]


class Facets(Output):
    """What was found, counted: the page and all the others. What does not fit this list is null.

    At most 50 values of each, the most frequent first. A network counts only where you read its front.
    """

    topic: FacetValues | None
    region: FacetValues | None
    meets: FacetValues | None = Field(description="How a network meets; of a meeting, its `mode`.")
    profession: FacetValues | None
    kind: FacetValues | None


FacetsIfAsked = Annotated[
    Facets | None,
    Field(description="With `facets=true`, everything that was found, counted; else null."),
]
