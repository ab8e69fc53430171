"""Content lines of iCalendar: text that cannot become a property of its own, in lines of 75 octets.

Source: RFC 5545, 3.1 (folding), 3.3.11 (TEXT), 3.3.13 (URI). Our own and no library's, for the time it takes
(docs/decisions/0023-calendars.md).
"""

import re
from urllib.parse import quote

LONGEST = 75  # octets in a line, its end apart
FOLD = "\r\n "
# Whatever somebody's reader may take for the end of a line: Python's `splitlines` takes all of these.
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What TEXT may not hold, and halves of pairs, which UTF-8 has no form for.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_NOT_PLAIN = re.compile(f"{_BREAK.pattern}|{_CONTROL.pattern}")
_NOT_IN_A_URI = re.compile(r"[^!#$%&'()*+,./:;=?@\[\]_~0-9A-Za-z-]")


def plain(text: str) -> str:
    """The text as a calendar can hold it: every kind of line break is one kind, other controls are left out."""
    # Nearly all text is, and to see it so takes a twentieth of the time that a pattern takes.
    if text.replace("\n", " ").isprintable() or not _NOT_PLAIN.search(text):
        return text
    return _CONTROL.sub("", _BREAK.sub("\n", text))


def escaped(text: str) -> str:
    """A value of the type TEXT."""
    text = plain(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def uri(text: str) -> str:
    """A value of the type URI: what no URI may hold is percent-encoded, and nothing is escaped."""
    return _NOT_IN_A_URI.sub(lambda found: quote(found[0], safe="", errors="replace"), text)


def folded(line: str) -> str:
    """The line with its end, cut where it is too long: never within a character or an escaped pair."""
    if len(line) <= LONGEST and line.isascii():
        return line + "\r\n"
    octets = line.encode()
    pieces, start, room = [], 0, LONGEST
    while len(octets) - start > room:
        cut = _before(octets, start, start + room)
        pieces.append(octets[start:cut].decode())
        start, room = cut, LONGEST - 1  # the blank at the beginning counts
    pieces.append(octets[start:].decode())
    return FOLD.join(pieces) + "\r\n"


def _before(octets: bytes, start: int, cut: int) -> int:
    """The last place up to `cut` that parts no character and no backslash from what it escapes."""
    while octets[cut] & 0xC0 == 0x80:  # noqa: PLR2004 - the octets of a character but for its first are 10xxxxxx
        cut -= 1
    slashes = cut
    while slashes > start and octets[slashes - 1] == ord("\\"):
        slashes -= 1
    return cut - (cut - slashes) % 2


def text_line(name: str, text: str) -> str:
    """A property whose value is text."""
    return folded(f"{name}:{escaped(text)}")
