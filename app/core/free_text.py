"""What free text may be: the characters it may have, and what becomes of it; see `core.text`."""

import re
import unicodedata

from pydantic_core import PydanticCustomError, PydanticKnownError

# Directional overrides and isolates: they can make "exe.txt" read as "txt.exe".
_BIDI = r"\u202a-\u202e\u2066-\u2069"
# C0, DEL and C1; the two separators break a line as surely as a newline does.
_NOT_IN_A_LINE = rf"\u0000-\u001f\u007f-\u009f\u2028\u2029{_BIDI}"
# Carriage returns come in, as Windows sends them, and go no further than `clean`.
_NOT_IN_LINES = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
# White space, and what takes its place invisibly: joiners, fillers, the byte order mark.
_SHOWS_NOTHING = (
    r"\u0020\u00a0\u00ad\u115f\u1160\u1680\u180e\u2000-\u200f\u202f\u205f-\u2064"
    r"\u2800\u3000\u3164\ufeff\uffa0"
)
_SHOWS_NOTHING_IN_LINES = _SHOWS_NOTHING + r"\u0009\u000a\u000d\u2028\u2029"

LINE_PATTERN = f"^[{_SHOWS_NOTHING}]*[^{_SHOWS_NOTHING}{_NOT_IN_A_LINE}][^{_NOT_IN_A_LINE}]*$"
LINES_PATTERN = (
    f"^[{_SHOWS_NOTHING_IN_LINES}]*[^{_SHOWS_NOTHING_IN_LINES}{_NOT_IN_LINES}][^{_NOT_IN_LINES}]*$"
)
REFUSED_IN_A_LINE = re.compile(f"[{_NOT_IN_A_LINE}]")
REFUSED_IN_LINES = re.compile(f"[{_NOT_IN_LINES}]")
_BIDI_CONTROL = re.compile(f"[{_BIDI}]")
_SHOWS_SOMETHING = re.compile(f"[^{_SHOWS_NOTHING_IN_LINES}]")


def clean(text: str, *, refused: re.Pattern[str], longest: int) -> str:
    """The text stripped and composed. Errors: pydantic's, with what is wrong but not the text."""
    if text.isascii() and text.isprintable():
        clean = text.strip()
    else:
        if found := refused.search(text):
            raise _bad_character(found[0])
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        clean = unicodedata.normalize("NFC", text.strip())
        if len(clean) > longest:  # a few characters have no composed form and grow
            raise PydanticKnownError("string_too_long", {"max_length": longest})
    if not _SHOWS_SOMETHING.search(clean):
        raise PydanticCustomError("blank_text", "Text should show something")
    return clean


def _bad_character(character: str) -> PydanticCustomError:
    context = {"code_point": f"U+{ord(character):04X}"}
    if _BIDI_CONTROL.match(character):
        message = "Text should not turn the direction of what follows ({code_point})"
        return PydanticCustomError("bidi_control", message, context)
    message = "Text should have no control character ({code_point})"
    return PydanticCustomError("control_character", message, context)
