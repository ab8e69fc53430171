"""What finding needs beside the rows themselves: the spelling vocabulary, places, saved searches."""

from sqlalchemy import BigInteger, ForeignKey, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.name_words import WORD
from app.db.types import FLOAT, INSTANT, JSON_TEXT
from app.models.base import Base, Versioned


class SearchWord(Base):
    """A word that anonymous callers may read somewhere, and in how many texts."""

    __tablename__ = "search_word"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    uses: Mapped[int] = mapped_column(Integer)


class SearchGap(Base):
    """A word, and what is left of it without one of its letters: two words that share one are a typo apart."""

    __tablename__ = "search_gap"

    gap: Mapped[str] = mapped_column(String(40), primary_key=True)
    word: Mapped[str] = mapped_column(
        ForeignKey("search_word.word", ondelete="CASCADE"), primary_key=True, index=True
    )


class NameWord(Base):
    """A word in the name of a network, an organisation or a person, as `core.words` writes it; triggers keep it."""

    __tablename__ = "name_word"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)


class SearchState(Base):
    """One row: by which rules the search words were made, and what the vocabulary was built from.

    `words_version` is of `core.words`; `head` the feed's position that was looked at last.
    """

    __tablename__ = "search_state"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    words_version: Mapped[int] = mapped_column(Integer)
    built_at: Mapped[str | None] = mapped_column(INSTANT)
    head: Mapped[int] = mapped_column(BigInteger)


class Place(Base):
    """A town, as practices name it in their addresses; `key` is its folded name, indexed by its beginning."""

    __tablename__ = "place"
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    county: Mapped[str | None] = mapped_column(String(80))
    region: Mapped[str | None] = mapped_column(String(20))
    latitude: Mapped[float] = mapped_column(FLOAT)
    longitude: Mapped[float] = mapped_column(FLOAT)
    precision_km: Mapped[float] = mapped_column(FLOAT)
    practices: Mapped[int] = mapped_column(Integer)


class SavedSearch(Base, Versioned):
    """A search that somebody comes back to. `seen` are its hits at the last look, `seen_before` at the one before."""

    __tablename__ = "saved_search"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    params: Mapped[str] = mapped_column(JSON_TEXT)
    seen: Mapped[str] = mapped_column(JSON_TEXT)
    seen_before: Mapped[str] = mapped_column(JSON_TEXT)
    looked_at: Mapped[str] = mapped_column(INSTANT)
    looked_before_at: Mapped[str | None] = mapped_column(INSTANT)
