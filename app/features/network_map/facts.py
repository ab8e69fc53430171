"""What ties people, in one statement: rows of a kind and two names, of members as they were at the end of a window.

Every one of these facts is there for the caller to read by itself, so that a map says nothing that they could not
have counted. What a kind's `left` and `right` are:

- `member`: the organisation that a person represents, or null; the person.
- `met`: an occurrence; a person who came. At most `core.who_met.MOST_WHO_MET` came, members and others.
- `sub_group`: a sub-group; a person in it.
- `feedback`: who gave it; an author of the result.
- `adopted`: an organisation; an author of the result.

A meeting of thirty is thirty rows here and not 435 pairs: `ties` makes pairs of them.
"""

from typing import Any

from sqlalchemy import String, and_, bindparam, case, cast, literal, null, or_, select, true
from sqlalchemy import union_all as union
from sqlalchemy.orm import aliased

from app.core import access
from app.core.viewer import Viewer
from app.core.who_met import came, in_small_company, planned_day
from app.core.windows import Window
from app.db.database import Reads
from app.db.types import DAY, ID, INSTANT, among
from app.models import (
    Adoption,
    Feedback,
    MeetingException,
    Member,
    Network,
    Result,
    ResultAuthor,
)

Row = dict[str, Any]
WAS_IN = ["active", "left", "removed"]


def _network_id() -> Any:
    return bindparam("network_id", type_=ID)


def _end() -> Any:
    return bindparam("end", type_=INSTANT)


def _in_window(instant: Any) -> Any:
    return and_(instant >= bindparam("start", type_=INSTANT), instant < _end())


def _there_at_end(spell: Any) -> Any:
    still = or_(spell.ended_at.is_(None), spell.ended_at > _end())
    return and_(among(spell.status, WAS_IN), spell.joined_at <= _end(), still)


def _members() -> Any:
    return (
        select(Member.person_id, Member.representing)
        .where(Member.network_id == _network_id(), _there_at_end(Member))
        .cte("members")
    )


def _rows(kind: str, left: Any, right: Any) -> Any:
    """Ids are text here, so that all kinds fit into one answer."""
    columns = (literal(kind), cast(left, String(80)), cast(right, String(36)))
    return select(*(c.label(n) for c, n in zip(columns, ("kind", "left", "right"), strict=True)))


def _names_authors() -> Any:
    return Result.attribution == "named"


def _names_giver() -> Any:
    return Feedback.attribution == "named"


def _reads_members(rank: str, below: Any) -> Any:
    """The viewer reads who is in a sub-group, which is neither private nor confidential."""
    reads = true() if rank == "operator" else access.active_in(below.id)
    return and_(among(below.visibility, ["open", "restricted"]), reads)


def _met(members: Any) -> Any:
    """Who came to what was held within the window: on the day it was moved to, else on its own."""
    moved, day = MeetingException.starts_at, planned_day()
    planned = and_(
        moved.is_(None),
        day >= bindparam("first_day", type_=String()),
        day <= bindparam("last_day", type_=String()),
    )
    there = came(or_(planned, _in_window(moved)))
    occurrence = cast(there.c.meeting_id, String(36)) + there.c.occurrence
    rows = in_small_company(_rows("met", occurrence, there.c.person_id), there)
    return rows.join(members, members.c.person_id == there.c.person_id)


def _sub_groups(rank: str, members: Any) -> Any:
    """Of open and restricted sub-groups, those that the viewer is in: who is in others is not theirs to read."""
    spell, below = aliased(Member), aliased(Network)
    return (
        _rows("sub_group", below.id, spell.person_id)
        .join(spell, spell.network_id == below.id)
        .join(members, members.c.person_id == spell.person_id)
        .where(
            below.parent_id == _network_id(),
            or_(below.archived_at.is_(None), below.archived_at >= _end()),
            _there_at_end(spell),
            # Who left it since is no longer there for its members to read, as of no day.
            spell.status == "active",
            _reads_members(rank, below),
        )
    )


def _of_named_authors(rows: Any, about: Any, author: Any) -> Any:
    """What is said of a result that members read, with a row for each of its authors, who are named on it."""
    return (
        rows.join(Result, Result.id == about.result_id)
        .join(ResultAuthor, ResultAuthor.result_id == Result.id)
        .join(author, author.c.person_id == ResultAuthor.person_id)
        .where(
            Result.network_id == _network_id(),
            Result.status == "published",
            _names_authors(),
            among(Result.audience, ["network", "public"]),
            Result.hidden_on.is_(None),
            Result.published_on <= bindparam("as_of", type_=DAY),
            ResultAuthor.removed.is_(False),
            about.hidden_on.is_(None),
            _in_window(about.created_at),
        )
        .distinct()
    )


def _feedback(members: Any, author: Any) -> Any:
    giver = members.alias("giver")
    rows = _rows("feedback", Feedback.author_id, ResultAuthor.person_id)
    said = rows.select_from(Feedback).join(giver, giver.c.person_id == Feedback.author_id)
    return _of_named_authors(said, Feedback, author).where(
        _names_giver(),
        Feedback.answer_to.is_(None),
        Feedback.author_id != ResultAuthor.person_id,
    )


def _adopted(members: Any, author: Any) -> Any:
    rows = _rows("adopted", Adoption.organisation_code, ResultAuthor.person_id)
    represented = select(members.c.representing).where(members.c.representing.is_not(None))
    return _of_named_authors(rows.select_from(Adoption), Adoption, author).where(
        Adoption.counted.is_(True),
        Adoption.stage.not_in([literal("interested"), literal("planning")]),
        Adoption.organisation_code.in_(represented),
    )


def shape(rank: str) -> Any:
    """The SELECT."""
    members = _members()
    author = members.alias("author")
    parts = union(
        _rows("member", members.c.representing, members.c.person_id),
        _met(members),
        _sub_groups(rank, members),
        _feedback(members, author),
        _adopted(members, author),
    ).subquery("facts")
    return select(parts.c.kind, parts.c.left, parts.c.right)


def _seen(rank: str) -> Any:
    mine = case((access.active_in(Network.id), access.viewer_id()), else_=null())
    reads = true() if rank == "operator" else access.active_in(Network.id)
    return select(mine.label("own")).where(Network.id == _network_id(), reads)


async def gather(reads: Reads, viewer: Viewer, network_id: str, window: Window) -> list[Row] | None:
    """The rows; None where the viewer is no active member, nor an operator."""
    rank = viewer.rank
    if rank == "anonymous":
        return None
    values = {**access.values(viewer), "network_id": network_id}
    if not await reads.fetch(("map seen", rank), lambda: _seen(rank), values):
        return None
    values |= {
        "start": window.start,
        "end": window.end,
        "as_of": window.as_of,
        "first_day": window.from_on.isoformat(),
        "last_day": window.as_of.isoformat(),
    }
    return await reads.fetch(("map", rank), lambda: shape(rank), values)
