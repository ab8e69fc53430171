"""Making people, and changing oneself."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access, words
from app.core.access import CARD, PERSON_TIERS, PROFILE, SELF
from app.core.changes import Told, change, create
from app.core.errors import EmailTaken, FieldError, Forbidden
from app.core.facilitators import refresh_facilitators
from app.core.json_columns import json_text, plain
from app.core.references import labels, organisations
from app.core.work import Work
from app.db.database import fetch_one
from app.features.people.schemas import PersonCreate, PersonPatch, RegistrationStatus
from app.models import Person, PersonTopic

JSON_FIELDS = frozenset({"interests", "skills", "links", "registrations", "external_ids"})
# What the networks that somebody facilitates show of them.
SHOWN_BY_NETWORKS = frozenset({"display_name", "listed"})


def columns_of(given: dict[str, Any], stated: list[dict[str, str]]) -> dict[str, Any]:
    """The fields of a body as columns; `stated` are the registrations so far, whose status stays."""
    columns = dict(given)
    if "organisation" in columns:
        columns["organisation_code"] = columns.pop("organisation")
    if "email" in columns:
        columns["email_key"] = columns["email"]  # the type has folded it
    if "registrations" in columns:
        known = {(one["system"], one["value"]): one["status"] for one in stated}
        new = RegistrationStatus.SELF_ASSERTED
        columns["registrations"] = [
            {**one, "status": known.get((one["system"], one["value"]), new)}
            for one in columns["registrations"]
        ]
    return {
        name: json_text(value) if name in JSON_FIELDS else value for name, value in columns.items()
    }


async def _search_words(work: Work, fields: dict[str, Any], changed: set[str]) -> dict[str, str]:
    """The search columns that follow from what changed. Errors: `UnknownReference` for an interest."""
    found: dict[str, str] = {}
    if "display_name" in changed:
        found["search_name"] = words.document(fields["display_name"])
    if "interests" in changed:
        labelled = await labels(work, "topic", fields["interests"], "/interests")
        found["search_topics"] = words.document(" ".join(labelled.values()))
    if changed & {"skills", "bio"}:
        found["search_front"] = words.document(" ".join([*fields["skills"], fields["bio"] or ""]))
    return found


async def _check_references(work: Work, given: dict[str, Any]) -> None:
    """Every code that a body names is known, but for interests. Errors: `UnknownReference`."""
    if given.get("profession"):
        await labels(work, "profession", [given["profession"]], "/profession")
    if given.get("organisation"):
        await organisations(work, [given["organisation"]], "/organisation")


def _set_interests(work: Work, person_id: str, old: list[str], new: list[str]) -> None:
    """Write the rows that filters look at: what went and what came."""
    for code in set(old) - set(new):
        work.delete(PersonTopic, {"person_id": person_id, "code": code})
    for code in dict.fromkeys(new):
        if code not in old:
            work.insert(PersonTopic, {"person_id": person_id, "code": code})


def _has_email() -> Any:
    return select(Person.id).where(Person.email_key == bindparam("email_key")).limit(1)


async def create_person(work: Work, body: PersonCreate) -> str:
    """Make a person, as an operator or as the house itself. Returns their id.

    Errors: `Forbidden`; `UnknownReference`; `EmailTaken`, which only an operator is told: addresses are unverified, and
    anybody else would learn from it who has an account.
    """
    if not access.allowed("person.create", access.viewer_roles(work.viewer)):
        raise Forbidden("People are made by an operator.")
    given = body.model_dump(mode="json")
    await _check_references(work, given)
    if body.email is not None and await fetch_one(
        work, "email", _has_email, {"email_key": body.email}
    ):
        raise EmailTaken(errors=(FieldError("/email", "email_taken", EmailTaken.title),))
    person_id = work.new_id()
    row = {
        "id": person_id,
        **columns_of(given, []),
        "search_purpose": "",
        "search_inside": "",
        **await _search_words(work, given, set(given)),
    }
    create(work, "person.created", row, Told(person_id=person_id, tier=CARD))
    _set_interests(work, person_id, [], given["interests"])
    return person_id


async def update_person(
    work: Work, row: dict[str, Any], facilitated: list[dict[str, Any]], body: PersonPatch
) -> None:
    """Change oneself: only what was sent and differs. `row` and `facilitated` are from `fetch_self`.

    Networks that show the person as a facilitator are brought up to date. Errors: `UnknownReference`.
    """
    given = body.model_dump(mode="json", exclude_unset=True)
    await _check_references(work, given)
    before = {name: plain(row[name]) for name in JSON_FIELDS}
    columns = columns_of(given, before["registrations"])
    values = {
        name: value
        for name, value in columns.items()
        if (json_text(before[name]) if name in JSON_FIELDS else row[name]) != value
    }
    if not values:
        return
    told = _told(row, values)
    values |= await _search_words(work, {**row, **before, **given}, set(values))
    if "interests" in values:
        _set_interests(work, row["id"], before["interests"], given["interests"])
    change(work, "person.updated", row, values, told)
    if SHOWN_BY_NETWORKS & set(values):
        for network in facilitated:
            await refresh_facilitators(work, network)


def _told(row: dict[str, Any], values: dict[str, Any]) -> Told:
    """Who hears of an edit: readers of the lowest tier in it, and strangers when the person leaves their sight."""
    fields = {"organisation" if name == "organisation_code" else name for name in values}
    tier = min(PERSON_TIERS.get(name, SELF) for name in fields)
    if "listed" in values:  # the person comes into or goes out of sight, whatever their card says
        tier = CARD
    listed = row["listed"] or values.get("listed", False)
    unlisted = row["listed"] and not values.get("listed", True)
    return Told(
        person_id=row["id"],
        tier=tier,
        outer=tier <= (PROFILE if listed else CARD),
        reach="signed_in" if unlisted else None,
    )
