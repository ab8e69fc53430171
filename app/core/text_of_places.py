"""How places are said beside `core.text.Near`: in a box, and how far away; and what the contract says of them."""

from typing import Annotated, Final

from pydantic import Field

from app.core.text import coded

NEAR: Final = "`lat,lon`, a postcode, an outcode or a town; `Newport, Gwent` where more than one has the name."
_DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,10})?"
# Corners in the order of GeoJSON (RFC 7946, 5).
BoundingBox = Annotated[
    str, coded(f"^{_DEGREES},{_DEGREES},{_DEGREES},{_DEGREES}$", 7, 70, "-1.6,54.4,-1.1,54.8")
]
# A great circle is no longer than half way round.
Kilometres = Annotated[
    float, Field(ge=0, le=20_100, examples=[4.2], json_schema_extra={"format": "double"})
]
BBOX: Final = "`west,south,east,north`, degrees: what lies in this box, its edges included."
