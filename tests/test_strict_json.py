"""What the JSON reader lets in, what it keeps out, and that the plain reader would not have."""

import inspect
import json
import math
import sys
from collections.abc import Callable

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.web.strict_json import MAX_DEPTH, MAX_NODES, JsonRefused, parse_json

# Refused here, yet read without a word by the standard library: body, code, pointer.
SILENT = {
    "duplicate key": (b'{"a":1,"a":2}', "duplicate_key", "/a"),
    "duplicate key, one spelled with an escape": (b'{"a":1,"\\u0061":2}', "duplicate_key", "/a"),
    "duplicate key within": (b'{"a":[0,{"b/c~":1,"b/c~":1}]}', "duplicate_key", "/a/1/b~1c~0"),
    "duplicate empty key": (b'{"":1,"":2}', "duplicate_key", "/"),
    "NaN": (b'{"a":NaN}', "invalid_json", "/a"),
    "Infinity": (b"[Infinity]", "invalid_json", "/0"),
    "minus Infinity": (b"[1,-Infinity]", "invalid_json", "/1"),
    "1e400": (b'{"a":1e400}', "number_out_of_range", "/a"),
    "-1e400": (b"-1e400", "number_out_of_range", ""),
    "one above int64": (b"[9223372036854775808]", "number_out_of_range", "/0"),
    "one below int64": (b"[-9223372036854775809]", "number_out_of_range", "/0"),
    "2 to the 64": (b"18446744073709551616", "number_out_of_range", ""),
    "10 to the 20": (b"100000000000000000000", "number_out_of_range", ""),
    "lone high surrogate": (b'{"a":"\\ud800"}', "invalid_text", "/a"),
    "lone low surrogate": (b'["\\uDFFF"]', "invalid_text", "/0"),
    "surrogates the wrong way round": (b'["\\udc00\\ud800"]', "invalid_text", "/0"),
    "lone surrogate in a key": (b'{"a":{"\\ud800":1}}', "invalid_text", "/a"),
    "NUL": (b'"\\u0000"', "invalid_text", ""),
    "NUL inside": (b'[{"a":"x\\u0000y"}]', "invalid_text", "/0/a"),
    "NUL in a key": (b'{"a\\u0000":1}', "invalid_text", ""),
    "33 deep": (b"[" * 33 + b"]" * 33, "too_deep", ""),
    "33 deep, objects and arrays": (b'{"a":[' * 17 + b"]}" * 17, "too_deep", ""),
    "33 deep after much that is flat": (
        b"[" + b"[]," * 99 + b"[" * 32 + b"]" * 33,
        "too_deep",
        "",
    ),
    "10,001 values": (b"[" + b"1," * 9_999 + b"1]", "too_many_values", ""),
    "10,001 values in an object": (
        orjson.dumps({str(n): n for n in range(10_000)}),
        "too_many_values",
        "",
    ),
    "10,001 values, half of them empty": (b"[" + b"{},1," * 5_000 + b"1]", "too_many_values", ""),
    "UTF-8 with a byte order mark": (b"\xef\xbb\xbf{}", "invalid_json", ""),
    "UTF-16 with a byte order mark": ('{"a":1}'.encode("utf-16"), "invalid_json", ""),
    "UTF-16 without": ('{"a":1}'.encode("utf-16-le"), "invalid_json", ""),
    "UTF-32": ('{"a":1}'.encode("utf-32"), "invalid_json", ""),
}

# Refused by the standard library too, but not always as quickly or with an error of its own kind.
LOUD = {
    "nothing": (b"", "invalid_json"),
    "white space": (b" \r\n\t", "invalid_json"),
    "invalid UTF-8": (b'"\xff"', "invalid_json"),
    "overlong UTF-8": (b'"\xc0\x80"', "invalid_json"),
    "a surrogate in UTF-8": (b'"\xed\xa0\x80"', "invalid_json"),
    "raw NUL": (b'"\x00"', "invalid_json"),
    "raw newline in a string": (b'"\n"', "invalid_json"),
    "5,000 digits": (b"9" * 5_000, "number_out_of_range"),
    "minus 5,000 digits": (b"-" + b"9" * 5_000, "number_out_of_range"),
    "a million digits": (b"[" + b"1" * 1_000_000 + b"]", "number_out_of_range"),
    "100,000 deep": (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
    "100,000 deep, never closed": (b"[" * 100_000, "too_deep"),
    "100,000 objects deep": (b'{"a":' * 100_000, "too_deep"),
    "two values": (b"{} {}", "invalid_json"),
    "trailing comma": (b"[1,]", "invalid_json"),
    "single quotes": (b"{'a':1}", "invalid_json"),
    "comment": (b"{}//", "invalid_json"),
    "leading zero": (b"01", "invalid_json"),
    "plus": (b"+1", "invalid_json"),
    "hexadecimal": (b"0x1", "invalid_json"),
    "full-width digit": ("１".encode(), "invalid_json"),
    "no-break space": ("[1,\u00a01]".encode(), "invalid_json"),
    "half an escape": (b'"\\u00"', "invalid_json"),
    "unclosed string": (b'"' + b'\\"' * 500_000, "invalid_json"),
    "a fault, then bad syntax": (b"[1e400, }", "invalid_json"),
}

# The friendly twins of the above: one step inside each limit.
LET_IN = {
    "32 deep": b"[" * 32 + b"]" * 32,
    "brackets in a string": orjson.dumps(["[" * 100, '"[{' * 50, "\\" * 33 + "]"]),
    "10,000 values": b"[" + b"1," * 9_998 + b"1]",
    "10,000 values, half of them empty": b"[" + b"{},[ \n ]," * 4_999 + b"1]",
    "commas in a string": orjson.dumps("," * 20_000),
    "many flat objects": b"[" + b",".join([b'{"a":[1,2]}'] * 99) + b"]",
    "largest int64": b"9223372036854775807",
    "smallest int64": b"-9223372036854775808",
    "largest float": b"1.7976931348623157e308",
    "too small to tell from zero": b"1e-400",
    "a whole number as a float": b"1e20",
    "escaped pair": b'"\\ud83d\\ude00"',
    "raw emoji": '"\U0001f600"'.encode(),
    "the letters of an escape": b'"\\\\u0000 \\\\ud800"',
    "equal keys in different objects": b'[{"a":1},{"a":{"a":1}}]',
    "keys that differ in case": b'{"a":1,"A":2}',
    "a byte order mark inside": '"\ufeff"'.encode(),
    "null": b"null",
    "surrounded by white space": b" \t\r\n{} \n",
}


def refusal(body: bytes, **bounds: int) -> JsonRefused:
    with pytest.raises(JsonRefused) as caught:
        parse_json(body, **bounds)
    return caught.value


@pytest.mark.parametrize("name", SILENT)
def test_what_others_swallow_is_refused(name: str) -> None:
    body, code, pointer = SILENT[name]
    refused = refusal(body)
    assert (refused.code, refused.pointer) == (code, pointer)
    assert refused.detail.endswith(".")
    # The control: the plain reader takes it, so the refusal above is this module's doing.
    json.loads(body)


@pytest.mark.parametrize("name", LOUD)
def test_what_is_no_json_is_refused(name: str) -> None:
    body, code = LOUD[name]
    refused = refusal(body)
    assert refused.code == code
    assert refused.detail.endswith(".")


@pytest.mark.parametrize("name", LET_IN)
def test_the_friendly_twin_comes_in(name: str) -> None:
    body = LET_IN[name]
    assert parse_json(body) == json.loads(body)


def test_the_bounds_can_be_narrowed() -> None:
    assert parse_json(b'{"a":[1]}', max_depth=2, max_nodes=3) == {"a": [1]}
    assert refusal(b'{"a":[1]}', max_depth=1).code == "too_deep"
    assert refusal(b'{"a":[1]}', max_nodes=2).code == "too_many_values"


def test_a_pointer_stays_short_and_printable() -> None:
    long_key = "k" * 1_000
    assert refusal(orjson.dumps({"a": {long_key: "\0"}})).pointer == "/a"
    pointer = refusal(b'{"\\ud800":{"a":1,"a":2}}').pointer
    assert pointer == ""
    pointer.encode()


def test_a_megabyte_of_spite_is_refused_quickly() -> None:
    spite = [
        b'"' + b'\\"' * 500_000,
        b"[" * 1_000_000,
        (b"[" + b" " * 1_000) * 1_000,
        b"[" * 40 + b'\\"' * 500_000,
        b'["' + b"\\u0000" * 160_000 + b'"]',
        b'{"' + b"k" * 500_000 + b'":[' + b"1," * 9_000 + b'"\\u0000"]}',
        b"1" * 1_000_000,
        b"1e" + b"9" * 1_000_000,
    ]
    for body in spite:
        refusal(body)  # at more than linear cost one of these would take hours


def test_never_a_recursion_error() -> None:
    # Deep in somebody else's calls the reader still has what its 32 levels need.
    def deeper(calls: int) -> object:
        return deeper(calls - 1) if calls else parse_json(b"[" * 32 + b"]" * 32)

    room = sys.getrecursionlimit() - len(inspect.stack())
    assert deeper(room - 3 * MAX_DEPTH) == json.loads(b"[" * 32 + b"]" * 32)
    assert refusal(b"[" * 100_000).code == "too_deep"


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=30,
)


@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_what_is_well_formed_comes_back(
    value: object, ascii_only: bool, indent: int | None
) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert parse_json(body) == value


@given(
    st.one_of(
        st.binary(max_size=60),
        st.text('[]{},:"\\u0dD8 1-+.eENaInftrulsy\x00\n', max_size=60).map(str.encode),
    )
)
@example(b'{"a":1,"\\u0061":NaN}')
@example(b"[" * 60 + b"]" * 60)
def test_noise_is_read_as_orjson_reads_it_or_refused(body: bytes) -> None:
    # Two readers that share no code: neither may call broken what the other reads.
    ours, ours_refused = attempt(parse_json, body)
    theirs, theirs_refused = attempt(orjson.loads, body)
    if isinstance(ours_refused, JsonRefused):
        assert theirs_refused or ours_refused.code != "invalid_json"
    else:
        assert theirs_refused is None
        assert ours == theirs


def attempt(read: Callable[[bytes], object], body: bytes) -> tuple[object, ValueError | None]:
    try:
        return read(body), None
    except ValueError as error:
        return None, error


@given(st.integers(1, 40), st.integers(1, 40))
def test_depth_and_count_are_exact(depth: int, width: int) -> None:
    body = b"[" * depth + b",".join([b"[]"] * width) + b"]" * depth
    bounds = {"max_depth": depth + 1, "max_nodes": depth + width}
    assert parse_json(body, **bounds) == json.loads(body)
    assert refusal(body, **{**bounds, "max_depth": depth}).code == "too_deep"
    assert refusal(body, **{**bounds, "max_nodes": depth + width - 1}).code == "too_many_values"


def test_numbers_keep_their_kind() -> None:
    value = parse_json(b"[1, 1.0, -0, -0.0, 1e2, true]")
    assert isinstance(value, list)
    assert [type(item) for item in value] == [int, float, int, float, float, bool]
    assert math.copysign(1, value[3]) == -1
    assert MAX_NODES == 10_000
