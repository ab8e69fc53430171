"""What counts among organisations beside the words that find them: the list and the search order by the same points."""

from typing import Any, Final

from sqlalchemy import bindparam, case

from app.models import Organisation

# Whoever types a code means that organisation: it comes before all that only begin with it.
WORTH_OF_THE_CODE: Final = 1_000
# People look for the practice they know. A board or a network of practices of the same name comes behind it, and one
# that a town is only known to belong to comes behind the practices of the town.
WORTH_OF_A_PRACTICE: Final = 100
_CLOSED: Final = 20


def standing(*, worded: bool) -> Any:
    """The points of an organisation; `worded` where words are asked for: these, in capitals, are the value `exact`."""
    points: Any = case((Organisation.active.is_(True), 0), else_=-_CLOSED)
    if worded:
        points += case((Organisation.code == bindparam("exact"), WORTH_OF_THE_CODE), else_=0)
        points += case((Organisation.kind == "gp_practice", WORTH_OF_A_PRACTICE), else_=0)
    return points
