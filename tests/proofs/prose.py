"""Sentences of improvement work: with a patient's number in them, and with every other number that people write."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

Make = Callable[[random.Random], str]
TEN = range(10, 1, -1)


def checked(nine: str) -> str | None:
    """The nine digits with their check digit; None where there is none."""
    check = -sum(weight * int(digit) for weight, digit in zip(TEN, nine, strict=True)) % 11
    return None if check == 10 else f"{nine}{check}"


def _until(make: Callable[[], str | None]) -> str:
    return next(found for found in iter(make, "") if found is not None)


def nhs_number(chance: random.Random) -> str:
    """Any of the issued ranges 400 to 499 and 600 to 799."""
    return _until(lambda: checked(f"{chance.choice('467')}{chance.randrange(10**8):08}"))


def hc_number(chance: random.Random) -> str:
    """Any of 320 000 0010 to 399 999 9999."""
    return _until(lambda: checked(f"{chance.randrange(320000001, 400000000)}"))


def chi_number(chance: random.Random) -> str:
    """Any day of a century, and what follows it."""
    day = date(1924, 1, 1) + timedelta(days=chance.randrange(36_500))
    return _until(lambda: checked(f"{day:%d%m%y}{chance.randrange(1000):03}"))


def national_insurance_number(chance: random.Random) -> str:
    """A prefix that is given out, six digits, A to D."""
    prefix = _until(
        lambda: (
            found
            if (
                found := chance.choice("ABCEGHJKLMNOPRSTWXYZ")
                + chance.choice("ABCEGHJKLMNPRSTWXYZ")
            )
            not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ", "OO")
            and found[0] != "O"
            else None
        )
    )
    return f"{prefix}{chance.randrange(10**6):06}{chance.choice('ABCD')}"


def _apart(between: str) -> Callable[[str], str]:
    return lambda n: between.join((n[:3], n[3:6], n[6:]))


SPELLINGS: dict[str, Callable[[str], str]] = {
    "together": str,
    "spaces": _apart(" "),
    "hyphens": _apart("-"),
    "dots": _apart("."),
    "labelled": lambda n: f"NHS No {n}",
    "slashes": _apart("/"),
    "two spaces": _apart("  "),
    "no-break spaces": _apart("\u00a0"),
    "thin spaces": _apart("\u2009"),
    "figure spaces": _apart("\u2007"),
    "narrow spaces": _apart("\u202f"),
    "non-breaking hyphens": _apart("\u2011"),
    "dashes": _apart(" \u2013 "),
    "minus signs": _apart("\u2212"),
    "underscores": _apart("_"),
    "emphasis": lambda n: f"`{n[:3]}` **{n[3:6]}** _{n[6:]}_",
    "stars": _apart("*"),
    "lines": _apart("\n"),
    "commas": _apart(","),
    "full width": lambda n: "".join(chr(ord(digit) + 0xFEE0) for digit in n),
    "another script": lambda n: _apart(" ")("".join(chr(0x0966 + int(digit)) for digit in n)),
    "zero width": "\u200b".join,
    "combining": lambda n: "".join(f"{digit}\u0332" for digit in n),
    "label with stops": lambda n: f"N.H.S. no.: {_apart(' ')(n)}",
    "glued to a label": lambda n: f"NHS{n}",
    "glued to a word": lambda n: f"pt{n}",
    "a telephone's prefix and a label": lambda n: f"NHS number: +44 {_apart(' ')(n)}",
}
# Grouped as hardly anybody does: found where nothing else of the kind stands beside it.
RARE_SPELLINGS: dict[str, Callable[[str], str]] = {
    "pairs": lambda n: " ".join(n[i : i + 2] for i in range(0, 10, 2)),
    "single digits": " ".join,
    "fives": lambda n: f"{n[:5]} {n[5:]}",
    "six and four": lambda n: f"{n[:6]}-{n[6:]}",
    "three, four, three": lambda n: f"{n[:3]} {n[3:7]} {n[7:]}",
}
AROUND = (
    "{}", "{} was called twice.", "Patient {} missed the screening.", "We rang about {} and left a message.",
    "On 12 March 2024 {} was seen at G82018.", "The surgery (01632 960123) wrote to {} on 3/4/24.", "({})",
    "see \u201c{}\u201d!",
    "- first case: {}\n- next case: none", "Ref {}; three calls in 2 weeks", "\U0001f600 e\u0301 {}",
    "Two of 14 had no letter, among them {}, aged over 65.", "| case | {} | done |", "Jane's ({}) letter came back.",
)  # fmt: skip


def _day(chance: random.Random) -> str:
    day = date(2018, 1, 1) + timedelta(days=chance.randrange(3_000))
    forms = (
        "%d/%m/%Y",
        "%d.%m.%y",
        "%Y-%m-%d",
        "%d %B %Y",
        "%d-%m-%Y",
        "%a %d %b",
        "%d/%m/%y %H:%M",
        "%Y%m%d",
    )
    return day.strftime(chance.choice(forms))


def _telephone(chance: random.Random) -> str:
    local = f"{chance.randrange(1_000_000):06}"
    return chance.choice((
        f"01632 {local}", f"01632 {local[:3]} {local[3:]}", f"020 7946 0{local[:3]}", f"07700 900{local[:3]}",
        f"07700900{local[:3]}", f"+44 7700 900{local[:3]}", f"+447700900{local[:3]}", f"+44 (0)1632 {local}",
        f"0044 1632 {local}", f"0800 {local[:3]} {local[2:]}", f"(01632) {local}", f"0161 496 0{local[:3]}",
        f"+44 20 7946 0{local[:3]}", f"+353 1 {local[:3]} {local[2:]}", f"tel. 203 {local[:3]} {local[2:]}",
        f"+1 212 555 01{local[:2]}", f"0300 {local[:3]} {local[2:]}", f"020-7946-0{local[:3]}",
        f"07700.900.{local[:3]}",
    ))  # fmt: skip


def _code(chance: random.Random) -> str:
    number = chance.randrange(100_000)
    return chance.choice((
        f"{chance.choice('ABCDEFGHJKLMNPY')}{number:05}", f"R{chance.choice('ABCDEFGH')}{number % 100:02}",
        f"U{number:05}",
        f"0{number % 10}{chance.choice('ABCDEFGH')}", f"QM{chance.choice('JFM')}", f"E{chance.randrange(10**8):08}",
    ))  # fmt: skip


def _study(chance: random.Random) -> str:
    number = chance.randrange(10**8)
    return chance.choice((
        f"ISRCTN{number:08}", f"NCT{number:08}", f"IRAS {number % 10**6:06}", f"CPMS {number % 10**5:05}",
        f"REC 2{number % 10}/LO/{number % 9999:04}", f"PMID {number:08}", f"PMC{number % 10**7:07}",
        f"QI-2024-{number % 999:03}",
        f"doi:10.1136/bmjqs-20{number % 20 + 10}-{number % 10**6:06}", f"10.1093/fampra/cmz{number % 999:03}",
        f"SNOMED {number % 10**8:08}", f"ORCID 0000-000{number % 10}-{number % 9999:04}-{number // 10**4:04}",
    ))  # fmt: skip


def _count(chance: random.Random) -> str:
    number = chance.randrange(3, 90_000)
    return chance.choice(
        (f"{number}", f"{number:,}", f"{number % 900} of {number}", f"{number % 90}/{number}")
    )


def _money(chance: random.Random) -> str:
    number = chance.randrange(100, 9_000_000)
    return chance.choice(
        (
            f"£{number:,}",
            f"£{number}",
            f"£{number / 100:,.2f}",
            f"£{number // 1000}k",
            f"{number:,} pounds",
        )
    )


def _share(chance: random.Random) -> str:
    first, second = sorted(chance.uniform(0, 100) for _ in range(2))
    return chance.choice((
        f"{first:.1f}%", f"{first:.0f}% to {second:.0f}%", f"from {first:.2f} to {second:.2f} per 1,000",
        f"{first:.0f} per cent (95% CI {first:.1f}-{second:.1f}, p=0.0{first * 10:.0f})", f"{second / 100:.9f}",
    ))  # fmt: skip


def _series(chance: random.Random) -> str:
    numbers = [str(chance.randrange(2, 400)) for _ in range(chance.randrange(4, 13))]
    return chance.choice((", ", "; ", " / ", " | ")).join(numbers)


def _book(chance: random.Random) -> str:
    nine = f"{chance.randrange(10**9):09}"
    weighted = -sum(weight * int(digit) for weight, digit in zip(TEN, nine, strict=True)) % 11
    ten = nine + ("X" if weighted == 10 else str(weighted))
    return chance.choice((
        f"ISBN {ten}", f"ISBN-10: {ten[0]}-{ten[1:4]}-{ten[4:9]}-{ten[9]}",
        f"ISBN 978-{nine[0]}-{nine[1:5]}-{nine[5:9]}-{nine[8]}",
        f"978-{ten}", f"EAN 50{nine}12", f"ISSN {nine[:4]}-{nine[4:8]}",
    ))  # fmt: skip


def _address(chance: random.Random) -> str:
    number = chance.randrange(10**9, 10**10)
    return chance.choice((
        f"https://example.org/reports/{number}", f"https://example.org/view?id={number}&page=2",
        "https://example.org/2024/03/12/0930",
        f"https://example.org/j/{number}?pwd=a{number}", f"www.example.org/{number}",
        f"https://example.org/a1b2c3d4-{number}",
        f"Meeting ID: {str(number)[:3]} {str(number)[3:6]} {str(number)[6:]}",
        f"SJ {number % 10**5:05} {number // 10**5:05}",
        f"TQ {number % 1000:03} {number // 1000 % 1000:03}", f"{51 + chance.random():.6f}, {-chance.random():.6f}",
        f"018f4c1e-7a52-7c3b-9d60-{number:012x}", f"2024-03-0{number % 9 + 1}T09:30:00Z",
        f"sha256 {number:x}{number:x}{number:x}",
        f"192.168.{number % 255}.{number // 7 % 255}", f"v{number % 9}.{number % 99}.{number % 999}", "TS5 or TS18",
    ))  # fmt: skip


FILLERS: dict[str, Make] = {
    "day": _day, "telephone": _telephone, "code": _code, "study": _study, "count": _count, "money": _money,
    "share": _share, "series": _series, "book": _book, "address": _address,
}  # fmt: skip
ORDINARY = (
    "We began on {day} with {count} patients and ended on {day} with {count}.",
    "Ring {telephone} or {telephone} before {day}.",
    "{code} and {code} took part; {code} left after {count} weeks.",
    "The protocol is {study}, approved on {day} ({study}).",
    "Reviews rose from {count} to {count}, that is {share}, for {money} a practice.",
    "Weekly counts since {day}: {series}.",
    "See {book} and {address}.",
    "Dr Shah ({telephone}, {code}) keeps the run chart: {series}.",
    "List size {count}, {share} over 65, QOF {count} points, {money} in all.",
    "PDSA 3, {day}: {count} calls, {count} answered, median {count} minutes; {share}.",
    "Join at {address} or by telephone on {telephone}, PIN {count}.",
    "Patients aged 65 to 94 ({share}) were called by {code} from {telephone} until {day}.",
    "HbA1c fell from 64 mmol/mol to 58 in {count}, BP 140/90 in {count}, since {day}.",
    "Mrs Smith of {code} runs {count} sessions; her number is {telephone}.",
    "In 2019, 2020 and 2021 we saw {count}, {count} and {count} ({study}).",
    "Babies born between {day} and {day}: {count}, {share} breast-fed.",
    "The search {code}-{count} on EMIS found {count} people aged 90 and over.",
    "Cost: {money} in the first year, {money} in the second, {money} for {count} devices.",
    "Ticket {study} was raised on {day} at 14:05 and closed at 16:40, {share} late.",
    "Minutes of {day}: {series}; apologies from {code}, {code}. Next: {day}, {address}.",
)
# Said of nobody in particular, and of other things than patients.
PLAIN = (
    "We agreed to try the checklist until May.", "Three practices share one pharmacist, two days a week.",
    "Nobody was harmed; 4 letters went to a wrong address.", "The 8 o'clock rush fell by a third in six weeks.",
    "Our list of 12,480 grew to 13,902 between April 2022 and March 2024.", "1 in 5 did not attend, 1 in 20 twice.",
    "Steps: 1. search 2. sort 3. call 4. code 5. review 6. report.", "Give 500 mg twice a day for 7-14 days (BNF 86).",
    "The 2015/16 and 2016/17 QOF years count 45 and 52 weeks.", "Rated 4 5 5 3 4 by five people, 3 4 4 5 by four.",
    "Room 3.14, second floor, doors at 12:15, lunch 12:30-13:15.", "Read codes 44P6. and XaPbt, SNOMED 44054006.",
    "Lot 24B117, expiry 2026-09, 1 x 10 ml, 20-25 degrees C.",
    "The eGFR was 45-59 in 112, 30-44 in 41, below 30 in 9.",
    "Call between 9 and 5 on 0300 123 1234, or 111.", "NHS 111 took 2,304 calls, NHS 24 took 1,902.",
    "Born of a coffee-room talk, the idea is 3 years old now.", "Our surgery is 30 years old; the lift is 12.",
    "Peer review: 10 charts, 10 minutes, every 10 days.", "House of Care, 2nd edition, pp. 104-117, fig. 3.2.",
    "Confidence 7/10 before, 9/10 after (n = 23).", "W1 4th floor, then bay B12, beds 5 to 9.",
    "Slots of 10, 15 and 20 minutes: 64, 71 and 12.", "GMC 7012345, NMC 12A3456B, GPhC 2061234, HCPC PH123456.",
)  # fmt: skip


def ordinary(chance: random.Random) -> Iterator[str]:
    """Such sentences without end."""
    while True:
        yield chance.choice(PLAIN)
        for pattern in chance.sample(ORDINARY, 9):
            sentence = pattern
            for name, make in FILLERS.items():
                while f"{{{name}}}" in sentence:
                    sentence = sentence.replace(f"{{{name}}}", make(chance), 1)
            yield sentence
