"""The resources of the permission table's world: a link that a member added to each network that is tried."""

from typing import Any

from app.core.access import INSIDE
from app.core.changes import Told, create
from app.core.work import House, Work, perform
from tests.permissions.cast import mark
from tests.permissions.facts import Facts, Link
from tests.permissions.meeting_world import TRIED


async def keep_links(house: House, facts: Facts) -> None:
    """Straight into the table, with a secret word in each text."""

    async def command(work: Work) -> None:
        for key in TRIED:
            _keep(work, facts, Link(work.new_id(), key, f"{key}: member"))

    await perform(house, command)


def _keep(work: Work, facts: Facts, one: Link) -> None:
    number = 88_000 + 2 * len(facts.links)
    one.marks = {"title": mark(number), "what_for": mark(number + 1)}
    row: dict[str, Any] = {
        "id": one.id, "network_id": facts.nets[one.net].id, "title": f"About {one.marks['title']}",
        "url": "https://example.org/kept", "what_for": f"For {one.marks['what_for']}", "licence": None, "topics": "[]",
        "created_by": facts.people[one.author].id, "hidden_on": None,
    }  # fmt: skip
    told = Told(network_id=row["network_id"], tier=INSIDE, outer=False)
    create(work, "resource.added", row, told)
    for name, word in one.marks.items():
        facts.marks[word] = ("resource", one.id, name)
    facts.links.append(one)
