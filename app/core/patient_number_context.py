"""What the characters around a ten-digit number say it is: a patient's number, or a telephone, a book, an address.

A label wins over everything: "NHS no +44 943 476 5919" is an NHS number with something in front. Without one, what a
reader would take for something else is something else - but a telephone number of the United Kingdom never begins with
4 or 6 after its prefix, so that no prefix hides a number of those ranges.
"""

import re
from typing import NamedTuple

_LOOK_BACK, _LOOK_AHEAD, _NAME, _ADDRESS, _PREFIX = 64, 40, 32, 300, 14
_GAP = r"[\W_]"
_NUMBER_WORD = r"(?:no|nos|num|number|numbers|nr|id|ids|identifier)(?![a-z])"
_SERVICE = r"nhs|n\.h\.s\.?|chi|h ?(?:&|and) ?c|hcn|health (?:&|and) (?:social )?care|community health index"
_LABEL_BEFORE = re.compile(
    rf"(?<![a-z])(?:(?:{_SERVICE}|patients?){_GAP}*{_NUMBER_WORD}[^0-9]{{0,30}}|(?:{_SERVICE}){_GAP}{{0,6}})$",
    re.IGNORECASE,
)
_LABEL_AFTER = re.compile(
    rf"[^0-9.;]{{0,20}}(?<![a-z])(?:{_SERVICE}|patient){_GAP}*{_NUMBER_WORD}", re.IGNORECASE
)
# Telephone prefixes and labels.
_COUNTRY_44 = re.compile(
    rf"(?:(?:\+|(?<!\d)00) ?|(?<!\d))44{_GAP}{{0,3}}(?:\(?0\)?{_GAP}{{0,3}})?$"
)
_OTHER_COUNTRY = re.compile(rf"\+(?:[1-9]\d{{0,2}}{_GAP}{{0,3}})?$")
_TRUNK_ZERO = re.compile(rf"(?<!\d)\(?0\)?{_GAP}{{0,2}}$")
_TELEPHONE = re.compile(
    r"(?<![a-z])(?:tel|telephone|phone|mobile|mob|fax|helpline|switchboard|sms|whatsapp)"
    r"(?:\W{0,3}(?:no|number|line))?\W{0,4}(?:(?:is|on|at)\W)?$",
    re.IGNORECASE,
)
_ANY_DIGIT, _ANY_SPACE = re.compile("[0-9]"), re.compile(r"\s")
_LONG_DISTANCE = re.compile(r"(?<!\d)1-$")
# Other things that have ten digits.
_SOMETHING_ELSE = re.compile(
    r"(?:(?<![a-z])(?:meeting|webinar|conference|zoom)\W{0,3}(?:id|no|number|code)\W{0,4}(?:is\W)?"
    r"|(?<![a-z])isbn(?:\W?1[03])?\W{0,4}|(?<!\d)97[89][ -]?"
    r"|[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{0,2})$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"(?:(?<=\d)[.]|[£$€] ?)$")
_IN_ADDRESS = re.compile(r"(?:https?://|www\.|doi:|(?<!\d)10\.\d{4,9}/)", re.IGNORECASE)
_PATIENT_ADDRESS = re.compile(r"(?:patients?|nhs)[\w-]{0,20}[=/:]$", re.IGNORECASE)
_GRID_SQUARE = re.compile(r"(?<![A-Za-z])[HNOST][A-HJ-Z] ?$")
_TOKEN_BEFORE, _TOKEN_AFTER = re.compile("[0-9A-Za-z]{0,64}$"), re.compile("[0-9A-Za-z]{0,64}")
_TOKEN_CHANGES = re.compile("[0-9][A-Za-z]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)[0-9]{2}(?!\d)")
_LONG_TOKEN = 20
_CHANGES_OF_A_WORD = 2  # a word, a number, a word is no digest
_LAST_HOUR, _LAST_MINUTE = 23, 59


# No text without one of these has a label.
LABELS = re.compile(f"{_SERVICE}|patient", re.IGNORECASE)


class Candidate(NamedTuple):
    """Ten digits in a plain text: from where to where, and how many stand together."""

    text: str
    start: int
    end: int
    digits: str
    sizes: tuple[int, ...]


def is_labelled(candidate: Candidate) -> bool:
    """Whether the words beside it say that it is a patient's number; a telephone prefix between is no matter."""
    text, start, end = candidate.text, candidate.start, candidate.end
    near = text[max(0, start - _PREFIX) : start]
    stripped = near
    for prefix in (_COUNTRY_44, _OTHER_COUNTRY, _TRUNK_ZERO) if _ANY_DIGIT.search(near) else ():
        stripped = prefix.sub("", stripped)
    before = text[max(0, start - _LOOK_BACK) : start - len(near)] + stripped
    before = _ANY_DIGIT.split(before)[-1]  # a label stands beside its number
    return bool(_LABEL_BEFORE.search(before) or _LABEL_AFTER.match(text, end, end + _LOOK_AHEAD))


def is_something_else(candidate: Candidate, *, issued: bool) -> bool:
    """Whether a reader would take it for something else; `issued` is whether the number is in an issued range."""
    before = candidate.text[max(0, candidate.start - _NAME) : candidate.start]
    if _is_telephone(before, candidate, issued=issued) or _SOMETHING_ELSE.search(before):
        return True
    if len(candidate.sizes) == 1:
        return bool(_AMOUNT.search(before)) or _in_address(candidate) or _in_token(candidate)
    if candidate.sizes == (3, 3, 4):
        return False
    return _is_grouped_otherwise(before, candidate)


def _is_telephone(before: str, candidate: Candidate, *, issued: bool) -> bool:
    if _COUNTRY_44.search(before) or _TRUNK_ZERO.search(before) or _TELEPHONE.search(before):
        return candidate.digits[0] not in "46"
    if _LONG_DISTANCE.search(before) or (
        before[-1:] == "(" and candidate.text[candidate.start + 3] == ")"
    ):
        return not issued  # 1-800-555-0187, (212) 555 0187: how Americans write it
    return bool(_OTHER_COUNTRY.search(before))


def _in_address(candidate: Candidate) -> bool:
    """An id in an address of the web, unless the address says that it is a patient's."""
    before = candidate.text[max(0, candidate.start - _ADDRESS) : candidate.start]
    address = _ANY_SPACE.split(before)[-1]
    return bool(_IN_ADDRESS.search(address)) and not _PATIENT_ADDRESS.search(address)


def _in_token(candidate: Candidate) -> bool:
    """Part of a long mixture of letters and digits: a digest, a secret, an id of a machine."""
    text, start, end = candidate.text, candidate.start, candidate.end
    before, after = (
        _TOKEN_BEFORE.search(text[max(0, start - _LOOK_BACK) : start]),
        _TOKEN_AFTER.match(text, end),
    )
    token = f"{before[0] if before else ''}{candidate.digits}{after[0] if after else ''}"
    return len(token) >= _LONG_TOKEN and len(_TOKEN_CHANGES.findall(token)) > _CHANGES_OF_A_WORD


def _is_grouped_otherwise(before: str, candidate: Candidate) -> bool:
    """What else is grouped as hardly anybody groups such a number."""
    text, start, end, digits, sizes = candidate
    if before[-1:].isalnum() or text[end : end + 1].isalnum():
        return True  # a piece of something longer
    match sizes:
        case (first, last):
            # A decimal number, a numerator and its denominator; a square of the national grid; a mobile without 0.
            between = text[start + first : end - last]
            grid = first == last and _GRID_SQUARE.search(before)
            return between in (".", "/") or bool(grid) or (first < last and digits[0] == "7")
        case (4, 3, 3):
            return digits[0] == "7"
        case (4, 4, 2) | (2, 4, 4):
            return _YEAR.search(text, start, end) is not None
        case (2, 2, 2, 2, 2) if digits[0] in "0123":  # day, month, year, hour and minute
            return int(digits[6:8]) <= _LAST_HOUR and int(digits[8:]) <= _LAST_MINUTE
    return False
