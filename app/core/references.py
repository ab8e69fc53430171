"""What a resource only names - vocabularies, organisations, members - and how that is checked and shown."""

from typing import Annotated, Any

from sqlalchemy import bindparam, select

from app.core.errors import FieldError, UnknownReference
from app.core.text import OdsCode, Output, line
from app.core.work import Work
from app.db.types import ID, one_of
from app.models import Member, Organisation, Person, Term

OrganisationName = Annotated[str, line(300, "THE DENSHAM SURGERY")]


class OrganisationReference(Output):
    """An organisation by its ODS code."""

    code: OdsCode
    name: OrganisationName


def unknown(pointer: str, detail: str) -> UnknownReference:
    """The error that says which field refers to nothing."""
    return UnknownReference(detail, errors=(FieldError(pointer, "unknown_reference", detail),))


def _labels() -> Any:
    return select(Term.code, Term.label).where(
        Term.vocabulary == bindparam("vocabulary"), one_of(Term.code, bindparam("codes"))
    )


async def labels(work: Work, vocabulary: str, codes: list[str], pointer: str) -> dict[str, str]:
    """The labels of these codes. Errors: `UnknownReference` naming the code that is in no vocabulary."""
    if not codes:
        return {}
    rows = await work.fetch("labels", _labels, {"vocabulary": vocabulary, "codes": codes})
    found = {row["code"]: row["label"] for row in rows}
    missing = [code for code in codes if code not in found]
    if missing:
        raise unknown(
            pointer, f"There is no {vocabulary} {missing[0]!r}; GET /v1/{vocabulary}s lists them."
        )
    return found


def _organisations() -> Any:
    return select(Organisation.code, Organisation.name, Organisation.kind).where(
        one_of(Organisation.code, bindparam("codes"))
    )


async def organisations(work: Work, codes: list[str], pointer: str) -> dict[str, dict[str, Any]]:
    """These organisations by code. Errors: `UnknownReference` naming the one that is not known."""
    if not codes:
        return {}
    rows = await work.fetch("organisations named", _organisations, {"codes": codes})
    found = {row["code"]: row for row in rows}
    missing = [code for code in codes if code not in found]
    if missing:
        raise unknown(pointer, f"There is no organisation {missing[0]!r}.")
    return found


def _active_members() -> Any:
    return (
        select(Member.person_id)
        .join(Person, Person.id == Member.person_id)
        .where(
            Member.network_id == bindparam("network_id", type_=ID),
            one_of(Member.person_id, bindparam("person_ids")),
            Member.status == "active",
            # Who was erased stays a member, to whom nothing is given any more.
            Person.erased_at.is_(None),
        )
    )


async def active_members(work: Work, network_id: str, person_ids: list[str]) -> set[str]:
    """Those of these people who are active members of a locked network, and not erased."""
    values = {"network_id": network_id, "person_ids": person_ids}
    rows = await work.fetch("active members among", _active_members, values)
    return {row["person_id"] for row in rows}
