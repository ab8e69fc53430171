"""Numbers that name one patient, found in any text: NHS, CHI and Health and Care numbers, National Insurance numbers.

A ten-digit number counts when its check digit is right (modulo 11, weights 10 to 2) and it lies in an issued range:
NHS 400 to 499 and 600 to 799 by the first three digits, Health and Care (Northern Ireland) 320 000 0010 to 399 999
9999, CHI (Scotland) a real day DDMMYY first. Outside these ranges it counts when it is written as such numbers are
written, 3-3-4, or when the words before or after it say that it is one. How it is spelt is no way round: see
`plain_text`, and docs/patient-data.md for what is found, what is let pass, and why.

Pure and linear: one pass over the text, then constant work for each number in it.
Source of ranges and rule: NHS Data Model and Dictionary, NHS NUMBER; phsmethods, `chi_check`.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from app.core.patient_hints import hints
from app.core.patient_number_context import LABELS, Candidate, is_labelled, is_something_else
from app.core.plain_text import PlainText, has_digit, plain_text

NHS, CHI, HC = "nhs_number", "chi_number", "hc_number"
NATIONAL_INSURANCE = "national_insurance_number"
MOST = 20  # found in one text; more would tell nobody more

_TEN, _MOST_GROUPS = 10, 63
_SEPARATOR = r"[ \t\r\n_.*~`()\[\]\\/-]"
# Six digits with hardly anything between them: most texts have not even that.
_ENOUGH_DIGITS = re.compile("[0-9](?:[^A-Za-z0-9]{0,6}[0-9]){5}")
# Together or 3-3-4. Commas and colons stand in both places or in none: three counts are no number.
_WRITTEN = re.compile(
    rf"(?<![0-9])[0-9]{{3}}(?:[0-9]{{7}}|({_SEPARATOR}{{1,6}})[0-9]{{3}}({_SEPARATOR}{{1,6}})[0-9]{{4}}"
    r"|([,:])[0-9]{3}\3[0-9]{4})(?![0-9])"
)
_SOME = "[0-9]{1,7}(?![0-9])"
_RUN = re.compile(rf"(?<![0-9]){_SOME}(?:{_SEPARATOR}{{1,6}}{_SOME}){{1,{_MOST_GROUPS}}}")
_GROUP = re.compile("[0-9]+")
_LINE_ABOVE, _LINE_BELOW = re.compile(r"[0-9][ \t]*\n$"), re.compile(r"[ \t]*\n[0-9]")
_TOGETHER, _APART = (10,), (3, 3, 4)
# Other ways to group ten digits. 1-3-3-3 is not among them: that is a number with its thousands set apart.
_GROUPED = frozenset((
    (1,) * 10, (2,) * 5, (5, 5), (4, 3, 3), (3, 4, 3), (4, 6), (6, 4), (4, 4, 2), (2, 4, 4),
    (3, 7), (7, 3), (6, 3, 1), (2, 2, 2, 4),
))  # fmt: skip
_GROUPED_CHI = frozenset(((1,) * 10, (2,) * 5, (5, 5), (6, 4), (6, 3, 1), (2, 2, 2, 4)))
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FIRST_HC, _LAST_HC = 3_200_000_010, 3_999_999_999

_INSURED = re.compile(
    rf"(?<![0-9])[0-9]{{2}}({_SEPARATOR}{{0,3}})[0-9]{{2}}({_SEPARATOR}{{0,3}})[0-9]{{2}}"
    rf"({_SEPARATOR}{{0,3}})([A-Da-d])(?![A-Za-z0-9])"
)
_PREFIX = re.compile(
    rf"(?:(?<![A-Za-z0-9])|(?<=NI)|(?<=NINO))"
    rf"([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])({_SEPARATOR}{{0,3}})$",
    re.IGNORECASE,
)
_NO_PREFIX = frozenset(("BG", "GB", "NK", "KN", "TN", "NT", "ZZ"))


class Found(NamedTuple):
    """One thing found: what, and where in the text as it was sent, in code points."""

    kind: str
    offset: int
    length: int


def identifiers(text: str) -> list[Found]:
    """What names a patient in this text, in order; at most `MOST`."""
    if not has_digit(text):
        return []
    plain = plain_text(text)
    if not _ENOUGH_DIGITS.search(plain.text):
        return []
    spans = {(start, end): kind for kind, start, end in islice(_numbers(plain.text), MOST)}
    found = [_at(plain, kind, start, end) for (start, end), kind in spans.items()]
    found += [_at(plain, *one) for one in islice(_national_insurance(plain.text), MOST)]
    return sorted(found, key=lambda one: one.offset)[:MOST]


def warnings(text: str, *, place: bool = False) -> list[Found]:
    """What may point at a patient in this text, in order; in the name of a place a postcode is at home."""
    if not has_digit(text):
        return []
    plain = plain_text(text)
    return [_at(plain, *one) for one in hints(plain.text, place=place)][:MOST]


def _at(plain: PlainText, kind: str, start: int, end: int) -> Found:
    first, last = plain.place(start), plain.place(end - 1)
    return Found(kind, first, last - first + 1)


def _numbers(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of each ten-digit number, whatever its spelling; one may come twice."""
    labels = LABELS.search(text) is not None
    for number in _WRITTEN.finditer(text):
        digits = number[0] if number.end() - number.start() == _TEN else _digits(number[0])
        if has_check_digit(digits) and not _in_column(text, number):
            sizes = _TOGETHER if number[0] == digits else _APART
            candidate = Candidate(text, number.start(), number.end(), digits, sizes)
            if kind := _kind(candidate, labelled=labels and is_labelled(candidate)):
                yield kind, number.start(), number.end()
    for run in _RUN.finditer(text):
        if run.end() - run.start() > _TEN:
            yield from _of_run(text, run, labels=labels)


def _digits(text: str) -> str:
    return "".join(_GROUP.findall(text))


def _in_column(text: str, number: re.Match[str]) -> bool:
    """Three of more numbers, each on a line of its own."""
    if not ("\n" in (number[1] or "") and "\n" in (number[2] or "")):
        return False
    above = _LINE_ABOVE.search(text, max(0, number.start() - 16), number.start())
    return bool(above or _LINE_BELOW.match(text, number.end()))


def _of_run(text: str, run: re.Match[str], *, labels: bool) -> Iterator[tuple[str, int, int]]:
    """What is grouped otherwise, in a run of digits with what may stand between them."""
    groups = [group.span() for group in _GROUP.finditer(text, run.start(), run.end())]
    for first, last, same in _ten_digits(text, groups):
        start, end = groups[first][0], groups[last][1]
        digits = _digits(text[start:end])
        if has_check_digit(digits):
            sizes = tuple(stop - begin for begin, stop in groups[first : last + 1])
            candidate = Candidate(text, start, end, digits, sizes)
            labelled = labels and is_labelled(candidate)
            if (same or labelled) and (kind := _kind(candidate, labelled=labelled)):
                yield kind, start, end


def _ten_digits(text: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """First and last group of whatever has ten digits in all, and whether the same stands between all of them.

    Either it is the beginning of the run, or all that has the same between: nothing is cut out of a longer row.
    """
    total = 0
    for index, (start, end) in enumerate(groups):
        total += end - start
        if total >= _TEN:
            if total == _TEN:
                yield 0, index, False
            break
    begun, total = 0, groups[0][1] - groups[0][0]
    kept = text[groups[0][1] : groups[1][0]]
    for index in range(1, len(groups)):
        between = text[groups[index - 1][1] : groups[index][0]]
        if between != kept:
            if total == _TEN:
                yield begun, index - 1, True
            begun, kept = index - 1, between
            total = groups[begun][1] - groups[begun][0]
        total += groups[index][1] - groups[index][0]
    if total == _TEN:
        yield begun, len(groups) - 1, True


def has_check_digit(digits: str) -> bool:
    """Whether the last of ten digits is right, modulo 11."""
    a, b, c, d, e, f, g, h, i, check = digits.encode()  # each is 48 more than its digit
    weighted = 10 * a + 9 * b + 8 * c + 7 * d + 6 * e + 5 * f + 4 * g + 3 * h + 2 * i + check
    return (weighted - 48 * 55) % 11 == 0


def _issued(digits: str) -> str | None:
    """The kind whose issued range this number lies in."""
    if digits[0] in "467":
        return NHS
    if digits[0] == "3" and _FIRST_HC <= int(digits) <= _LAST_HC:
        return HC
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if 1 <= month <= len(_LONGEST_MONTH) and 1 <= day <= _LONGEST_MONTH[month - 1]:
        leap = year % 4 == 0
        return CHI if (day, month) != (29, 2) or leap else None
    return None


def _kind(candidate: Candidate, *, labelled: bool) -> str | None:
    """What a number with a right check digit is, as a person would read it; None when it is no identifier."""
    issued = _issued(candidate.digits)
    if labelled:
        return issued or NHS
    if issued is None and candidate.sizes != _APART:
        return None
    if is_something_else(candidate, issued=issued is not None):
        return None
    if candidate.sizes == _APART:
        return issued or (NHS if len(set(candidate.digits)) > 1 else None)
    if candidate.sizes == _TOGETHER:
        return issued
    return issued if candidate.sizes in (_GROUPED_CHI if issued == CHI else _GROUPED) else None


def _national_insurance(text: str) -> Iterator[tuple[str, int, int]]:
    for number in _INSURED.finditer(text):
        before = text[max(0, number.start() - 12) : number.start()]
        prefix = _PREFIX.search(before)
        if prefix is None or prefix[1].upper() in _NO_PREFIX:
            continue
        letters = prefix[1] + number[4]
        # Small letters are words as well: "at 123456 a practice" is none, "ab123456c" is.
        even = letters.islower() and len({prefix[2], *number.group(1, 2, 3)}) == 1
        if not (even or letters.isupper()):
            continue
        start = number.start() - len(before) + prefix.start(1)
        yield NATIONAL_INSURANCE, start, number.end()
