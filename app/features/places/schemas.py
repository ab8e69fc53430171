"""The contract of places."""

from typing import Annotated, Literal

from pydantic import Field

from app.core.text import Input, Latitude, Longitude, Output, Region, line

PlaceName = Annotated[str, line(80, "Stockton-on-Tees", place=True)]
County = Annotated[str, line(80, "Cleveland", place=True)]
PlaceText = Annotated[str, line(200, "stockton", place=True)]
PointText = Annotated[
    str,
    Field(
        pattern=r"^-?[0-9]{1,2}\.[0-9]{5},-?[0-9]{1,3}\.[0-9]{5}$",
        max_length=20,
        examples=["54.56861,-1.31558"],
    ),
]


class Place(Output):
    """Where something lies. Where a postcode is known by its first half alone, this is said: kind `outcode`."""

    kind: Literal["postcode", "outcode", "town"] = Field(
        description=(
            "What was found: exactly this postcode, the centre of an outward postcode, or a town. "
            "A postcode that no organisation has is answered by its outcode."
        ),
        examples=["town"],
    )
    name: PlaceName
    latitude: Latitude
    longitude: Longitude
    precision_km: Annotated[
        float, Field(ge=0, le=1000, examples=[8.1], json_schema_extra={"format": "double"})
    ] = Field(
        description="It lies within so many kilometres of the coordinates, nine times in ten."
    )
    region: Region | None
    county: County | None = Field(
        description="As practices there write it; the larger town where they write none."
    )
    near: PointText = Field(description="The coordinates as lists take them: `near=`.")


class PlaceList(Output):
    """What may be meant, best first."""

    items: Annotated[list[Place], Field(max_length=10)]


class PlaceQuery(Input):
    """What was typed."""

    q: PlaceText = Field(
        description=(
            "A postcode, its first half, or a town or its beginning, as people type them; "
            "`Newport, Gwent` tells one Newport from the others."
        )
    )
