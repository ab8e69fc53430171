"""The one reader of request bodies: what it returns is plain, finite, bounded and unambiguous.

The standard library's scanner does the reading; this module adds what RFC 8259 leaves open and a
database or another reader would stumble over: a key given twice, NaN and Infinity, numbers too
large, nesting, sheer count, NUL and half surrogate pairs. Depth and count are judged before
parsing, so that a hostile body costs one pass and no recursion. orjson is faster still but keeps
the last of two equal keys and reads 2**64 as a float, silently, so it cannot be the judge.
"""

import json
import re
from collections.abc import Callable, Iterator
from json.decoder import JSONDecoder

MAX_DEPTH = 32
MAX_NODES = 10_000
_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
_INT64_DIGITS = 20  # "-9223372036854775808"
_POINTER_LENGTH = 300  # longer pointers stop at the last ancestor that fits

# Strings are eaten whole so that brackets inside them do not count. The closing quote is optional
# and the quantifiers are possessive: every character is visited once, whatever the body.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|\[[ \t\n\r]*+\]|\{[ \t\n\r]*+\}|[\[\]{},]', re.DOTALL)
# Only these escapes can bring NUL or half a surrogate pair into a string.
_DANGEROUS_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_NUL_OR_SURROGATE = re.compile("[\x00\ud800-\udfff]")


class JsonRefused(ValueError):
    """A body that is not read. `code` is stable, `pointer` is RFC 6901 and "" means the body.

    Codes: `invalid_json`, `duplicate_key`, `too_deep`, `too_many_values`, `number_out_of_range`,
    `invalid_text`.
    """

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        """Keep the three parts for the problem document."""
        super().__init__(code, detail, pointer)
        self.code = code
        self.detail = detail
        self.pointer = pointer


def parse_json(body: bytes, *, max_depth: int = MAX_DEPTH, max_nodes: int = MAX_NODES) -> object:
    """Read a JSON body.

    Shapes: dict, list, str, int (64 bits, signed), float (finite), bool, None. Every value counts
    as a node, keys do not; `[[]]` is two deep.
    Errors: JsonRefused.
    """
    text = _decoded(body)
    openers = body.count(b"[") + body.count(b"{")
    # Both are upper bounds, brackets and commas inside strings included; most bodies stop here.
    if openers > max_depth or 1 + openers + body.count(b",") > max_nodes:
        _check_size(text, max_depth, max_nodes)
    try:
        value = _parsed(_READER, text)
    except JsonRefused:
        # Read again, slower, to say where.
        raise next(_faults(text)) from None
    if b"\\u" in body and _DANGEROUS_ESCAPE.search(body):
        for fault in _faults(text):
            raise fault
    return value


def _decoded(body: bytes) -> str:
    if not body.strip():
        raise JsonRefused("invalid_json", "The body is empty.")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        detail = f"The body is not UTF-8: byte {error.start} does not belong."
        raise JsonRefused("invalid_json", detail) from None
    if text.startswith("\ufeff"):
        raise JsonRefused("invalid_json", "The body starts with a byte order mark.")
    return text


def _check_size(text: str, max_depth: int, max_nodes: int) -> None:
    """Count depth and values without building any; exact for valid JSON up to its first fault."""
    depth, nodes = 0, 1
    for match in _TOKEN.finditer(text):
        first, length = text[match.start()], match.end() - match.start()
        if first == '"':
            continue
        if first == "," or (first in "[{" and length == 1):
            nodes += 1  # the value after the comma, or the first one inside the bracket
            if nodes > max_nodes:
                detail = f"The body holds more than {max_nodes} values."
                raise JsonRefused("too_many_values", detail)
        if first in "[{":
            if depth + 1 > max_depth:
                detail = f"The body is nested more than {max_depth} deep."
                raise JsonRefused("too_deep", detail)
            depth += length == 1  # an empty pair opens and closes
        elif first in "]}":
            depth -= 1


def _parsed(reader: JSONDecoder, text: str) -> object:
    try:
        return reader.decode(text)
    except json.JSONDecodeError as error:
        detail = f"{error.msg}: line {error.lineno} column {error.colno}."
        raise JsonRefused("invalid_json", detail) from None


def _integer(digits: str) -> int:
    # The length first: int() is quadratic, and refuses more than 4,300 digits in its own way.
    if len(digits) > _INT64_DIGITS or not _INT64_MIN <= (number := int(digits)) <= _INT64_MAX:
        raise JsonRefused("number_out_of_range", "An integer must fit into 64 bits.")
    return number


def _real(digits: str) -> float:
    number = float(digits)
    if number - number != 0:  # only an infinity; NaN has no spelling that comes here
        raise JsonRefused("number_out_of_range", "A number must fit into a 64-bit float.")
    return number


def _constant(name: str) -> object:
    raise JsonRefused("invalid_json", f"{name} is not JSON.")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonRefused("duplicate_key", "A key is given more than once.")
    return members


_READER = JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant
)


# --- Saying where: a second reading that keeps what the first one refuses -------------------------

_Path = tuple["_Path", str] | None  # innermost token first: no copies of long keys


class _Pairs(list[tuple[str, object]]):
    """An object as its pairs, so that a key given twice is still seen twice."""


def _keeping(hook: Callable[[str], object]) -> Callable[[str], object]:
    def keep(token: str) -> object:
        try:
            return hook(token)
        except JsonRefused as fault:
            return fault

    return keep


_KEEPING_READER = JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_int=_keeping(_integer),
    parse_float=_keeping(_real),
    parse_constant=_keeping(_constant),
)


def _faults(text: str) -> Iterator[JsonRefused]:
    """Every fault with its place, outermost first; also a syntax error further on, as raised."""
    waiting: list[tuple[_Path, object]] = [(None, _parsed(_KEEPING_READER, text))]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, JsonRefused):
            yield JsonRefused(value.code, value.detail, _pointer(path))
        elif isinstance(value, str) and _NUL_OR_SURROGATE.search(value):
            detail = "A text holds NUL or half of a surrogate pair."
            yield JsonRefused("invalid_text", detail, _pointer(path))
        elif isinstance(value, _Pairs):
            yield from _key_faults(path, value)
            waiting.extend(((path, key), child) for key, child in reversed(value))
        elif isinstance(value, list):
            last = len(value) - 1
            waiting.extend(
                ((path, str(last - back)), child) for back, child in enumerate(reversed(value))
            )


def _key_faults(path: _Path, pairs: _Pairs) -> Iterator[JsonRefused]:
    seen: set[str] = set()
    for key, _ in pairs:
        if _NUL_OR_SURROGATE.search(key):
            # The object's own pointer: the key could not be printed.
            detail = "A key holds NUL or half of a surrogate pair."
            yield JsonRefused("invalid_text", detail, _pointer(path))
        elif key in seen:
            detail = "A key is given more than once."
            yield JsonRefused("duplicate_key", detail, _pointer((path, key)))
        seen.add(key)


def _pointer(path: _Path) -> str:
    tokens: list[str] = []
    while path is not None:
        path, token = path
        tokens.append(token)
    pointer = ""
    for token in reversed(tokens):
        longer = f"{pointer}/{token.replace('~', '~0').replace('/', '~1')}"
        if len(longer) > _POINTER_LENGTH:
            break
        pointer = longer
    return pointer
