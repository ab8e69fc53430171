"""How places are said in a query: around a point, a postcode or a town, and in a box."""

from typing import Annotated, Final

from app.core.text import coded

# Letters of any Latin alphabet, ECMA-262's way.
_LETTER = r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u0300-\u036F\u1E00-\u1EFF"
_POINT = r"-?[0-9]{1,2}(\.[0-9]{1,10})?,-?[0-9]{1,3}(\.[0-9]{1,10})?"
_POSTCODE = "[A-Za-z]{1,2}[0-9][A-Za-z0-9]?( *[0-9][A-Za-z]{2})? *"
_TOWN = rf"[{_LETTER}][{_LETTER} ,.'\u2019-]*"
_DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,10})?"

# Which of them it is decides `core.places`.
Near = Annotated[str, coded(f"^({_POINT}| *({_POSTCODE}|{_TOWN}))$", 2, 80, "CT1 3NG")]
NEAR: Final = "`lat,lon`, a postcode, an outcode or a town; `Newport, Gwent` where more than one has the name."
# Corners in the order of GeoJSON (RFC 7946, 5).
BoundingBox = Annotated[
    str, coded(f"^{_DEGREES},{_DEGREES},{_DEGREES},{_DEGREES}$", 7, 70, "-1.6,54.4,-1.1,54.8")
]
BBOX: Final = "`west,south,east,north`, degrees: what lies in this box, its edges included."
