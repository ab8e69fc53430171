r"""Every bounded type that crosses the door, once. What a schema publishes is what is checked.

Text is stripped of outer white space and put into NFC; NUL, control characters, half surrogate
pairs and text that shows nothing are refused, and in single lines also the controls that turn the
direction of what follows. Bounds and patterns judge the text *as sent*, before anything is
stripped, so that a client who checks against the contract is never surprised by a 422, nor by a
200. Lengths count code points; UTF-8 then takes four times as many bytes at most.

Nothing is coerced: 1 is no text and "1" no number. Query parameters arrive as text, so the types
that start with `Query`, and `Limit`, read one plain spelling of a number or truth value.

Patterns are written for three engines (ECMA-262, Rust's, Python's): `\uXXXX` escapes and explicit
classes only, no look-around, no `\d`, `\w` or `\s`, which mean something else in each; and without
ambiguity, so that no engine backtracks.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    JsonValue,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from app.core.free_text import (
    LINE_PATTERN,
    LINES_PATTERN,
    REFUSED_IN_A_LINE,
    REFUSED_IN_LINES,
    clean,
)
from app.core.patient_guard import guard, guarded_address

# --- The two shared model bases -------------------------------------------------------------------


class Input(BaseModel):
    """What a client sends: unknown fields are refused, never dropped."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """What a client gets: every field is there, those with a default too."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


# --- Free text ------------------------------------------------------------------------------------


# What the contract says of every text that anybody writes (`core.patient_guard`).
GUARDED: dict[str, JsonValue] = {"x-patient-identifiers": "refused"}


@dataclass(frozen=True)
class FreeText:
    """How a type of free text is checked, and what the contract says about it.

    The pattern is published but not run: what breaks it is found by `check`, which can say which
    character it was. The tests hold the two together.
    """

    longest: int
    pattern: str
    refused: re.Pattern[str]
    examples: tuple[str, ...]
    place: bool = False

    def check(self, text: str) -> str:
        """The text as it goes on. Errors: pydantic's, with what is wrong but not the text."""
        clean_text = clean(text, refused=self.refused, longest=self.longest)
        guard(text, place=self.place)  # the text as it was sent: so its places are the writer's
        return clean_text

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """How pydantic checks it."""
        return core_schema.no_info_after_validator_function(
            self.check,
            core_schema.str_schema(strict=True, min_length=1, max_length=self.longest),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """What the contract says of it."""
        return {
            **handler(schema),
            "pattern": self.pattern,
            "examples": list(self.examples),
            **GUARDED,
        }


def line(longest: int, *examples: str, place: bool = False) -> FreeText:
    """Bound a text without line breaks, in code points; goes into `Annotated[str, ...]`.

    `place` is of the names and addresses of places: there a postcode is at home.
    """
    return FreeText(longest, LINE_PATTERN, REFUSED_IN_A_LINE, examples, place)


def lines(longest: int, *examples: str) -> FreeText:
    """Bound a text that may have line breaks, in code points; CR LF and CR become LF."""
    return FreeText(longest, LINES_PATTERN, REFUSED_IN_LINES, examples)


Name = Annotated[str, line(200, "Diabetes improvement network, north Kent")]
Title = Annotated[str, line(200, "Fewer missed retinal screenings by spring")]
Line = Annotated[str, line(300, "Practices that look after people with type 2 diabetes")]
Place = Annotated[str, line(300, "Sessions House, Maidstone", place=True)]
SearchText = Annotated[str, line(200, "diabetes kent")]
Paragraph = Annotated[str, lines(2_000, "We meet monthly.\nNew practices are welcome.")]
PersonName = Annotated[Name, Field(examples=["Sam Patel"])]
LongText = Annotated[str, lines(20_000, "What we tried\n\nWe called people the day before.")]

# --- Codes, ids and addresses ---------------------------------------------------------------------

_WORDS_WITH_HYPHENS = "^[a-z0-9]+(-[a-z0-9]+)*$"
_HEX = "[0-9a-fA-F]"
# One label of a host name, and a path or query character of RFC 3986.
_LABEL = "[A-Za-z0-9]+(-+[A-Za-z0-9]+)*"
_PORT = "([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_URL_CHARACTER = "[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"

UUID_PATTERN = f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$"
# No two hyphens in a row here: such labels are reserved (RFC 5891), and the checkers of `email`
# refuse them.
EMAIL_PATTERN = (
    rf"^{_ATOM}(\.{_ATOM})*"
    r"@([A-Za-z0-9]+(-[A-Za-z0-9]+)*\.)+[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$"
)
URL_PATTERN = (
    rf"^https?://{_LABEL}(\.{_LABEL})*(:{_PORT})?"
    rf"(/({_URL_CHARACTER})*)?(\?({_URL_CHARACTER}|\?)*)?(#({_URL_CHARACTER}|\?)*)?$"
)
_LONGEST_LOCAL_PART, _LONGEST_LABEL = 64, 63  # RFC 5321, RFC 1035


def _email(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if len(local) > _LONGEST_LOCAL_PART or max(map(len, domain.split("."))) > _LONGEST_LABEL:
        raise PydanticCustomError("email_part_too_long", "A part of the address is too long")
    guarded_address(text)
    # The pattern lets in ASCII only, where this is `lower()`; it stays the rule should that widen.
    return unicodedata.normalize("NFKC", text).casefold()


def coded(
    pattern: str, shortest: int, longest: int, example: str, **published: JsonValue
) -> FieldInfo:
    """Bound a code of plain characters by a pattern; goes into `Annotated[str, ...]`."""
    field: FieldInfo = Field(
        strict=True,
        min_length=shortest,
        max_length=longest,
        pattern=pattern,
        examples=[example],
        json_schema_extra=published,
    )
    return field


Id = Annotated[
    str,
    coded(UUID_PATTERN, 36, 36, "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e", format="uuid"),
    AfterValidator(str.lower),  # upper case comes in, the canonical form goes on
]
Slug = Annotated[
    str,
    coded(_WORDS_WITH_HYPHENS, 3, 80, "kent-diabetes", **GUARDED),
    AfterValidator(guarded_address),
]
TermCode = Annotated[str, coded(_WORDS_WITH_HYPHENS, 1, 60, "diabetes")]
ErrorCode = Annotated[str, coded("^[a-z]+(_[a-z]+)*$", 1, 60, "not_found")]
OdsCode = Annotated[str, coded("^[A-Z0-9]{3,10}$", 3, 10, "G82018")]
Cursor = Annotated[str, coded("^[A-Za-z0-9_-]+$", 1, 2_000, "AYf3kQ_x")]
Url = Annotated[
    str,
    coded(URL_PATTERN, 8, 2_000, "https://example.org/kent", format="uri", **GUARDED),
    AfterValidator(guarded_address),
]
EmailAddress = Annotated[
    str,
    coded(EMAIL_PATTERN, 6, 254, "sam.patel@example.org", format="email", **GUARDED),
    AfterValidator(_email),
]


class Region(StrEnum):
    """Where a network is at home: an NHS England region by its ODS code, or a nation."""

    LONDON = "Y56"
    SOUTH_WEST = "Y58"
    SOUTH_EAST = "Y59"
    MIDLANDS = "Y60"
    EAST_OF_ENGLAND = "Y61"
    NORTH_WEST = "Y62"
    NORTH_EAST_AND_YORKSHIRE = "Y63"
    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add an example; the rest is pydantic's."""
        reference = handler(schema)
        handler.resolve_ref_schema(reference)["examples"] = [cls.SOUTH_EAST.value]
        return reference


# --- Instants -------------------------------------------------------------------------------------

INSTANT_PATTERN = (
    "^(20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
    "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
_INSTANT = re.compile(INSTANT_PATTERN)
_FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
_AFTER_THE_LAST_INSTANT = datetime(2101, 1, 1, tzinfo=UTC)


def _instant(value: object) -> datetime:
    if isinstance(value, str):
        # The pattern keeps the year in range first, so that no offset can push it out of the
        # calendar; it refuses a missing offset and second 60, which POSIX time cannot hold.
        if not _INSTANT.fullmatch(value):
            raise PydanticCustomError(
                "instant_format",
                "Should be an instant of 2000 to 2100 with an offset, like 2026-03-01T09:30:00Z",
            )
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("instant_calendar", "There is no such day") from None
    if not isinstance(value, datetime):
        raise PydanticKnownError("datetime_type")
    if value.utcoffset() is None:
        raise PydanticKnownError("timezone_aware")
    if not _FIRST_INSTANT <= value < _AFTER_THE_LAST_INSTANT:
        raise PydanticCustomError("instant_range", "Should lie in the years 2000 to 2100, UTC")
    return value.astimezone(UTC)


def _instant_text(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# Digits beyond microseconds are cut off, as neither database keeps them.
UtcDateTime = Annotated[
    datetime,
    PlainValidator(_instant),
    PlainSerializer(_instant_text, return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "minLength": 20,
            "maxLength": 35,
            "pattern": INSTANT_PATTERN,
            "examples": ["2026-03-01T09:30:00.000000Z"],
        }
    ),
]

# A day in an answer.
Day = Annotated[date, Field(examples=["2026-03-01"], json_schema_extra={"maxLength": 10})]

# --- Numbers and truth values ---------------------------------------------------------------------

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
# The largest whole number that every reader of JSON keeps exactly (RFC 7493, I-JSON).
SAFE_MAX = 2**53 - 1
DEFAULT_LIMIT = 20


def _degrees(most: int, example: float) -> FieldInfo:
    field: FieldInfo = Field(
        strict=True,
        ge=-most,
        le=most,
        allow_inf_nan=False,
        examples=[example],
        json_schema_extra={"format": "double"},
    )
    return field


Latitude = Annotated[float, _degrees(90, 51.2787)]
Longitude = Annotated[float, _degrees(180, 0.5217)]
# One spelling each: no sign but minus, no leading zero, no space, no underscore, ASCII digits. The
# float's exponent is there because that is how clients write small numbers.
_INT_TEXT = re.compile("-?(0|[1-9][0-9]{0,18})")
_FLOAT_TEXT = re.compile(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")


def _whole(value: object) -> object:
    # JSON has one kind of number, and JSON Schema calls 2.0 an integer.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _int_text(value: object) -> object:
    return int(value) if isinstance(value, str) and _INT_TEXT.fullmatch(value) else value


def _float_text(value: object) -> object:
    return float(value) if isinstance(value, str) and _FLOAT_TEXT.fullmatch(value) else value


def _bool_text(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True, eq=False)  # hashed by identity, so that `Limit | None` can be written
class _Number:
    """Read one plain spelling of a number, then check it strictly; the schema is the number's."""

    read: Callable[[object], object]
    schema: CoreSchema
    form: str
    example: float

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, self.schema)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "format": self.form, "examples": [self.example]}


def _int_form(most: int) -> str:
    return "int32" if most <= INT32_MAX else "int64"


def whole(least: int, most: int, example: int) -> _Number:
    """Bound a whole number in a body, both bounds included; goes into `Annotated[int, ...]`."""
    schema = core_schema.int_schema(strict=True, ge=least, le=most)
    return _Number(_whole, schema, _int_form(most), example)


def query_int(least: int, most: int, example: int) -> _Number:
    """Bound a whole number in a query, both bounds included."""
    schema = core_schema.int_schema(strict=True, ge=least, le=most)
    return _Number(_int_text, schema, _int_form(most), example)


def query_float(least: float, most: float, example: float) -> _Number:
    """Bound a number in a query, both bounds included."""
    schema = core_schema.float_schema(strict=True, ge=least, le=most, allow_inf_nan=False)
    return _Number(_float_text, schema, "double", example)


Version = Annotated[int, whole(1, SAFE_MAX, 3)]
QueryInt = Annotated[int, query_int(INT32_MIN, INT32_MAX, 12)]
QueryFloat = Annotated[float, query_float(-1e15, 1e15, 2.5)]
QueryBool = Annotated[bool, Field(strict=True, examples=[True]), BeforeValidator(_bool_text)]
Limit = Annotated[int, query_int(1, 100, DEFAULT_LIMIT)]

# --- Places and cursors ---------------------------------------------------------------------------

# A point, a postcode or its first half, a town: which of them it is decides `core.places`.
NEAR_PATTERN = (
    r"^(-?[0-9]{1,2}(\.[0-9]{1,10})?,-?[0-9]{1,3}(\.[0-9]{1,10})?"
    "| *([A-Za-z]{1,2}[0-9][A-Za-z0-9]?( *[0-9][A-Za-z]{2})? *"
    r"|[A-Za-z\u00C0-\u024F\u1E00-\u1EFF][A-Za-z\u00C0-\u024F\u0300-\u036F\u1E00-\u1EFF ,.'\u2019-]*))$"
)
Near = Annotated[str, coded(NEAR_PATTERN, 2, 80, "CT1 3NG")]
