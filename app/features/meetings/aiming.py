"""What of a meeting something is done to: all of it, one occurrence, or one and those that follow."""

from dataclasses import dataclass
from typing import Any

from app.core.errors import refuse
from app.core.occurrences import occurrence_of
from app.features.meetings.schemas import EditRange
from app.features.meetings.series import keys_of


@dataclass(frozen=True, slots=True)
class Aim:
    """`key` is the occurrence, '' for all."""

    range: EditRange
    key: str


def aimed(
    row: dict[str, Any], occurrence: str | None, wanted: EditRange | None, pointer: str
) -> Aim:
    """What is meant of a loaded meeting; `pointer` says where `occurrence` was given.

    From the first occurrence on is all. Errors: `Invalid` with `occurrence_required`, `no_such_occurrence`.
    """
    if occurrence is None:
        if wanted in (EditRange.THIS, EditRange.FOLLOWING):
            detail = "Say which occurrence, by its original local start."
            raise refuse(pointer, "occurrence_required", detail)
        return Aim(EditRange.ALL, "")
    key = occurrence_of(row, occurrence, pointer)
    if wanted is EditRange.FOLLOWING and key == keys_of(row)[0]:
        return Aim(EditRange.ALL, "")
    return Aim(wanted or EditRange.THIS, key)
