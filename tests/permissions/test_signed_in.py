"""Whoever signs in with an issuer is treated as the same person with a token: cells of the table, in its place."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.core.viewer import Scope
from app.core.work import Work, perform
from app.models import Identity
from tests.house import TestHouse
from tests.issuer import TestIssuer, an_issuer, setting
from tests.permissions import (  # noqa: F401 - they register their rows
    invitation_rows,
    list_rows,
    member_rows,
    network_rows,
    people_rows,
    service_rows,
)
from tests.permissions.facts import VISIBILITIES, Actor
from tests.permissions.runner import Trial
from tests.permissions.table import PERSONAS, ROWS, Cell
from tests.proofs.figures import Figures

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
SAMPLE = (
    "getNetwork", "listNetworks", "updateNetwork", "archiveNetwork", "joinNetwork", "getMember", "updateMember",
    "addMember", "endMembership", "listMemberHistory", "inviteAddresses", "getPerson", "listPeople", "listChanges",
)  # fmt: skip


def signed_in(trial: Trial, issuer: TestIssuer) -> Iterator[Cell]:
    """The cells of people with their ordinary tokens, with a sign-in instead."""
    actors: dict[str, Actor] = {}
    targets = {*VISIBILITIES, *(net.key for net in trial.facts.children("private"))}
    for operation in SAMPLE:
        for row in ROWS[operation]:
            for cell in row(trial.facts):
                person = cell.actor.person
                if cell.target not in targets or person is None:
                    continue
                if cell.actor != trial.facts.actors[person, "main"]:
                    continue
                if person not in actors:
                    held = cell.actor.scopes - {Scope.MEMBERS_PROVISION}
                    token = issuer.token(trial.facts.people[person].id)
                    actors[person] = replace(cell.actor, token=token, token_id=None, scopes=held)
                yield replace(cell, actor=actors[person])


async def test_a_sign_in_is_as_good_as_a_token(
    trial: Trial, database_url: str, figures: Figures
) -> None:
    async with an_issuer() as issuer:
        given = setting(issuer.settings(operators=True))
        async with TestHouse.over(database_url, oidc_issuers=given) as house:

            async def known(work: Work) -> None:
                now = datetime.now(UTC)
                for person in trial.facts.people.values():
                    row = {
                        "issuer": issuer.address, "subject": person.id, "person_id": person.id,
                        "created_at": now, "last_used_on": now.date(),
                    }  # fmt: skip
                    work.insert(Identity, row)

            await perform(house.app.rooms.house, known)
            found = Trial(house, trial.facts)
            await found.run(signed_in(trial, issuer))
    figures.tell(operations=len(SAMPLE), cells=found.tried, wrong=len(found.wrong))
    assert not found.wrong, "\n".join(found.wrong[:20])
    assert found.tried >= 1_000
    personas = set.union(*(seen[0] for seen in found.seen.values()))
    assert personas >= {*PERSONAS} - {"anonymous", "narrow-scope token"}
