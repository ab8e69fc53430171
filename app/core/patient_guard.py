"""No text that anybody writes names a patient: identifiers are refused, hints are asked about.

Hints are asked about where somebody can answer: in a request that writes, of whose parameters `asking` is told. There
`?acknowledge_warnings=true` lets them through, and the change log has which kinds, never what was written. Whatever
else checks texts - a search, the command line, the demo - refuses identifiers and lets hints pass.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from app.core.patient_hints import DATE_OF_BIRTH, PERSON_AND_AGE, POSTCODE
from app.core.patient_identifiers import (
    CHI,
    HC,
    NATIONAL_INSURANCE,
    NHS,
    Found,
    identifiers,
    warnings,
)
from app.core.plain_text import has_digit

ACKNOWLEDGED = "acknowledged:"  # before the kind, among the fields of a change
_NAMES = {
    NHS: "an NHS number",
    CHI: "a CHI number",
    HC: "a Health and Care number",
    NATIONAL_INSURANCE: "a National Insurance number",
    DATE_OF_BIRTH: "a date of birth",
    POSTCODE: "a full postcode",
    PERSON_AND_AGE: "a person with their age",
}
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")


class Refusal(NamedTuple):
    """Why a text is not taken: a stable code, and a sentence that says what is where, without the text."""

    code: str
    detail: str


@dataclass(slots=True)
class _Asking:
    """One request that writes: whether its writer takes responsibility, and for which kinds of hint."""

    acknowledged: bool
    kinds: set[str] = field(default_factory=set)


_asking: ContextVar[_Asking | None] = ContextVar("asking", default=None)


@contextmanager
def asking(*, acknowledged: bool) -> Iterator[None]:
    """Ask about hints in what is checked inside, unless they are acknowledged."""
    token = _asking.set(_Asking(acknowledged))
    try:
        yield
    finally:
        _asking.reset(token)


def acknowledged() -> tuple[str, ...]:
    """What the writer of this request let through, as the fields of a change name it."""
    request = _asking.get()
    return tuple(f"{ACKNOWLEDGED}{kind}" for kind in sorted(request.kinds)) if request else ()


def refusal(text: str, *, place: bool = False) -> Refusal | None:
    """Why this text, or cell of a table, is not taken; None when it is. A place may have its postcode."""
    if not has_digit(text):
        return None
    if found := identifiers(text):
        return Refusal("patient_identifier", _refused(found))
    request = _asking.get()
    if request is None:
        return None
    found = warnings(text, place=place)
    if request.acknowledged:
        request.kinds.update(one.kind for one in found)
    elif found:
        detail = (
            f"There may be {_told(found)}. If that is of a patient, take it out; if not, send this again with "
            "?acknowledge_warnings=true."
        )
        return Refusal("possible_patient_data", detail)
    return None


def _refused(found: list[Found]) -> str:
    return f"There seems to be {_told(found)}. Patients are never named here: take it out."


def _told(found: list[Found]) -> str:
    first = found[0]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    place = f"at character {first.offset + 1} (offset {first.offset})"
    return f"{_NAMES[first.kind]} ({first.kind}) {place}{more}"


def guard(text: str, *, place: bool = False) -> None:
    """Errors: pydantic's, with the code and the sentence of `refusal`."""
    found = refusal(text, place=place)
    if found is None:
        return
    told = {"detail": found.detail}
    if found.code == "patient_identifier":
        raise PydanticCustomError("patient_identifier", "{detail}", told)
    raise PydanticCustomError("possible_patient_data", "{detail}", told)


def guarded_address(address: str) -> str:
    """An address of the web, or a part of one, that names no patient; escapes count as blanks."""
    if has_digit(address) and (found := identifiers(_ESCAPE.sub("   ", address))):
        told = {"detail": _refused(found)}
        raise PydanticCustomError("patient_identifier", "{detail}", told)
    return address


def without_identifiers(told: str) -> str:
    """What is told of an error, should a name that the caller made up be in it that names a patient."""
    for found in reversed(identifiers(told)):
        told = f"{told[: found.offset]}...{told[found.offset + found.length :]}"
    return told
