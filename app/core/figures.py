"""Numbers that people send: bounded, and of the same kind wherever figures are given."""

from pydantic import Field
from pydantic.fields import FieldInfo


def number(least: float, most: float, example: float) -> FieldInfo:
    """Bound a number in a body, both bounds included; goes into `Annotated[float, ...]`."""
    field: FieldInfo = Field(
        strict=True,
        ge=least,
        le=most,
        allow_inf_nan=False,
        examples=[example],
        json_schema_extra={"format": "double"},
    )
    return field
