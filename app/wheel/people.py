"""Members, what they did, and whom they represent: counted for all points in one statement.

Each membership, and each thing that somebody did, is read once and marked with the points that it belongs to; then it
is a matter of adding up. Of persons nothing leaves the statement but counts.
"""

from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from app.db.types import among
from app.models import (
    CharterAcceptance,
    CharterVersion,
    Member,
    Network,
    NetworkTerm,
    Person,
)
from app.wheel.contributions import contributions
from app.wheel.gatherings import came
from app.wheel.shapes import (
    NUMBERS,
    at_each,
    beside_each_other,
    day,
    flag,
    holds,
    instant,
    network,
    on_a_day_within,
    total,
    within,
)


def _each(name: str, make: Any) -> list[Any]:
    """A column for each point: `name` and its number."""
    return [make(number).label(f"{name}{number}") for number in NUMBERS]


def _spells() -> Any:
    """Every membership, and at which points it is there at the end (`m`), at the start of the window (`s`)."""
    return (
        select(
            Member.person_id,
            Member.representing,
            Member.joined_at,
            Member.ended_at,
            *_each(
                "m", lambda n: flag(holds(Member.joined_at, Member.ended_at, instant("end", n)))
            ),
            *_each(
                "s", lambda n: flag(holds(Member.joined_at, Member.ended_at, instant("start", n)))
            ),
        )
        .where(Member.network_id == network(), Member.joined_at.is_not(None))
        .cte("spell")
    )


def _attended() -> Any:
    """How often each person came, in the window of each point."""
    there = came().cte("came")
    return (
        select(
            there.c.person_id,
            *_each("a", lambda n: func.sum(flag(on_a_day_within(there.c.on, n)))),
        )
        .group_by(there.c.person_id)
        .cte("attended")
    )


def _contributed(attended: Any) -> Any:
    """How much each person did in the window of each point, meetings included."""
    done = contributions().cte("done")

    def here(number: int) -> Any:
        return and_(
            done.c.on <= day("as_of", number),
            done.c.until >= day("from_on", number),
            done.c.withdrawn_on > day("as_of", number),
        )

    other = select(done.c.person_id, *_each("a", lambda n: func.sum(flag(here(n))))).group_by(
        done.c.person_id
    )
    every = union_all(select(*attended.c), other).subquery()
    return (
        select(every.c.person_id, *_each("c", lambda n: func.sum(every.c[f"a{n}"])))
        .group_by(every.c.person_id)
        .cte("contributed")
    )


def _accepted() -> Any:
    """Who had accepted the charter that was in force at each point."""
    in_force = (
        select(
            *_each(
                "v",
                lambda n: func.max(
                    case((CharterVersion.from_at <= instant("end", n), CharterVersion.version))
                ),
            )
        )
        .where(CharterVersion.network_id == network())
        .cte("in_force")
    )
    return (
        select(
            CharterAcceptance.person_id,
            *_each(
                "h",
                lambda n: func.max(
                    flag(
                        and_(
                            CharterAcceptance.version == in_force.c[f"v{n}"],
                            CharterAcceptance.accepted_at <= instant("end", n),
                        )
                    )
                ),
            ),
        )
        .select_from(beside_each_other(CharterAcceptance, in_force))
        .where(CharterAcceptance.network_id == network())
        .group_by(CharterAcceptance.person_id)
        .cte("accepted")
    )


def _known(below: Any) -> Any:
    return among(below.visibility, ["open", "restricted"])


def _grouped() -> Any:
    """Who belongs to a sub-group directly below that outsiders know of, at each point."""
    below, theirs = aliased(Network), aliased(Member)

    def there(number: int) -> Any:
        end = instant("end", number)
        alive = or_(below.archived_at.is_(None), below.archived_at > end)
        return and_(holds(theirs.joined_at, theirs.ended_at, end), alive)

    return (
        select(theirs.person_id, *_each("g", lambda n: func.max(flag(there(n)))))
        .join(below, below.id == theirs.network_id)
        .where(
            below.parent_id == network(),
            _known(below),
            theirs.joined_at.is_not(None),
        )
        .group_by(theirs.person_id)
        .cte("grouped")
    )


def _people(spell: Any, contributed: Any) -> Any:
    """One row for each person who ever was a member: their marks at each point."""
    accepted, grouped = _accepted(), _grouped()
    own = (
        select(
            spell.c.person_id,
            *_each("m", lambda n: func.max(spell.c[f"m{n}"])),
            *_each("s", lambda n: func.max(spell.c[f"s{n}"])),
        )
        .group_by(spell.c.person_id)
        .cte("own")
    )
    beside = ((contributed, "c"), (accepted, "h"), (grouped, "g"))
    joined: Any = own
    for table, _ in beside:
        joined = joined.outerjoin(table, table.c.person_id == own.c.person_id)
    return (
        select(
            *(own.c[f"{name}{n}"] for name in "ms" for n in NUMBERS),
            *(
                # Of who is no member at the end nothing counts.
                case((own.c[f"m{n}"] == 1, func.coalesce(table.c[f"{name}{n}"], 0)), else_=0).label(
                    f"{name}{n}"
                )
                for table, name in beside
                for n in NUMBERS
            ),
        )
        .select_from(joined)
        .cte("person")
    )


def _counts(person: Any) -> Any:
    def columns(number: int) -> dict[str, Any]:
        m, s, c, h, g = (person.c[f"{name}{number}"] for name in "mschg")
        members = total(m)
        return {
            "members": members,
            "active": total(flag(c > 0)),
            "contributions": total(c),
            "starters": total(s),
            "stayed": total(m * s),
            "accepted": total(h),
            "grouped": total(g),
        }

    return select(*at_each(columns)).select_from(person)


def _unevenness(person: Any) -> Any:
    """For each point the sum of rank times contributions over active members, doubled: what Gini's G is made of.

    People with as many contributions share the mean of their ranks, which changes nothing and needs no row for each.
    """
    amounts = union_all(
        *(
            select(
                literal(n).label("number"),
                person.c[f"c{n}"].label("amount"),
                func.count().label("people"),
            )
            .where(person.c[f"c{n}"] > 0)
            .group_by(person.c[f"c{n}"])
            for n in NUMBERS
        )
    ).subquery()
    reached = func.sum(amounts.c.people).over(
        partition_by=amounts.c.number, order_by=amounts.c.amount
    )
    ranked = select(
        amounts.c.number, amounts.c.amount, amounts.c.people, reached.label("reached")
    ).subquery()
    doubled = ranked.c.people * (2 * ranked.c.reached - ranked.c.people + 1)
    return (
        select(ranked.c.number, func.sum(doubled * ranked.c.amount).label("doubled"))
        .group_by(ranked.c.number)
        .cte("unevenness")
    )


def _moves(spell: Any) -> Any:
    def columns(number: int) -> dict[str, Any]:
        return {
            "joined": total(flag(within(spell.c.joined_at, number))),
            "ended": total(flag(within(spell.c.ended_at, number))),
            "ever": total(flag(spell.c.joined_at <= instant("end", number))),
        }

    return select(*at_each(columns)).select_from(spell)


def _organisations(spell: Any) -> Any:
    """Distinct organisations that members represent, and those of them that are in the footprint."""
    represented = (
        select(spell.c.representing, *_each("m", lambda n: func.max(spell.c[f"m{n}"])))
        .where(spell.c.representing.is_not(None))
        .group_by(spell.c.representing)
        .cte("represented")
    )
    footprint = and_(
        NetworkTerm.network_id == network(),
        NetworkTerm.field == "footprint",
        NetworkTerm.code == represented.c.representing,
    )

    def columns(number: int) -> dict[str, Any]:
        there = represented.c[f"m{number}"]
        inside = and_(there == 1, NetworkTerm.code.is_not(None))
        return {"organisations": total(there), "covered": total(flag(inside))}

    return select(*at_each(columns)).select_from(represented).outerjoin(NetworkTerm, footprint)


def people() -> Any:
    """Raw counts at all points: `members`, `active`, `contributions` and so on, for `figures` to make quotients of."""
    spell, attended = _spells(), _attended()
    person = _people(spell, _contributed(attended))
    uneven = _unevenness(person)

    def came_again(number: int) -> dict[str, Any]:
        often = attended.c[f"a{number}"]
        return {
            "repeat_rate.n": total(flag(often > 1)),
            "repeat_rate.d": total(flag(often > 0)),
        }

    def unevenness(number: int) -> dict[str, Any]:
        found = select(uneven.c.doubled).where(uneven.c.number == number).scalar_subquery()
        return {"doubled_ranks": found}

    again = select(*at_each(came_again)).select_from(attended)
    footprint = (
        select(func.count().label("footprint"))
        .where(NetworkTerm.network_id == network(), NetworkTerm.field == "footprint")
        .scalar_subquery()
    )
    parts = [
        part.cte(f"part{number}")
        for number, part in enumerate(
            (_counts(person), _moves(spell), _organisations(spell), again)
        )
    ]
    return select(
        *(column for part in parts for column in part.c),
        *at_each(unevenness),
        footprint.label("footprint"),
    ).select_from(beside_each_other(*parts))


def professions() -> Any:
    """How many members of each profession there are, at all points: one row for each profession."""
    spell = _spells()

    def columns(number: int) -> dict[str, Any]:
        return {"members": func.sum(spell.c[f"m{number}"])}

    return (
        select(Person.profession, *at_each(columns))
        .select_from(spell)
        .join(Person, Person.id == spell.c.person_id)
        .where(Person.profession.is_not(None))
        .group_by(Person.profession)
    )
