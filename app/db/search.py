"""Full text on both databases, over words the house prepared itself (`core.words`), for questions (`core.questions`).

PostgreSQL indexes the words with the `simple` configuration, SQLite with FTS5; neither stems, folds or drops
anything, so both find the same rows by construction. The score is looked up in the words themselves, by the same
sums on both, and knows no statistics of the corpus, so that a hidden row cannot move a visible one. There is a level
of fields for each tier of readers: `name`, `front`, `inside`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Integer, String, bindparam, inspect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement

COLUMNS = ("search_name", "search_topics", "search_purpose", "search_front", "search_inside")
LEVELS = {
    "name": ("search_name", "search_purpose"),
    "front": ("search_name", "search_topics", "search_purpose", "search_front"),
    "inside": COLUMNS,
}
LETTERS = {
    "search_name": "A",
    "search_topics": "B",
    "search_purpose": "C",
    "search_front": "D",
    "search_inside": "D",
}
# Which levels PostgreSQL has an index for, and over which rows: a network whose front is open to everybody is found by
# it, any other by its name (1 is `core.access.FRONT`). The inside is searched among a reader's own networks, without.
INDEXED = {
    "network": {"front": "outer_tier >= 1", "name": "outer_tier < 1"},
    "person": {"front": "true", "name": "true"},
    "organisation": {"front": "true"},
    "meeting": {"front": "true"},
    "result": {"front": "true"},
}

# How much a field that has what is asked for counts: in the words typed, and in others that mean the same. Where it is
# in none of the three, it stands in the rest. The fields are 40, 24, 12 and 4, and 20 for having it at all: asked
# loosely, who has two things of three comes before who has one in its name.
FIELDS = {"search_name": (60, 46), "search_topics": (44, 38), "search_purpose": (32, 29)}
REST = 24
AS_TYPED = 8  # the name has the very word, not another of its stem
TOGETHER, FIRST = 30, 50  # the name has all that was typed in one piece; it begins with it
# Of names that say the same the shorter one comes first: a point less for every 32 characters of search words.
LONG, LONGEST = 32, 256
_PADDED = (0, 1, 2, 4)  # numbers of synonyms for which there are statements
# In a compiled statement, where the score of a question belongs: the level, the table or alias, one parameter.
SCORED = "scored"
_MARK = "\x02"
_NAME = re.compile(f"{_MARK}(\\w+){_MARK}")
_PLACE = re.compile(f"{_MARK}(\\w+) (\\S+) [^{_MARK}]+{_MARK}")


Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing asked for, in search words: as typed, as meant, phrases that mean the same, the beginning of a word.

    `all_of` are the words of each phrase, the meant one first, that a row must have wherever they stand.
    """

    typed: Words
    meant: Words
    synonyms: tuple[Words, ...]
    beginning: str | None
    all_of: tuple[Words, ...]
    weight: int
    required: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question in search words: a row needs the required parts; loosely, one of those that weigh most.

    One with a `beginning` stands last. `together` is all that was typed, as it is and without "the" and its like.
    """

    parts: tuple[Part, ...]
    together: tuple[Words, Words]
    loose: bool = False

    @property
    def enough(self) -> tuple[Part, ...]:
        """The parts of which one is enough, asked loosely."""
        most = max(part.weight for part in self.parts)
        return tuple(part for part in self.parts if part.weight == most)

    @property
    def needed(self) -> tuple[Part, ...]:
        """The parts that a row must have, not asked loosely."""
        return tuple(part for part in self.parts if part.required)

    @property
    def may_loosen(self) -> bool:
        """Whether asking loosely finds other rows."""
        return not self.loose and len(self.parts) > 1

    @property
    def shape(self) -> "Shape":
        """What of it is in the text of a statement."""
        groups = ((_padded(len(p.synonyms)), p.required and not self.loose) for p in self.parts)
        last = self.parts[-1]
        return Shape(tuple(groups), last.beginning is not None, len(self.together[0]) > 1)


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a question is in the text of a statement; everything else is a value.

    `groups` are how many synonyms each has, and whether a row that was found surely has it; `open_ended` the last.
    """

    groups: tuple[tuple[int, bool], ...]
    open_ended: bool
    several: bool


def _padded(count: int) -> int:
    return next(size for size in _PADDED if size >= count)


class _OverText(ColumnElement[Any]):
    """A construct over the searched columns of `table` as far as `level` allows."""

    inherit_cache = False

    def __init__(self, table: Any, level: str, shape: Shape | None = None) -> None:
        """`shape` is of the question that is asked; whether a row matches is the same for all."""
        (self.id,) = inspect(table).selectable.primary_key
        self.level = level
        self.shape = shape

    def name_in(self, compiler: SQLCompiler, **kw: Any) -> str:
        """The table or alias as this statement calls it."""
        return str(compiler.process(self.id, **kw)).rsplit(".", 1)[0]

    def self_group(self, against: Any = None) -> ColumnElement[Any]:  # noqa: ARG002 - SQLAlchemy's signature
        """Already a condition or a number."""
        return self


class matches(_OverText):  # noqa: N801 - reads as SQL where it is used
    """The fields of this level answer the question."""

    type = Boolean()


class score(_OverText):  # noqa: N801 - reads as SQL where it is used
    """How well: for each part its weight times that of the best field that has it, and what stands together."""

    type = Integer()


def _bind(compiler: SQLCompiler, name: str, **kw: Any) -> str:
    return str(compiler.process(bindparam(name, type_=String()), **kw))


@compiles(matches, "postgresql")
def _matches_postgresql(element: matches, compiler: SQLCompiler, **kw: Any) -> str:
    name = element.name_in(compiler, **kw)
    words = f"{name}.words_{element.level}"
    if element.level == "inside":
        words = f"({name}.words_front || to_tsvector('simple'::regconfig, {name}.search_inside))"
    return f"({words} @@ CAST({_bind(compiler, 'q', **kw)} AS tsquery))"


@compiles(matches, "sqlite")
def _matches_sqlite(element: matches, compiler: SQLCompiler, **kw: Any) -> str:
    name = element.name_in(compiler, **kw)
    table = (
        element.id.table.description
        if not hasattr(element.id.table, "element")
        else element.id.table.element.name
    )
    level = _bind(compiler, f"q_{element.level}", **kw)
    return (
        f"({name}.{element.id.name} IN (SELECT k.id FROM {table}_fts_key k JOIN {table}_fts f ON f.rowid = k.docid "
        f"WHERE {table}_fts MATCH {level}))"
    )


@compiles(score)
def _score_place(element: score, compiler: SQLCompiler, **kw: Any) -> str:
    """The place of the score in a statement that is kept for all questions; `write_scores` puts it there."""
    if element.shape is None:
        raise TypeError("a score is of a question")
    name = element.name_in(compiler, **kw)
    return f"{_MARK}{element.level} {name} {_bind(compiler, SCORED, **kw)}{_MARK}"


def write_scores(
    database: str, text: str, binds: Sequence[tuple[str, Any]], shape: Shape
) -> tuple[str, list[tuple[str, Any]]]:
    """A compiled statement for questions of this shape: its text and its parameters, in the driver's order.

    To compile takes a hundred times as long as this, and people's questions have many shapes. It looks into the few
    words of the fields that weigh more: taking a whole tsvector apart costs ten times that.
    """
    write = _numbered if database == "postgresql" else _in_line
    return write(text, binds, shape)


def _numbered(
    text: str, binds: Sequence[tuple[str, Any]], shape: Shape
) -> tuple[str, list[tuple[str, Any]]]:
    """PostgreSQL's: a parameter has one number wherever it stands; the first takes that of the place."""
    names = [name for name, _ in binds]
    defaults = dict(binds)

    def bind(name: str, kind: str = "VARCHAR") -> str:
        if name not in names:
            if SCORED in names:
                names[names.index(SCORED)] = name
            else:
                names.append(name)
        return f"${names.index(name) + 1}::{kind}"

    whole = _PLACE.sub(lambda place: _written(place, shape, "strpos", bind), text)
    return whole, [(name, defaults.get(name)) for name in names]


def _in_line(
    text: str, binds: Sequence[tuple[str, Any]], shape: Shape
) -> tuple[str, list[tuple[str, Any]]]:
    """SQLite's: parameters are given in the order in which they stand in the text."""
    there: list[list[str]] = []

    def write(place: re.Match[str]) -> str:
        score = _written(place, shape, "instr", lambda name, _kind="": f"{_MARK}{name}{_MARK}")
        there.append(_NAME.findall(score))
        return _NAME.sub("?", score)

    whole = _PLACE.sub(write, text)
    places = iter(there)
    found: list[tuple[str, Any]] = []
    for name, default in binds:
        found += [(each, None) for each in next(places)] if name == SCORED else [(name, default)]
    return whole, found


def _written(place: re.Match[str], shape: Shape, find: str, bind: Callable[..., str]) -> str:
    level, name = place[1], place[2]
    columns = {column: f"(' ' || {name}.{column} || ' ')" for column in LEVELS[level]}
    return _Scoring(shape, columns, find, bind).text()


@dataclass(frozen=True, slots=True)
class _Scoring:
    """Writes the score: `columns` as SQL, `find` is the function that says where a text stands, `bind` a parameter."""

    shape: Shape
    columns: dict[str, str]
    find: str
    bind: Callable[..., str]

    def text(self) -> str:
        parts = [
            self._part(index, synonyms, sure=sure)
            for index, (synonyms, sure) in enumerate(self.shape.groups)
        ]
        if self.shape.several:
            places = [self._place("search_name", name) for name in ("all_0", "all_1")]
            first, there = (" OR ".join(f"{one} {how}" for one in places) for how in ("= 1", "> 0"))
            parts.append(f"CASE WHEN {first} THEN {FIRST} WHEN {there} THEN {TOGETHER} ELSE 0 END")
        length = f"length({self.columns['search_name']})"
        shortened = f"(CASE WHEN {length} < {LONGEST} THEN {length} ELSE {LONGEST} END) / {LONG}"
        return "(" + " + ".join(parts) + f" - {shortened})"

    def _part(self, index: int, synonyms: int, *, sure: bool) -> str:
        literal = [f"m{index}"]
        if self.shape.open_ended and index == len(self.shape.groups) - 1:
            literal.append("p")
        others = [f"s{index}_{number}" for number in range(synonyms)]
        whens = []
        for column in FIELDS.keys() & self.columns.keys():
            own, other = FIELDS[column]
            worth = str(own)
            if column == "search_name":
                worth += f" + CASE WHEN {self._has(column, f't{index}')} THEN {AS_TYPED} ELSE 0 END"
            whens.append((own, f"WHEN {self._has(column, *literal)} THEN {worth}"))
            if others:
                whens.append((other, f"WHEN {self._has(column, *others)} THEN {other}"))
        cases = " ".join(when for _, when in sorted(whens, reverse=True))
        rest = str(REST) if sure else self._rest(*literal, *others)
        return f"{self.bind(f'w{index}', 'INTEGER')} * CASE {cases} ELSE {rest} END"

    def _rest(self, *names: str) -> str:
        """What it is worth that the part may stand in the other fields."""
        left = [column for column in self.columns if column not in FIELDS]
        said = " OR ".join(self._has(column, *names) for column in left)
        return f"CASE WHEN {said} THEN {REST} ELSE 0 END" if said else "0"

    def _has(self, column: str, *names: str) -> str:
        return " OR ".join(f"{self._place(column, name)} > 0" for name in names)

    def _place(self, column: str, name: str) -> str:
        return f"{self.find}({self.columns[column]}, {self.bind(name)})"


def values(database: str, wanted: Wanted) -> dict[str, Any]:
    """The bind values of `matches` and `score` for this question."""
    found: dict[str, Any] = dict(_patterns(wanted))
    found |= {f"w{index}": part.weight for index, part in enumerate(wanted.parts)}
    if database == "postgresql":
        return found | {"q": _expression(wanted, _POSTGRESQL)}
    query = _expression(wanted, _SQLITE)
    return found | {
        f"q_{level}": f"{{{' '.join(columns)}}} : ({query})" for level, columns in LEVELS.items()
    }


def _patterns(wanted: Wanted) -> Iterator[tuple[str, str]]:
    """What `score` looks for in the columns, which have a blank on both sides."""
    for index, part in enumerate(wanted.parts):
        yield f"t{index}", _row(part.typed)
        yield f"m{index}", _row(part.meant)
        if part.beginning is not None:
            yield "p", f" {part.beginning}"
        for number in range(_padded(len(part.synonyms))):
            yield f"s{index}_{number}", _row(part.synonyms[min(number, len(part.synonyms) - 1)])
    for index, together in enumerate(wanted.together):
        yield f"all_{index}", _row(together)


def _row(found: Words) -> str:
    return f" {' '.join(found)} "


@dataclass(frozen=True, slots=True)
class _Grammar:
    both: str
    either: str
    beginning: str


_POSTGRESQL = _Grammar(" & ", " | ", "{}:*")
_SQLITE = _Grammar(" AND ", " OR ", "{} *")


def _expression(wanted: Wanted, grammar: _Grammar) -> str:
    """The question as the database's full text has it: words of `a-z0-9` and the grammar's own signs, nothing else."""

    def of(part: Part) -> str:
        found = [grammar.both.join(phrase) for phrase in part.all_of]
        if part.beginning is not None:
            found.append(grammar.beginning.format(part.beginning))
        return "(" + grammar.either.join(f"({one})" for one in found) + ")"

    if wanted.loose:
        return grammar.either.join(map(of, wanted.enough))
    return grammar.both.join(map(of, wanted.needed))


def found_in(wanted: Wanted, *fields: str) -> int | None:
    """The score of a row that is in no table, its words in the order of `COLUMNS`; None where it does not answer."""
    row = {column: f" {text} " for column, text in zip(COLUMNS, fields, strict=True)}
    whole = " ".join(row.values())
    total, had = 0, []
    for part in wanted.parts:
        literal = [_row(part.meant), *([f" {part.beginning}"] if part.beginning else [])]
        if literal[-1] in whole or any(
            all(f" {word} " in whole for word in phrase) for phrase in part.all_of
        ):
            had.append(part)
            sure = part.required and not wanted.loose
            total += part.weight * _worth(row, part, literal, sure=sure)
        elif part.required and not wanted.loose:
            return None
    if wanted.loose and not any(part in had for part in wanted.enough):
        return None
    total -= min(len(row["search_name"]), LONGEST) // LONG
    return total + (_together(row["search_name"], wanted) if len(wanted.together[0]) > 1 else 0)


def _worth(row: dict[str, str], part: Part, literal: list[str], *, sure: bool) -> int:
    left = " ".join(text for column, text in row.items() if column not in FIELDS)
    parts = [*literal, *map(_row, part.synonyms)]
    best = REST if sure or any(said in left for said in parts) else 0
    for column, (own, other) in FIELDS.items():
        if any(said in row[column] for said in literal):
            more = column == "search_name" and _row(part.typed) in row[column]
            best = max(best, own + AS_TYPED * more)
        elif any(_row(phrase) in row[column] for phrase in part.synonyms):
            best = max(best, other)
    return best


def _together(name: str, wanted: Wanted) -> int:
    places = [name.find(_row(together)) for together in wanted.together]
    if 0 in places:
        return FIRST
    return TOGETHER if max(places) > 0 else 0
