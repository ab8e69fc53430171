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
    return [kind, *(inner for sub in kind.__subclasses__() for inner in _all(sub))]


CATALOGUE: dict[str, type[HouseError]] = {
    error.code: error for error in _all(HouseError) if error is not HouseError
}
