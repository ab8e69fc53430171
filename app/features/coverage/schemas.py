"""The contract of coverage."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from app.core.references import OrganisationName
from app.core.text import Input, OdsCode, Output, Region, TermCode, coded, line, whole

Share = Annotated[float, Field(ge=0, le=1, examples=[0.21], json_schema_extra={"format": "double"})]
Total = Annotated[int, whole(0, 1_000_000, 83)]
SUPPRESSED = "A small number was left out, or what would give one away."


class CoverageFormat(StrEnum):
    """How the answer is written."""

    JSON = "json"
    CSV = "csv"


class CoverageQuery(Input):
    """Which patch: either an ICB or a region; and of which topic."""

    icb: OdsCode | None = Field(
        default=None, description="The ODS code of an ICB.", examples=["QHM"]
    )
    region: Region | None = Field(default=None, description="A region of NHS England, or a nation.")
    topic: TermCode | None = Field(
        default=None, description="Only networks about, and results on, this topic."
    )
    format: CoverageFormat | None = Field(
        default=None, description="Else what Accept prefers; JSON if it does not say."
    )


class CoveredArea(Output):
    """The patch that was asked for; the name is null where the registry has none."""

    kind: Literal["icb", "region"] = Field(examples=["icb"])
    code: Annotated[str, coded("^[A-Za-z0-9_]{2,20}$", 2, 20, "QHM")]
    name: OrganisationName | None


class Covered(Output):
    """How many have at least one member: covered of total. Both rest on organisations that are open."""

    total: Total
    covered: Total | None
    share: Share | None = Field(description="covered / total; null without a total.")
    suppressed: bool = Field(description=SUPPRESSED)


class PatchCount(Output):
    """A count."""

    value: Total | None
    suppressed: bool = Field(description=SUPPRESSED)


class Reached(Output):
    """Practices and primary care networks with at least one member."""

    practices: Covered
    pcns: Covered = Field(
        description="Those with a member themselves, or in one of their practices."
    )


class TopicReached(Reached):
    """The same of networks about one topic."""

    code: TermCode
    label: Annotated[str, line(200, "Diabetes")]


class IcbReached(Reached):
    """The same of one ICB."""

    code: OdsCode
    name: OrganisationName | None


class StageCount(PatchCount):
    """How many adoptions are at this stage."""

    stage: Literal[
        "interested", "planning", "testing", "adopted", "adapted", "sustained", "stopped"
    ] = Field(examples=["adopted"])


class Spread(Output):
    """Who in the patch tried what others had published: public results, practices and primary care networks alone."""

    organisations: PatchCount = Field(description="Distinct ones that reported an adoption.")
    results: PatchCount = Field(description="Distinct results that were taken up.")
    adoptions: PatchCount = Field(description="Pairs of the two.")
    stages: Annotated[list[StageCount], Field(max_length=7)]


_COUNT: JsonValue = {"total": 402, "covered": 83, "share": 0.21, "suppressed": False}
_LEFT_OUT: JsonValue = {"total": 28, "covered": None, "share": None, "suppressed": True}


class Coverage(Reached):
    """How far networks, and what was tried in them, have come across a patch; aggregates alone."""

    patch: CoveredArea
    topic: TermCode | None
    threshold: Annotated[int, whole(0, 100, 7)] = Field(
        description="Counts of 1 to this are left out."
    )
    practices: Covered = Field(examples=[_COUNT])
    pcns: Covered = Field(examples=[_LEFT_OUT])
    topics: Annotated[list[TopicReached], Field(max_length=1_000)] = Field(
        description="By topic of the network, by code; those that nobody is reached by are left out. "
        "Empty where one topic was asked for."
    )
    icbs: Annotated[list[IcbReached], Field(max_length=100)] = Field(
        description="Of a region: its ICBs, by code."
    )
    spread: Spread
