"""Patients' numbers in prose: every one is found, at its place; and ordinary sentences are let alone."""

import random
import sys
from itertools import islice

import orjson
import pytest

from app.core.patient_identifiers import has_check_digit, identifiers, warnings
from tests.proofs.figures import SCALE, SEED, scaled
from tests.proofs.prose import (
    AROUND,
    RARE_SPELLINGS,
    SPELLINGS,
    Make,
    chi_number,
    hc_number,
    national_insurance_number,
    nhs_number,
    ordinary,
)

FULL, SENTENCES = 10_000, 2_000
MAKERS = {"nhs_number": nhs_number, "chi_number": chi_number, "hc_number": hc_number}


def tell(screen: pytest.CaptureFixture[str], **figures: object) -> None:
    line = {"seed": SEED, "scale": SCALE, **figures}
    with screen.disabled():
        sys.stdout.write(f"\n{orjson.dumps(line).decode()}")


def missed(kind: str, number: str, spelt: str, around: str) -> str | None:
    """The text, if not this and nothing else is found in it where it stands."""
    text = around.format(spelt)
    found = identifiers(text)
    start = around.index("{}")
    right = (
        [one.kind for one in found] == [kind]
        and start <= found[0].offset
        and found[0].offset + found[0].length <= start + len(spelt)
        and found[0].length >= len(number)
    )
    return None if right else text


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_nhs_number_is_found(spelling: str, capsys: pytest.CaptureFixture[str]) -> None:
    chance, count = random.Random(f"{SEED} {spelling}"), scaled(FULL)
    numbers = [nhs_number(chance) for _ in range(count)]
    lost = [
        text
        for number in numbers
        if (
            text := missed("nhs_number", number, SPELLINGS[spelling](number), chance.choice(AROUND))
        )
    ]
    tell(capsys, proof="NHS numbers in prose", spelling=spelling, texts=count, missed=len(lost))
    assert lost == []


@pytest.mark.parametrize("spelling", RARE_SPELLINGS)
def test_every_nhs_number_that_is_grouped_strangely_is_found(spelling: str) -> None:
    chance = random.Random(f"{SEED} {spelling}")
    around = [text for text in AROUND if "2024 {}" not in text]
    for number in (nhs_number(chance) for _ in range(scaled(FULL))):
        text = missed("nhs_number", number, RARE_SPELLINGS[spelling](number), chance.choice(around))
        assert text is None


@pytest.mark.parametrize("kind", ["chi_number", "hc_number"])
def test_every_chi_and_hc_number_is_found(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    chance, count, lost = random.Random(f"{SEED} {kind}"), scaled(FULL), []
    spellings = [spell for name, spell in SPELLINGS.items() if "label" not in name]
    for number in (MAKERS[kind](chance) for _ in range(count)):
        text = missed(kind, number, chance.choice(spellings)(number), chance.choice(AROUND))
        lost += [text] if text else []
    tell(capsys, proof=f"{kind} in prose", texts=count, missed=len(lost))
    assert lost == []


def test_every_national_insurance_number_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    chance, count, lost = random.Random(SEED), scaled(FULL), []
    for number in (national_insurance_number(chance) for _ in range(count)):
        parts = (number[:2], number[2:4], number[4:6], number[6:8], number[8:])
        spelt = chance.choice((
            number, " ".join(parts), "-".join(parts), f"{parts[0]} {number[2:8]} {parts[4]}", number.lower(),
            f"NINO{number}", f"NI no. {number}", "\u00a0".join(parts), "\u200b".join(number),
        ))  # fmt: skip
        around = chance.choice(AROUND)
        text = missed("national_insurance_number", number, spelt, around)
        lost += [text] if text else []
    tell(capsys, proof="National Insurance numbers in prose", texts=count, missed=len(lost))
    assert lost == []


def test_ordinary_sentences_are_let_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Always at the full count. Those that are refused or asked about are told."""
    sentences = list(islice(ordinary(random.Random(SEED)), SENTENCES))
    refused = [text for text in sentences if identifiers(text)]
    asked = [text for text in sentences if warnings(text)]
    tell(
        capsys, proof="ordinary sentences", sentences=len(sentences), refused=len(refused), asked=len(asked),
        which=[*refused[:5], *asked[:5]],
    )  # fmt: skip
    assert len(refused) < SENTENCES * 0.005
    assert len(asked) < SENTENCES * 0.005


def test_ids_of_ten_digits_are_refused_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """Counted apart: by chance one in eleven has a right check digit, and the ranges are a good third of all."""
    chance = random.Random(SEED)
    ids = [f"{chance.randrange(10**10):010}" for _ in range(20_000)]
    refused = sum(bool(identifiers(f"Order {one} was sent.")) for one in ids)
    tell(
        capsys, proof="ids of ten digits", ids=len(ids), refused=refused,
        right_check_digit=sum(map(has_check_digit, ids)),
    )  # fmt: skip
    assert 0.025 < refused / len(ids) < 0.055


def test_a_wrong_check_digit_is_no_number() -> None:
    """The control of all of the above: with another last digit it is none, however it is spelt."""
    chance = random.Random(SEED)
    makers: list[Make] = [nhs_number, chi_number, hc_number]
    for number in (chance.choice(makers)(chance) for _ in range(300)):
        wrong = f"{number[:9]}{(int(number[9]) + chance.randrange(1, 10)) % 10}"
        for spell in SPELLINGS.values():
            assert identifiers(f"We saw {spell(wrong)} there.") == []
