"""Texts for benchmarks: sentences with frequent words and rare ones, as people write of networks.

Every second text has the words of anybody's work; a network's own subjects come again and again in its
texts, the first in the list below in one network of twelve, the last in one of a hundred; rare words
are those of the names of real organisations, of which there are thousands. No name is a person's.
"""

import random
from itertools import accumulate

from app.core.words import tokens
from app.reference.load import read_organisations


def _cut(line: str) -> list[str]:
    return line.split()


GLUE = _cut("the and of to in we our for with a who that from on by")
# Words of every second network, and words of the networks that are about them.
EVERYWHERE = _cut(
    "practice patient care improvement people team review access data measure community learning appointment change "
    "practices patients clinic meeting colleagues results guidance primary services"
)
SUBJECTS = _cut(
    "diabetes asthma frailty prescribing hypertension cancer screening dementia vaccination respiratory carers "
    "pharmacist nursing safeguarding children depression telephone triage referral pathway digital audit inhaler "
    "urgent capacity backlog monitoring spirometry menopause contraception antenatal obesity weight smoking alcohol "
    "wound ulcer catheter continence stroke fibrillation anticoagulation kidney heart failure copd sepsis "
    "deprescribing polypharmacy opioid antibiotic stewardship repeat dispensing medicines housebound homeless refugee "
    "autism disability epilepsy migraine gout osteoporosis falls palliative bereavement loneliness physiotherapy "
    "podiatry dietitian anxiety insomnia perinatal suicide prevention equity deprivation rural coastal "
    "language interpreter messaging records coding template dashboard survey feedback "
    "complaint incident huddle handover"
)
# As people type them: phrases, short forms, other words for a subject.
PHRASES = (
    "heart failure", "T2DM", "high blood pressure", "chronic kidney disease", "AF", "sick notes", "smoking cessation",
    "type 2 diabetes", "CKD", "antimicrobial stewardship", "advance care planning", "SMR", "flu jabs", "end of life",
    "quality improvement", "health inequalities", "mental health", "BP", "chronic obstructive pulmonary disease",
)  # fmt: skip
DOINGS = _cut(
    "improve share learn reduce measure test build compare support meet teach review plan find change ask try spread "
    "reach invite visit coach publish simplify protect shorten follow notice repeat adopt celebrate explain"
)
QUALITIES = _cut(
    "better every new local small weekly monthly shared open safe early late regional practical honest fewer more "
    "quick fair whole simple steady common complex remote joint yearly"
)
KINDS = (
    "Network",
    "Collaborative",
    "Forum",
    "Alliance",
    "Community of Practice",
    "Learning Set",
    "Exchange",
)
FIRST_NAMES = _cut(
    "Ada Ben Cerys Dev Efa Femi Gwen Hari Ines Jo Kofi Lena Mo Nia Omar Priya Quinn Rhys Sana Tom Una Vik Wren Xan "
    "Yara Zoe Amir Bea Cai Dot"
)
SYLLABLES = _cut(
    "ash bar cor den el far gar hol ing jar kel lan mor nor ost pen quar ros sel tar ul ven wil yar zel"
)


class Writer:
    """Writes texts from a seeded source of chance."""

    def __init__(self, chance: random.Random) -> None:
        """`chance` decides everything: the same seed writes the same texts."""
        self.chance = chance
        names = {word for row in read_organisations() for word in tokens(row.name)}
        self.rare = sorted(word for word in names if word.isalpha() and len(word) > 3)
        chance.shuffle(self.rare)
        self._subjects = _falling(len(SUBJECTS), 10)
        self._rare = _falling(len(self.rare), 5)
        self.about: list[str] = []
        """The subjects of what is being written."""

    def subject(self) -> str:
        """One word that networks are about, some more often than others."""
        return self.chance.choices(SUBJECTS, cum_weights=self._subjects)[0]

    def rare_word(self) -> str:
        """One word of an organisation's name."""
        return self.chance.choices(self.rare, cum_weights=self._rare)[0]

    def sentence(self, words: int) -> str:
        """A sentence of about so many words, one in fourteen of them rare."""
        said = []
        for _ in range(words):
            kind = self.chance.random()
            if kind < 0.35:
                said.append(self.chance.choice(GLUE))
            elif kind < 0.60:
                said.append(self.chance.choice(EVERYWHERE))
            elif kind < 0.70:
                said.append(self.chance.choice(self.about or EVERYWHERE))
            elif kind < 0.82:
                said.append(self.chance.choice(DOINGS))
            elif kind < 0.93:
                said.append(self.chance.choice(QUALITIES))
            else:
                said.append(self.rare_word())
        return " ".join(said).capitalize() + "."

    def paragraph(self, least: int, most: int) -> str:
        """Sentences of together between so many words."""
        left = self.chance.randint(least, most)
        said = []
        while left > 0:
            length = min(left, self.chance.randint(8, 18))
            said.append(self.sentence(length))
            left -= length
        return " ".join(said)

    def choose_subjects(self) -> None:
        """What the next network is about: one to three subjects."""
        self.about = [self.subject() for _ in range(self.chance.randint(1, 3))]

    def network_name(self) -> str:
        """Such as "Hurley Asthma Network"."""
        place = self.rare_word().capitalize()
        return f"{place} {self.about[0].capitalize()} {self.chance.choice(KINDS)}"

    def person_name(self) -> str:
        """An invented name."""
        last = "".join(self.chance.choices(SYLLABLES, k=self.chance.choice((2, 2, 3))))
        return f"{self.chance.choice(FIRST_NAMES)} {last.capitalize()}"


def _falling(count: int, flat: int) -> list[float]:
    """Cumulated weights 1/(rank + flat): word frequencies fall like this (Zipf)."""
    return list(accumulate(1 / (rank + flat) for rank in range(count)))
