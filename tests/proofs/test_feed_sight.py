"""What the replay found once, each by itself: who hears that something went, came, or moved."""

from typing import Any

import pytest

from tests.house import TestHouse, TestPerson
from tests.proofs.replica import Replica

pytestmark = pytest.mark.anyio
NEW = {"name": "Asthma in the valley", "purpose": "Fewer asthma attacks.", "join_policy": "open"}


async def make(person: TestPerson, **fields: Any) -> str:
    """A network; its id."""
    made = await person.client.post("/v1/networks", {**NEW, **fields})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def join(person: TestPerson, network_id: str) -> None:
    """Join an open network."""
    joined = await person.client.post(f"/v1/networks/{network_id}/join", {})
    assert joined.status_code == 201, joined.text


async def watched(*readers: Replica) -> list[Replica]:
    """Copies of what there is now."""
    for reader in readers:
        await reader.begin()
    return list(readers)


async def agree(readers: list[Replica]) -> None:
    """Every copy is right after following the feed."""
    for reader in readers:
        assert await reader.differences() == []


async def test_deletion(house: TestHouse) -> None:
    """Everybody who saw a network hears that it was deleted."""
    ada, eve = await house.person("Ada"), await house.person("Eve")
    olga = await house.person("Olga", operator=True)
    network_id = await make(ada)
    readers = await watched(
        Replica("anonymous", house.anonymous),
        Replica("Eve", eve.client),
        Replica("Ada", ada.client),
        Replica("Olga", olga.client, operator=True),
    )
    assert (await ada.client.delete(f"/v1/networks/{network_id}")).status_code == 204
    await agree(readers)
    assert all(network_id not in reader.networks for reader in readers)


async def test_operator_hears_of_confidential_networks(house: TestHouse) -> None:
    """An operator knows every network by name, so hears when one is made, renamed or worked in."""
    ada, olga = await house.person("Ada"), await house.person("Olga", operator=True)
    (reader,) = await watched(Replica("Olga", olga.client, operator=True))
    network_id = await make(ada, visibility="confidential")
    await agree([reader])
    assert reader.networks[network_id]["tier"] == "name"
    for body in ({"name": "Another name"}, {"resourcing": "An hour a week"}):
        await ada.client.patch(f"/v1/networks/{network_id}", body)
        await agree([reader])
    assert reader.networks[network_id]["name"] == "Another name"


async def test_deep_sub_group(house: TestHouse) -> None:
    """Members of the root who are not in the middle hear what becomes of what they saw at the bottom."""
    ada, ben = await house.person("Ada"), await house.person("Ben")
    root = await make(ada)
    middle = await make(ada, parent_id=root)
    await join(ben, root)
    await ada.client.patch(f"/v1/networks/{root}", {"visibility": "confidential"})
    bottom = [await make(ada, parent_id=middle) for _ in range(2)]
    readers = await watched(Replica("Ben", ben.client))
    assert set(bottom) <= set(readers[0].networks)
    await ada.client.delete(f"/v1/networks/{bottom[0]}")
    await ada.client.patch(f"/v1/networks/{bottom[1]}", {"visibility": "confidential"})
    await agree(readers)
    assert not set(bottom) & set(readers[0].networks)


async def test_sub_groups_come_and_go_with_the_parent(house: TestHouse) -> None:
    """Joining and leaving the parent brings and takes sight of what is below."""
    ada, ben = await house.person("Ada"), await house.person("Ben")
    root = await make(ada, visibility="private")
    below = await make(ada, parent_id=root)
    readers = await watched(Replica("Ben", ben.client))
    assert readers[0].networks[below]["tier"] == "name"
    await join(ben, root)
    await agree(readers)
    assert readers[0].networks[below]["tier"] == "front"
    await ada.client.patch(f"/v1/networks/{root}", {"visibility": "confidential"})
    spells = await ben.client.get("/v1/members", params={"person_id": ben.id})
    await ben.client.delete(f"/v1/members/{spells.json()['items'][0]['id']}")
    await agree(readers)
    assert readers[0].networks == {}


@pytest.mark.parametrize("asked", [True, False])
async def test_own_request_outlives_the_sight_of_the_network(house: TestHouse, asked: bool) -> None:
    """A network goes out of sight, but one's own request or invitation does not."""
    ada, ben = await house.person("Ada"), await house.person("Ben", listed=True)
    network_id = await make(ada, join_policy="request")
    if asked:
        await join(ben, network_id)
    else:
        await ada.client.post("/v1/members", {"network_id": network_id, "person_id": ben.id})
    readers = await watched(Replica("Ben", ben.client))
    await ada.client.patch(f"/v1/networks/{network_id}", {"visibility": "confidential"})
    await agree(readers)
    assert network_id not in readers[0].networks
    assert [row["network_id"] for row in readers[0].members.values()] == [network_id]


async def test_readers_of_the_name_alone(house: TestHouse) -> None:
    """The front of a sub-group moves: members of its parent hear of it, readers of its name see no trace."""
    ada, ben, eve = [await house.person(name) for name in ("Ada", "Ben", "Eve")]
    root = await make(ada, visibility="private")
    below = await make(ada, parent_id=root)
    await join(ben, root)
    mine, outside = await watched(Replica("Ben", ben.client), Replica("Eve", eve.client))
    before = dict(outside.networks[below])
    await ada.client.patch(f"/v1/networks/{below}", {"member_offer": "Tea"})
    await join(ben, below)
    await agree([mine, outside])
    assert outside.networks[below] == before
    assert outside.heard == 0
    await ada.client.patch(f"/v1/networks/{below}", {"name": "Another name"})
    await agree([mine, outside])
    assert outside.networks[below]["version"] == before["version"] + 1
