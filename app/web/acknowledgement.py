"""`?acknowledge_warnings=true`: whoever writes says that what may point at a patient does not; `core.patient_guard`.

Every operation that writes and takes free text takes it. It is no part of what is asked for: it is taken out of the
query before the operation reads that, so that a request repeated with it under the same Idempotency-Key is the same.
"""

import inspect
from typing import Annotated, Any, get_args
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, Field

from app.core.text import FreeText, Input, QueryBool

NAME = b"acknowledge_warnings"


class Acknowledgement(Input):
    """The one parameter."""

    acknowledge_warnings: Annotated[QueryBool, Field(strict=True)] = False


def takes_free_text(annotation: Any) -> bool:
    """Whether there is free text in what this type, or model, reads."""
    parts = (*getattr(annotation, "__metadata__", ()), *get_args(annotation))
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.values()
        return any(
            takes_free_text(field.annotation) or any(map(_is_free_text, field.metadata))
            for field in fields
        )
    return any(_is_free_text(part) or takes_free_text(part) for part in parts)


def _is_free_text(part: object) -> bool:
    return isinstance(part, FreeText)


def parted(query: bytes) -> tuple[bytes, bytes]:
    """What a query says of the acknowledgement, and the rest of it."""
    if NAME[-8:] not in query and b"%" not in query:
        return b"", query
    pairs = query.split(b"&")
    ours = [pair for pair in pairs if unquote_to_bytes(pair.partition(b"=")[0]) == NAME]
    return b"&".join(ours), b"&".join(pair for pair in pairs if pair not in ours)
