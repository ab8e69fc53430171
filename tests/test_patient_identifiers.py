"""The detector by itself: what it finds in a text, what it lets pass, and what it costs."""

import time

import pytest

from app.core.patient_identifiers import Found, identifiers, warnings

IDENTIFIED = {
    "nhs_number": (
        "4505577104", "450 557 7104", "450-557-7104", "450.557.7104", "450/557/7104", "450  557  7104",
        "450\u00a0557\u00a07104", "450\u2009557\u20097104", "450\u2007557\u20077104", "450\u202f557\u202f7104",
        "450\u2011557\u20117104", "450\u2013557\u20137104", "４５０ ５５７ ７１０４", "45\u200b05577104",
        "٤٥٠٥٥٧٧١٠٤", "𝟒𝟓𝟎 𝟓𝟓𝟕 𝟕𝟏𝟎𝟒", "④⑤⓪⑤⑤⑦⑦①⓪④", "⁴⁵⁰ ⁵⁵⁷ ⁷¹⁰⁴", "4️⃣5️⃣0️⃣5️⃣5️⃣7️⃣7️⃣1️⃣0️⃣4️⃣",
        "4̲5̲0̲ 5̲5̲7̲ 7̲1̲0̲4̲",
        "450 557 7104²", "450\n557\n7104", "450\r\n557\r\n7104", "`450 557 7104`", "450*557*7104",
        "**450** **557** **7104**",
        "450_557_7104", "450,557,7104", "NHS No 4505577104", "NHS no.: 450 557 7104", "pt4505577104",
        "45 05 57 71 04", "45055 77104", "4 5 0 5 5 7 7 1 0 4", "4505 577104", "450557 7104", "4505-5771-04",
        # Never issued, but written as such numbers are, or said to be one.
        "943 476 5919", "943-476-5919", "943*476*5919", "999 000 0018", "NHS9434765919", "NHS: 9434765919",
        "her NHS number is 9434765919", "9434765919 (NHS number)", "nhs_number=9434765919", "NHS no. 94 347 659 19",
        "CHI 9434765919", "H&C number 9434765919", "Patient ID: 9434765919",
        # What stands in front is no way round.
        "+44 450 557 7104", "tel 450 557 7104", "NHS no +44 943 476 5919", "Tel: (0) 450 557 7104", "(450) 557 7104",
        "On 3 March 2024 450 557 7104 was seen", "https://example.org/patients/4505577104", "2024. 45 05 57 71 04",
    ),
    "chi_number": ("0101701233", "010170 1233", "010 170 1233", "01 01 70 1233", "CHI 0101701233", "CHI: 010170-1233"),
    "hc_number": ("3200000112", "320 000 0112", "H&C no. 3200000112", "HCN 320-000-0112"),
    "national_insurance_number": (
        "AB123456C", "AB 12 34 56 C", "ab123456c", "jg 12 34 56 c", "AB-12-34-56-C", "AB 123456 C", "NINO AB123456C",
        "NI no: AB123456C", "ＪＧ１２３４５６Ｄ", "AB\u200b123456C",
    ),
}  # fmt: skip
ORDINARY = (
    "020 7946 0958", "01632 960123", "01632 960 123", "+44 7700 900123", "07700 900 123", "+44 20 7946 0958",
    "+44 (0)20 7946 0958", "0044 7700 900123", "+44 7946 095 812", "Tel: 794 609 5812", "7700 900123",
    "+1 650 253 0000",
    "9434765919", "978-1-4028-9462-6", "0-306-40615-2", "ISBN 0306406152", "978-0306406157", "5012345678900",
    "10.1136/bmjqs-2019-010123", "https://doi.org/10.1234/4505577104", "https://zoom.us/j/4505577104",
    "Meeting ID: 450 557 7104", "2024-03-01T09:30:00Z", "31/12/2024 09:30", "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e",
    "0000-0002-1825-0097", "G82018", "GMC 7654321", "12A3456B", "£4,505,577,104", "£4505577104", "TQ 30012 80412",
    "450, 557, 7104", "412\n450\n557\n7104\n803", "0.4505577104", "4505.577104", "45055/77104", "192.168.10.12",
    "sha1 9f4505577104a1b2c3d4e5f6", "TN123456A", "NK123456A", "at 123456 a practice", "000 000 0000",
    "ISRCTN12345678",
    "in 2019 2020 2021 2022", "list size 12,480", "4505577105", "450 557 7105", "12345678901234567890",
)  # fmt: skip
HINTS = {
    "date_of_birth": (
        "DOB 03/05/1930", "D.O.B. 3.5.30", "d.o.b: 1930-05-03", "DoB 3-May-1930", "DOB: 03051930", "DOB\n03/05/1930",
        "date of birth: 3rd May 1930", "date of birth is 3 May 1930", "Date_of_birth: 1930/05/03",
        "Birthdate 12.03.1941",
        "born 3 May 1930", "born on the 3rd of May 1930", "was born on Tuesday 3 May 1930", "born May 3, 1930",
        "03/05/1930 (DOB)", "(b. 12/3/1940)", "dob 12 Mar 41", "DOB ０３/０５/１９３０",
    ),
    "postcode": ("ME14 1XX", "SW1A 1AA is her home", "lives at M1 1AE", "me14 1xx", "EC1A1BB", "B33\u00a08TH"),
    "person_and_age": (
        "Mrs X aged 93", "Mrs X, aged 93", "Mr Smith, 47", "Mr. J Smith (47)", "Ms Patel is 47 years old",
        "a 47-year-old, Mr Smith", "93-year-old", "aged 93", "a woman of 93 years old", "Miss Jones age 12",
        "Mr Smith 82yo", "93 y/o", "at the age of 95", "MRS SMITH, 47", "Mrs O\u2019Neill-Jones, who is 82",
    ),
}  # fmt: skip
NO_HINTS = (
    "aged 90 and over", "90+", "patients aged 65-94", "patients aged 90 to 95", "people aged 90 or over",
    "on 3 May 2024",
    "babies born 1 January 2024 to 31 March 2024", "week W1 4th", "B12 5mg", "Mrs Smith runs 12 sessions",
    "Mr Patel reviewed 47 charts.", "93 patients, aged 65 to 94", "residents aged 95", "Dr Shah, 5 sessions",
    "DOB is recorded in 95% of cases", "G82018", "the network was born on 3 May 2019",
    "Mrs Green, 3 practices took part",
    "ODS code E82 018", "M1 or ME14", "Ms Shah, 12 March 2024",
)  # fmt: skip
WORST = {
    "digits": "1" * 20_000, "digits and spaces": "4 " * 10_000, "pairs": "45 " * 6_666,
    "outside": "9434765919 " * 1_800,
    "written": "943 476 5919 " * 1_500, "found": "4505577104 " * 1_800, "titles": "Mr A " * 4_000,
    "births": "dob 1 " * 3_333, "ideographs": "".join(map(chr, range(0x4E00, 0x4E00 + 19_998))) + "12",
    "combining": "1\u0301" * 10_000, "prefixes": "+44 " * 5_000, "lines": "123\n" * 5_000, "signs": "1-1 " * 5_000,
    "notes": "1\u00b2" * 10_000, "ages": "aged 9 " * 2_857, "sevens": "4505577 " * 2_500,
    "hyphens": "1------ " * 2_500,
    "a long name": "Mr " + "A" * 19_990 + "1",
    "blanks": "_" * 10_000 + "1" * 10_000, "prose": "In March 2024 we met. " * 900,
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in IDENTIFIED.items() for text in texts]
)
def test_an_identifier_is_found_however_it_is_spelt(kind: str, text: str) -> None:
    for before, after in (
        ("", ""),
        ("She said: ", " and left."),
        ("(", ")"),
        ("\U0001f600 é ", "\n"),
    ):
        assert [found.kind for found in identifiers(before + text + after)] == [kind]


@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_something_else_passes(text: str) -> None:
    for before, after in (("", ""), ("We used ", " this year."), ("(", ")")):
        assert identifiers(before + text + after) == []


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in HINTS.items() for text in texts]
)
def test_what_may_point_at_a_patient_is_found(kind: str, text: str) -> None:
    assert kind in [found.kind for found in warnings(f"One of them: {text}")]


@pytest.mark.parametrize("text", NO_HINTS)
def test_groups_places_and_days_point_at_nobody(text: str) -> None:
    assert warnings(text) == []
    assert warnings(f"We saw {text}.") == []


@pytest.mark.parametrize("text", HINTS["postcode"])
def test_a_place_has_its_postcode(text: str) -> None:
    assert warnings(text, place=True) == []


def test_offsets_count_code_points_of_the_text_as_sent() -> None:
    for before in ("", "é", "e\u0301 ", "\U0001f600\u200d\U0001f600 ", "12 ", "a\u0301\u200b" * 40):
        text = f"{before}NHS no 45\u200b0 557 7104\u0301, end"
        start = text.index("45\u200b0")
        (found,) = identifiers(text)
        assert found == Found("nhs_number", start, len("45\u200b0 557 7104"))


def test_all_of_them_are_found_in_order() -> None:
    text = "450 557 7104, AB123456C, 3200000112 and 0101701233"
    found = identifiers(text)
    assert [one.kind for one in found] == [
        "nhs_number",
        "national_insurance_number",
        "hc_number",
        "chi_number",
    ]
    assert [text[one.offset : one.offset + one.length] for one in found] == [
        "450 557 7104",
        "AB123456C",
        "3200000112",
        "0101701233",
    ]


def cheapest(text: str) -> float:
    """CPU of one look at a text, in milliseconds: the least of five, for the machine does other things too."""
    times = []
    for _ in range(5):
        began = time.process_time()
        identifiers(text)
        warnings(text)
        times.append((time.process_time() - began) * 1000)
    return min(times)


@pytest.mark.parametrize("name", WORST)
def test_the_worst_text_costs_little_and_twice_of_it_twice_as_much(name: str) -> None:
    """Measured: 1 to 13 ms for both looks at 20,000 characters."""
    text = WORST[name]
    whole = cheapest(text)
    assert whole < 60
    assert cheapest(text + text) < 4 * whole + 2
