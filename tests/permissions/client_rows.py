"""The rows of clients, and of the token endpoint that they come to."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Facts
from tests.permissions.people_rows import TOPS
from tests.permissions.table import Cell, personas, rows_of, same_sets


@rows_of("listClients")
def list_clients(facts: Facts) -> Iterator[Cell]:
    """One's own, and nobody else's: not even for an operator."""
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            end = oracle.gate(actor, "tokens:read")
            own = {one.id for one in facts.clients if one.person == actor.person}
            yield Cell(
                "listClients", label, key, actor, "GET", "/v1/clients", end or (200, None), params={"limit": "100"},
                check=partial(_only, own),
            )  # fmt: skip


def _only(expected: set[str], found: dict[str, Any]) -> str:
    return same_sets({item["id"] for item in found["items"]}, expected, {})


def _one_client(facts: Facts, *, method: str) -> Iterator[Cell]:
    """The same for one of them."""
    operation, scope = (
        ("getClient", "tokens:read") if method == "GET" else ("revokeClient", "tokens:write")
    )
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            for other in facts.clients:
                mine = other.person == actor.person
                gone = None if mine else oracle.refused("not_found")
                end = oracle.gate(actor, scope) or gone or (200 if method == "GET" else 204, None)
                yield Cell(
                    operation, label, key, actor, method, f"/v1/clients/{other.id}", end, other.person, ghost=other.id,
                )  # fmt: skip


rows_of("getClient")(partial(_one_client, method="GET"))
rows_of("revokeClient")(partial(_one_client, method="DELETE"))


@rows_of("registerClient")
def register_client(facts: Facts) -> Iterator[Cell]:
    """Never wider than the token in hand, and to provision only by one that does."""
    for key in TOPS:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "tokens:write")
            lacks = oracle.refused("insufficient_scope")
            wider = end or (None if "operate" in actor.scopes else lacks)
            # Nobody here facilitates and holds the scope, so one's own is an unknown network, hidden or not.
            bound = end or (
                oracle.refused("unknown_reference")
                if "members:provision" in actor.scopes
                else lacks
            )
            plain = {"name": "Read", "scopes": ["networks:read"]}
            provision = {"name": "Sync", "scopes": ["members:provision"], "network_id": net.id}
            for variant, body, outcome in (
                ("narrower", plain, end),
                ("wider", {**plain, "scopes": ["operate"]}, wider),
                ("provisioning", provision, bound),
            ):
                yield Cell(
                    "registerClient", label, key, actor, "POST", "/v1/clients", outcome or (201, None), variant, body,
                    ghost=net.id if "network_id" in body else None,
                )  # fmt: skip


def _by_form(facts: Facts, *, operation: str) -> Iterator[Cell]:
    """A client comes by its own secret; a person's token is no proof there, alone or beside one."""
    path = "/oauth/token" if operation == "issueAccessToken" else "/oauth/revoke"
    said = {"grant_type": "client_credentials", "token": "qi_live_nobody's"}
    for key in TOPS:
        one = facts.clients[0]
        right = {**said, "client_id": one.id, "client_secret": one.secret}
        for label, actor in personas(facts, facts.nets[key]):
            nobody = actor.token is None
            for variant, form, outcome in (
                ("no proof", said, (401, "invalid_client")),
                ("right", right, (200, None) if nobody else (400, "invalid_request")),
                (
                    "another secret",
                    {**right, "client_secret": "qi_client_" + "0" * 43},
                    (401, "invalid_client") if nobody else (400, "invalid_request"),
                ),
            ):
                yield Cell(operation, label, key, actor, "POST", path, outcome, variant, form=form)


rows_of("issueAccessToken")(partial(_by_form, operation="issueAccessToken"))
rows_of("giveBackAccessToken")(partial(_by_form, operation="giveBackAccessToken"))
