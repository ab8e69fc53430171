"""What may point at one patient: a date of birth, a full postcode, a person with their age.

These are hints, not proof: a colleague's practice has a postcode, and a network was born on a day too. So whoever
writes is asked, and may say that it is none of a patient's. Groups of people are no hint: "patients aged 65 to 94".

Pure and linear: every repetition is bounded. Source of the form of postcodes: BS 7666, and the areas of Royal Mail.
"""

import re
from collections.abc import Iterator

DATE_OF_BIRTH, POSTCODE, PERSON_AND_AGE = "date_of_birth", "postcode", "person_and_age"

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_GAP = r"[ \t\n./,*_~-]{0,4}"
_DATE = (
    rf"(?:[0-9]{{1,4}}[ ./-]{{1,3}}[0-9]{{1,2}}[ ./-]{{1,3}}[0-9]{{2,4}}"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?{_GAP}(?:of )?{_MONTH}{_GAP}(?:['\u2019]?[0-9]{{2,4}})"
    rf"|{_MONTH}{_GAP}[0-9]{{1,2}}(?:st|nd|rd|th)?{_GAP}[0-9]{{4}}"
    rf"|[0-9]{{4}}{_GAP}{_MONTH}{_GAP}[0-9]{{1,2}}"
    r"|[0-9]{8}|[0-9]{6})(?![0-9])"
)
_NAME_OF_DATE = (
    r"d ?[./]? ?o ?[./]? ?b\b\.?|date[ _-]{1,3}of[ _-]{1,3}birth|birth[ _-]{0,3}da(?:te|y)"
)
_BORN_ON = r"\bborn\b(?: in hospital)?(?:[ ,:(]{1,3}(?:on|the|in)\b){0,2}[^0-9a-z]{0,6}(?:[a-z]{3,9}day,? )?"
_BORN = re.compile(
    rf"(?:\b(?:{_NAME_OF_DATE})[^0-9]{{0,20}}?|{_BORN_ON}|\(b\. ?){_DATE}", re.IGNORECASE
)
_BORN_AFTER = re.compile(rf"{_DATE}[^0-9a-z]{{1,6}}(?:{_NAME_OF_DATE})", re.IGNORECASE)
_SAYS_BORN = re.compile(r"born|birth|\bd ?[./]? ?o ?[./]? ?b\b|\(b\.", re.IGNORECASE)
# Of many, or of no one: "babies born 1 March 2024 to 31 May 2024".
_MANY = (
    r"babies|infants|newborns|children|patients|people|those|adults|residents|women|men|girls|boys|mothers|cohort"
    r"|persons|participants|all|ones|network|group|service|project|idea|practice|programme"
)
_OF_MANY = re.compile(rf"\b(?:{_MANY}) (?:(?:who|that) )?(?:(?:were|was|are|is) )?$", re.IGNORECASE)

_AREAS = frozenset(
    re.findall(
        "[A-Z]+",
        """
    AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN
    EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG
    NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW
    UB W WA WC WD WF WN WR WS WV YO ZE
""",
    )
)
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])([A-Z]{1,2})[0-9][0-9A-Z]?[ \t\n*_]{0,3}[0-9][ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])"
)
_SMALL_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])([a-z]{1,2})[0-9][0-9a-z]? [0-9][abd-hjlnp-uw-z]{2}(?![A-Za-z0-9])"
)
_ORDINAL = re.compile("[0-9](?:st|nd|rd|th)$")

_TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Master|MR|MRS|MS|MISS)\.?"
_CALLED = (
    rf"\b{_TITLE}[ \n_*]{{1,3}}[A-Z][\w'\u2019.-]{{0,30}}(?: [A-Z][\w'\u2019-]{{0,30}}){{0,2}}"
)
_YEARS = r"(?:years?|yrs?|yr|y)"
_AGE = (
    r"(?:(?:aged?|age of|who is|now)[ :]{1,2}[0-9]{1,3}\b"
    rf"|[0-9]{{1,3}}[ -]?(?:{_YEARS}[ -]?(?:old|of age)\b|y/?o\b))"
)
_BARE_AGE = r"(?:, ?| ?\(|\[)[0-9]{1,3}(?=[,;.)\]]| (?:was|is|who|has|had|came|attended|presented|lives|from|with)\b|$)"
_NAMED = re.compile(rf"{_CALLED}(?:[^.\n]{{0,25}}?\b{_AGE}|{_BARE_AGE})(?![0-9])")
_AGED = re.compile(rf"\b[0-9]{{1,3}}[ -]?(?:{_YEARS}[ -]?old|y/?o)\b[^.\n]{{0,20}}?{_CALLED}")
_OLD = r"(?:9[0-9]|1[0-2][0-9])"
_NOT_MANY = (
    r"(?! ?(?:\+|and (?:over|above|older|under|[0-9])|or (?:over|above|older|more|under|[0-9])|to [0-9]"
    r"|[-\u2013] ?[0-9]|plus|years? and|%|[0-9]))"
)
_VERY_OLD = re.compile(
    rf"(?<![0-9.-])\b{_OLD}[ -]?{_YEARS}[ -]?olds?\b(?! (?:{_MANY}|and over|or over|and above))"
    rf"|(?<![0-9.-])\b{_OLD} ?y/?o\b"
    rf"|\b(?:aged?|age of|age:) ?{_OLD}\b(?: {_YEARS}\b)?{_NOT_MANY}",
    re.IGNORECASE,
)
_OF_MANY_OLD = re.compile(rf"\b(?:{_MANY})(?:,| who are| who were| were| are)? $", re.IGNORECASE)


def hints(text: str, *, place: bool = False) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of each hint in a plain text; of a place's name, no postcodes."""
    if _SAYS_BORN.search(text):
        for found in (*_BORN.finditer(text), *_BORN_AFTER.finditer(text)):
            if not _OF_MANY.search(text[max(0, found.start() - 40) : found.start()]):
                yield DATE_OF_BIRTH, found.start(), found.end()
    if not place:
        for pattern in (_POSTCODE, _SMALL_POSTCODE):
            for found in pattern.finditer(text):
                if found[1].upper() in _AREAS and not _ORDINAL.search(found[0]):
                    yield POSTCODE, found.start(), found.end()
    yield from ((PERSON_AND_AGE, *found.span()) for found in _NAMED.finditer(text))
    yield from ((PERSON_AND_AGE, *found.span()) for found in _AGED.finditer(text))
    for found in _VERY_OLD.finditer(text):
        if not _OF_MANY_OLD.search(text[max(0, found.start() - 40) : found.start()]):
            yield PERSON_AND_AGE, found.start(), found.end()
