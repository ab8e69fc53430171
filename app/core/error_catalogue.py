"""Every typed error by its code: part of the contract."""

from app.core import (
    errors_of_decisions,
    errors_of_helping,
    errors_of_keeping,
    errors_of_results,
    errors_of_surveys,
)
from app.core.errors import HouseError

__all__ = [
    "CATALOGUE",
    "errors_of_decisions",
    "errors_of_helping",
    "errors_of_keeping",
    "errors_of_results",
    "errors_of_surveys",
]


def _all(kind: type[HouseError]) -> list[type[HouseError]]:
    """Kinds in the order of their modules' names, whichever was imported first: so the contract tells them."""
    below = sorted(kind.__subclasses__(), key=lambda sub: sub.__module__)
    return [kind, *(inner for sub in below for inner in _all(sub))]


CATALOGUE: dict[str, type[HouseError]] = {
    error.code: error for error in _all(HouseError) if error is not HouseError
}
