"""The bounded types: what they take, what they refuse, and that the contract says the same."""

import re
import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any

import jsonschema_rs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.core import text
from app.core.text import (
    Cursor,
    EmailAddress,
    Id,
    Input,
    Latitude,
    Limit,
    Line,
    Longitude,
    LongText,
    Name,
    OdsCode,
    Output,
    Paragraph,
    QueryBool,
    QueryFloat,
    QueryInt,
    Region,
    SearchText,
    Slug,
    TermCode,
    Title,
    Url,
    UtcDateTime,
    Version,
)

ONE_LINE = {"Name": Name, "Title": Title, "Line": Line, "SearchText": SearchText}
MANY_LINES = {"Paragraph": Paragraph, "LongText": LongText}
FREE_TEXT = ONE_LINE | MANY_LINES
CODES = {
    "Slug": Slug,
    "OdsCode": OdsCode,
    "TermCode": TermCode,
    "Url": Url,
    "EmailAddress": EmailAddress,
    "Cursor": Cursor,
    "Id": Id,
    "Region": Region,
    "UtcDateTime": UtcDateTime,
}
BODY_NUMBERS = {"Latitude": Latitude, "Longitude": Longitude, "Version": Version}
FROM_QUERY = {
    "Limit": Limit,
    "QueryInt": QueryInt,
    "QueryFloat": QueryFloat,
    "QueryBool": QueryBool,
}
TEXTS = FREE_TEXT | CODES
TYPES: dict[str, Any] = TEXTS | BODY_NUMBERS | FROM_QUERY
ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in TYPES.items()}
SCHEMAS = {name: adapter.json_schema() for name, adapter in ADAPTERS.items()}
CHECKERS = {
    name: jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for name, schema in SCHEMAS.items()
}


def read(name: str, value: object) -> Any:
    return ADAPTERS[name].validate_python(value)


def refusal(name: str, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        read(name, value)
    assert len(caught.value.errors()) == 1
    return caught.value.errors()[0]["type"]


# --- Free text ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FREE_TEXT)
def test_free_text_is_stripped_and_composed(name: str) -> None:
    assert read(name, "  \u00a0Cafe\u0301 \u2003") == "Café"
    assert read(name, "Llŷn – a’r 网络 \U0001f600") == "Llŷn – a’r 网络 \U0001f600"
    assert read(name, "a\u200d\u2764\ufe0f") == "a\u200d\u2764\ufe0f"


HOSTILE = {
    "NUL": "a\0b",
    "NUL first": "\0",
    "bell": "a\x07",
    "escape": "\x1b[31m",
    "vertical tab": "a\vb",
    "form feed": "\fa",
    "unit separator": "a\x1f",
    "DEL": "a\x7f",
    "C1 next line": "a\x85",
    "C1": "\x9fa",
}
NOT_IN_ONE_LINE = {
    "newline": "a\nb",
    "newline at the end": "a\n",
    "carriage return": "a\rb",
    "tab": "a\tb",
    "line separator": "a\u2028b",
    "paragraph separator": "\u2029a",
}
BIDI = {
    f"U+{code:04X}": f"a{chr(code)}b" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
NOTHING_TO_SEE = [
    "",
    " ",
    " " * 50,
    "\u00a0",
    "\u3000\u2003",
    "\u200b",
    "\ufeff",
    "\u2800",
    "\u3164",
]


@pytest.mark.parametrize("name", FREE_TEXT)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_control_characters_are_refused(name: str, hostile: str) -> None:
    assert refusal(name, HOSTILE[hostile]) == "control_character"
    # The control: a plain str would have taken it.
    assert TypeAdapter(str).validate_python(HOSTILE[hostile]) == HOSTILE[hostile]


@pytest.mark.parametrize("name", ONE_LINE)
@pytest.mark.parametrize("hostile", NOT_IN_ONE_LINE)
def test_one_line_is_one_line(name: str, hostile: str) -> None:
    assert refusal(name, NOT_IN_ONE_LINE[hostile]) == "control_character"


@pytest.mark.parametrize("name", MANY_LINES)
def test_many_lines_have_one_kind_of_line_end(name: str) -> None:
    assert read(name, "\r\na\r\nb\rc\n\td\n\n") == "a\nb\nc\n\td"


@pytest.mark.parametrize("hostile", BIDI)
def test_a_line_cannot_turn_the_direction_of_what_follows(hostile: str) -> None:
    for name in ONE_LINE:
        assert refusal(name, BIDI[hostile]) == "bidi_control"
    for name in MANY_LINES:
        assert read(name, BIDI[hostile]) == BIDI[hostile]


@pytest.mark.parametrize("name", TEXTS)
def test_half_a_surrogate_pair_is_refused(name: str) -> None:
    for lone in ("\ud800", "a\udfff", "\udc00\ud800"):
        assert refusal(name, lone) in {"string_unicode", "enum", "instant_format"}


@pytest.mark.parametrize("name", FREE_TEXT)
@pytest.mark.parametrize("blank", NOTHING_TO_SEE)
def test_text_that_shows_nothing_is_refused(name: str, blank: str) -> None:
    assert refusal(name, blank) == ("blank_text" if blank else "string_too_short")


@pytest.mark.parametrize("name", FREE_TEXT)
def test_the_message_names_the_character_and_not_the_text(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(name, "secret\x1b")
    message = caught.value.errors()[0]["msg"]
    assert "U+001B" in message
    assert "secret" not in message


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("Name", 200),
        ("Title", 200),
        ("Line", 300),
        ("SearchText", 200),
        ("Paragraph", 2_000),
        ("LongText", 20_000),
    ],
)
def test_length_is_in_code_points_as_sent_and_bounds_the_bytes(name: str, longest: int) -> None:
    for character in ("a", "é", "网", "\U0001f600"):
        whole = read(name, character * longest)
        assert len(whole) == longest
        assert len(whole.encode()) <= 4 * longest
        assert refusal(name, character * (longest + 1)) == "string_too_long"
    assert refusal(name, "a" * longest + " ") == "string_too_long"
    # U+0958 has no composed form and becomes two code points: it would outgrow the bound.
    assert len(read(name, "\u0958" * (longest // 2))) == longest
    assert refusal(name, "\u0958" * longest) == "string_too_long"


@pytest.mark.parametrize("name", FREE_TEXT)
@given(st.text())
def test_what_comes_out_comes_in_again_unchanged(name: str, sent: str) -> None:
    try:
        kept = read(name, sent)
    except ValidationError:
        return
    assert read(name, kept) == kept
    assert kept == unicodedata.normalize("NFC", kept.strip())
    assert kept.encode().decode() == kept


def test_every_white_space_is_stripped_or_refused() -> None:
    spaces = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]
    assert len(spaces) > 20
    for space in spaces:
        for name in ("Name", "Paragraph"):
            assert refusal(name, space) in {"blank_text", "control_character"}
    controls = [chr(c) for c in range(sys.maxunicode + 1) if unicodedata.category(chr(c)) == "Cc"]
    assert len(controls) == 65
    for control in controls:
        assert refusal("Name", f"a{control}b") == "control_character"
        if control not in "\n\r\t":
            assert refusal("Paragraph", f"a{control}b") == "control_character"


# --- Codes, ids and addresses ---------------------------------------------------------------------

GOOD: dict[str, list[tuple[str, object]]] = {
    "Slug": [("abc", "abc"), ("kent-diabetes-2", "kent-diabetes-2"), ("a" * 80, "a" * 80)],
    "OdsCode": [("G82018", "G82018"), ("Y56", "Y56"), ("A" * 10, "A" * 10)],
    "TermCode": [("a", "a"), ("type-2-diabetes", "type-2-diabetes")],
    "Cursor": [("a", "a"), ("-_Az09", "-_Az09"), ("a" * 2_000, "a" * 2_000)],
    "Id": [
        ("018F4C1E-7A52-7C3B-9D60-3F5B8A1C2D4E", "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"),
        ("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"),
    ],
    "EmailAddress": [
        ("Sam.O'Neill+QI@Example.ORG", "sam.o'neill+qi@example.org"),
        ("a@b.cy", "a@b.cy"),
        ("a" * 64 + "@x-1.example", "a" * 64 + "@x-1.example"),
    ],
    "Url": [
        ("https://example.org", "https://example.org"),
        ("http://a.example:8080/b?c=d&e=%20#f", "http://a.example:8080/b?c=d&e=%20#f"),
        ("https://example.org/@someone?a=?", "https://example.org/@someone?a=?"),
        ("https://example.org:65535/", "https://example.org:65535/"),
    ],
    "Region": [("Y59", Region.SOUTH_EAST), ("northern_ireland", Region.NORTHERN_IRELAND)],
}
BAD = {
    "Slug": ["ab", "a" * 81, "Abc", "a--b", "-ab", "ab-", "a_b", "abc\n", " abc", "été", "а-бв"],
    "OdsCode": ["g82018", "G8", "G" * 11, "G82 18", "G82018\n", "G8２018", ""],
    "TermCode": ["", "a" * 61, "A", "a b", "a-", "a\n"],
    "Cursor": ["", "a" * 2_001, "a=", "a+b", "a/b", "a\n", "é"],
    "Id": [
        "018f4c1e7a527c3b9d603f5b8a1c2d4e",
        "{018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e}",
        "urn:uuid:018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e",
        "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4g",
        "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e\n",
        "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4",
        "4294967296",
        "100000000000000000000",
        "",
    ],
    "EmailAddress": [
        "a.example.org",
        "@example.org",
        "a@",
        "a@example",
        "a@@example.org",
        "a b@example.org",
        " a@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\n",
        "a..b@example.org",
        ".a@example.org",
        "a@-example.org",
        "a@example..org",
        "a@ab--cd.org",
        "a@[127.0.0.1]",
        '"a"@example.org',
        "\u212aim@example.org",
        "ａ@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 64 + ".org",
        "a@" + "b." * 125 + "org",
    ],
    "Url": [
        "example.org",
        "//example.org",
        "ftp://example.org",
        "file:///etc/passwd",
        "gopher://example.org",
        "javascript:alert(1)",
        "JavaScript:alert(1)//https://example.org",
        "data:text/html,x",
        "https://",
        "https:///a",
        "https://ok@127.0.0.1/",
        "https://a:b@example.org/",
        "https://example.org\\@b.example",
        "https://example.org/a b",
        "https://example.org/a\tb",
        "https://example.org/\r\nSet-Cookie: a=b",
        "https://example.org/\0",
        "https://example.org\n",
        " https://example.org",
        'https://example.org/"><script>',
        "https://example.org/%zz",
        "https://example.org/#a#b",
        "https://example.org:65536/",
        "https://example.org:/",
        "https://.example.org/",
        "https://example\u3002org/",
        "https://exämple.org/",
        "https://[::1]/",
        "https://example.org/" + "a" * 1_981,
    ],
    "Region": ["Y57", "y59", "England", "W00", "", "Y59 "],
}


@pytest.mark.parametrize("name", GOOD)
def test_good_codes_are_read(name: str) -> None:
    for sent, kept in GOOD[name]:
        assert read(name, sent) == kept


@pytest.mark.parametrize(("name", "bad"), [(name, bad) for name in BAD for bad in BAD[name]])
def test_bad_codes_are_refused(name: str, bad: str) -> None:
    assert refusal(name, bad)


def test_an_enumeration_knows_the_seven_regions_and_the_four_nations() -> None:
    assert {region.value for region in Region} == {
        *("Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63"),
        *("england", "wales", "scotland", "northern_ireland"),
    }


# --- Instants -------------------------------------------------------------------------------------


def test_an_instant_comes_out_in_utc() -> None:
    instant = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    for sent in (
        "2026-03-01T09:30:00Z",
        "2026-03-01T10:30:00+01:00",
        "2026-03-01T09:30:00.0-00:00",
        "2026-03-01T09:30:00.000000999Z",
        instant,
        instant.astimezone(timezone(timedelta(hours=-11))),
    ):
        kept = read("UtcDateTime", sent)
        assert kept == instant
        assert kept.tzinfo is UTC
    assert read("UtcDateTime", "2000-01-01T00:00:00Z").year == 2000
    assert read("UtcDateTime", "2100-12-31T23:59:59.999999Z").microsecond == 999_999


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("2026-03-01T09:30:00", "instant_format"),
        ("2026-03-01", "instant_format"),
        ("2026-03-01 09:30:00Z", "instant_format"),
        ("2026-03-01T09:30Z", "instant_format"),
        ("2026-06-30T23:59:60Z", "instant_format"),
        ("2026-03-01T24:00:00Z", "instant_format"),
        ("2026-03-01T09:30:00+24:00", "instant_format"),
        ("2026-03-01T09:30:00+0100", "instant_format"),
        ("2026-03-01T09:30:00 01:00", "instant_format"),
        ("20260301T093000Z", "instant_format"),
        ("2026-W10-1T09:30:00Z", "instant_format"),
        ("٢٠٢٦-03-01T09:30:00Z", "instant_format"),
        ("1999-12-31T23:59:59Z", "instant_format"),
        ("2101-01-01T00:00:00Z", "instant_format"),
        ("9999-12-31T23:59:59-14:00", "instant_format"),
        ("0001-01-01T00:00:00+14:00", "instant_format"),
        ("1772357400", "instant_format"),
        ("", "instant_format"),
        ("2026-02-30T00:00:00Z", "instant_calendar"),
        ("2100-02-29T00:00:00Z", "instant_calendar"),
        ("2000-01-01T00:00:00+00:01", "instant_range"),
        ("2100-12-31T23:59:59-14:00", "instant_range"),
        (datetime(2026, 3, 1), "timezone_aware"),  # noqa: DTZ001 - the point of it
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))), "instant_range"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), "instant_range"),
        (1_772_357_400, "datetime_type"),
        (True, "datetime_type"),
        (None, "datetime_type"),
    ],
)
def test_what_is_no_instant_is_refused(sent: object, code: str) -> None:
    assert refusal("UtcDateTime", sent) == code


@given(
    st.datetimes(
        datetime(2000, 1, 2),  # noqa: DTZ001 - the zone comes with the next line but one
        datetime(2100, 12, 30),  # noqa: DTZ001
        timezones=st.timezones(),
    )
)
def test_an_instant_is_written_as_the_house_writes_it(instant: datetime) -> None:
    class Meeting(Output):
        at: UtcDateTime

    meeting = Meeting(at=instant)
    written = meeting.model_dump_json()
    assert re.fullmatch(r'\{"at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"\}', written)
    # In UTC, as a time that a clock change skips or repeats equals no time of another zone.
    assert Meeting.model_validate_json(written).at == instant.astimezone(UTC)
    # A command gets the datetime itself, as the database wants it.
    assert meeting.model_dump() == {"at": instant.astimezone(UTC)}


# --- Numbers and truth values ---------------------------------------------------------------------


def test_nothing_is_coerced() -> None:
    for name in FREE_TEXT | CODES:
        for not_text in (1, 1.5, True, b"abc", ["abc"], {"a": "abc"}, None):
            assert refusal(name, not_text)
    for name in BODY_NUMBERS:
        for not_a_number in ("1", "1.5", True, [1], None):
            assert refusal(name, not_a_number)
    assert refusal("Version", 1.5) == "int_type"
    # JSON has one kind of number; 2.0 is an integer to JSON Schema.
    assert read("Version", 2.0) == 2
    assert type(read("Version", 2.0)) is int


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("Latitude", [-90, 0, 51.5, 90], [-90.1, 90.1, 1e400, float("nan"), -float("inf")]),
        ("Longitude", [-180, 0.0, 180], [180.5, -181, float("inf"), float("nan"), 10**400]),
        ("Version", [1, 2**53 - 1], [0, -1, 2**53, 1e300, 10**30]),
    ],
)
def test_numbers_keep_their_bounds(name: str, good: list[float], bad: list[float]) -> None:
    for number in good:
        assert read(name, number) == number
    for number in bad:
        assert refusal(name, number)


QUERY_GOOD: dict[str, dict[object, object]] = {
    "Limit": {"1": 1, "20": 20, "100": 100, 20: 20},
    "QueryInt": {"0": 0, "-5": -5, "2147483647": 2**31 - 1, "-2147483648": -(2**31)},
    "QueryFloat": {"0": 0.0, "-0": 0.0, "1.50": 1.5, "-3": -3.0, "1e3": 1e3, "5E-324": 5e-324},
    "QueryBool": {"true": True, "false": False, True: True},
}
QUERY_BAD: dict[str, list[object]] = {
    "Limit": ["0", "101", "-1", "1000000000", "2147483648", "9" * 5_000, "all"],
    "QueryInt": [
        *("", " 1", "1 ", "+1", "01", "1.0", "1e3", "1_000", "0x1", "１", "٣", "1\n", "--1", "-"),
        *("2147483648", "-2147483649", "4294967296", "100000000000000000000", "9" * 5_000),
        *("true", "null", "nan", True, 1.5),
    ],
    "QueryFloat": [
        *("nan", "NaN", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e999999999"),
        *("", " 1", "1 ", "+1", ".5", "5.", "1_0.0", "1,5", "１", "0x1p3", "1\n", True),
        *("9" * 5_000, "0." + "1" * 5_000),
    ],
    "QueryBool": ["yes", "no", "1", "0", "True", "FALSE", "on", "t", "", " true", "true\n", 1, 0],
}


@pytest.mark.parametrize("name", QUERY_GOOD)
def test_a_query_is_read_in_one_spelling(name: str) -> None:
    for sent, kept in QUERY_GOOD[name].items():
        value = read(name, sent)
        assert (value, type(value)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("name", "bad"), [(name, bad) for name in QUERY_BAD for bad in QUERY_BAD[name]]
)
def test_other_spellings_of_a_query_are_refused(name: str, bad: object) -> None:
    assert refusal(name, bad)


# --- The model bases ------------------------------------------------------------------------------


def test_an_input_refuses_unknown_fields_and_an_output_promises_all() -> None:
    class Sent(Input):
        name: Name
        limit: Limit | None = None

    class Got(Output):
        name: Name
        size: Version = 1

    class Plain(BaseModel):
        name: str = ""

    with pytest.raises(ValidationError) as caught:
        Sent.model_validate({"name": "a", "role": "operator"})
    assert caught.value.errors()[0]["type"] == "extra_forbidden"
    assert Sent.model_json_schema()["additionalProperties"] is False
    assert Got.model_json_schema(mode="serialization")["required"] == ["name", "size"]
    # The control: pydantic's own base does neither.
    assert Plain.model_validate({"role": "operator"}).name == ""
    assert "required" not in Plain.model_json_schema(mode="serialization")


# --- The contract says what is checked ------------------------------------------------------------


@pytest.mark.parametrize("name", TYPES)
def test_every_schema_is_bounded_and_has_valid_examples(name: str) -> None:
    schema = SCHEMAS[name]
    assert schema["examples"]
    for shown in schema["examples"]:
        CHECKERS[name].validate(shown)
        read(name, shown)
    bounds = {
        "string": {"maxLength", "minLength", "pattern"},
        "integer": {"minimum", "maximum", "format"},
        "number": {"minimum", "maximum", "format"},
        "boolean": {"type"},
    }
    assert "enum" in schema or bounds[schema["type"]] <= schema.keys()
    assert ADAPTERS[name].json_schema(mode="serialization") == schema


def test_the_schemas_name_their_formats() -> None:
    formats = {name: schema["format"] for name, schema in SCHEMAS.items() if "format" in schema}
    assert formats == {
        "Id": "uuid",
        "Url": "uri",
        "EmailAddress": "email",
        "UtcDateTime": "date-time",
        "Latitude": "double",
        "Longitude": "double",
        "QueryFloat": "double",
        "Version": "int64",
        "Limit": "int32",
        "QueryInt": "int32",
    }


PATTERNS = {name: schema["pattern"] for name, schema in SCHEMAS.items() if "pattern" in schema}


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_speak_what_all_engines_understand(name: str) -> None:
    pattern = PATTERNS[name]
    assert pattern.isascii()
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    assert not re.search(r"\(\?|\\[dDwWsSbBpPxAZ]|\\u\{", pattern)


# Text with more trouble in it than chance would bring.
troubled = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("aA0-._/:@%?#\n\r\t \u00a0\u200b\u202e\u2028\u0958\u0344e\u0301\x7f\x85"),
    ),
    max_size=40,
)


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=40)
@given(st.data())
def test_what_the_contract_allows_is_taken_and_nothing_else(name: str, data: st.DataObject) -> None:
    near = st.from_regex(PATTERNS[name], alphabet=st.characters(exclude_categories=["Cs"]))
    sent = data.draw(troubled | near)
    agree(name, sent)


@example("a\n")
@example("2026-02-30T00:00:00Z")
@example("https://example.org:65536")
@example("\u2028a")
@example(" a ")
@given(troubled)
def test_all_types_agree_with_the_contract_about_the_same_text(sent: str) -> None:
    for name in TEXTS:
        agree(name, sent)


def agree(name: str, sent: str) -> None:
    allowed = CHECKERS[name].is_valid(sent)
    try:
        read(name, sent)
    except ValidationError as error:
        code = error.errors()[0]["type"]
        # What a pattern cannot say: that NFC grows, that an offset leads out of the range.
        grown = code == "string_too_long" and len(sent) <= SCHEMAS[name]["maxLength"]
        assert not allowed or grown or code == "instant_range", code
    else:
        assert allowed


@pytest.mark.parametrize(
    ("schema", "sent"),
    [({"type": "string"}, "a\nb"), ({"type": "string", "maxLength": 3}, "abcd")],
)
def test_the_comparison_would_see_a_difference(
    schema: dict[str, object], sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The control: publish a schema that says a little less, or more, than is checked.
    monkeypatch.setitem(CHECKERS, "Name", jsonschema_rs.Draft202012Validator(schema))
    with pytest.raises(AssertionError):
        agree("Name", sent)


def test_bounds_for_one_place_can_be_made() -> None:
    class Query(Input):
        within_km: Annotated[float, text.query_float(0.1, 500, 25)] = 25
        size: Annotated[int, text.whole(1, 2**40, 12)] = 1
        note: Annotated[str, text.line(5, "Short")] = ""
        notes: Annotated[str, text.lines(5, "Short")] | None = None

    assert Query.model_validate({"within_km": "0.5", "note": "abcde"}).within_km == 0.5
    properties = Query.model_json_schema()["properties"]
    assert (properties["within_km"]["minimum"], properties["within_km"]["maximum"]) == (0.1, 500)
    assert properties["size"]["format"] == "int64"
    assert properties["note"]["maxLength"] == 5
    for bad in ({"within_km": "501"}, {"size": 0}, {"note": "abcdef"}, {"notes": "\0"}):
        with pytest.raises(ValidationError):
            Query.model_validate(bad)
