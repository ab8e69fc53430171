"""The rows of the audit: operators read all of it, facilitators that of their network."""

from collections.abc import Iterator
from typing import Any

from tests.permissions import meeting_oracle, oracle, result_oracle
from tests.permissions.facts import Actor, Facts, Net
from tests.permissions.table import Cell, everybody, rows_of, same_sets


@rows_of("listAudit")
def list_audit(facts: Facts) -> Iterator[Cell]:
    """Of one network; of one resource wherever it is; of everything that nobody is private about."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "audit:read")
        keeps = end or (None if actor.operates else oracle.keeps(facts, actor, net))
        everywhere = end or (None if actor.operates else oracle.refused("invalid"))
        looked = (net.id,) if oracle.recorded(facts, actor, net) else ()

        def check(found: dict[str, Any], *, actor: Actor = actor, net: Net = net) -> str:
            return _wrong(facts, actor, net, found["items"])

        for variant, params, outcome, looks in (
            ("of it", {"network_id": net.id}, keeps, looked),
            ("of itself", {"resource_id": net.id}, everywhere, looked),
            ("of tokens", {"kind": "token", "network_id": net.id}, keeps, looked),
            ("of people", {"kind": "person"}, everywhere, ()),
        ):
            yield Cell(
                "listAudit", label, net.key, actor, "GET", "/v1/audit", outcome or (200, None), variant,
                params={**params, "limit": 100}, check=check if "network_id" in params else None,
                recorded=() if outcome else looks,
            )  # fmt: skip


def _wrong(facts: Facts, actor: Actor, net: Net, items: list[dict[str, Any]]) -> str:
    """Rows of another network or of what is not in it, a name that is not for the reader, or what is for operators."""
    inside = {net.id, *(spell.id for spell in facts.spells.values() if spell.net == net.key)}
    inside |= {sent.id for sent in facts.sent_into(net.key)} | meeting_oracle.ids_in(facts, net)
    inside |= result_oracle.ids_in(facts, net.key)
    wrong = same_sets({item["resource_id"] for item in items} - inside, set(), {})
    people = {person.id: person for person in facts.people.values()}
    if not meeting_oracle.leads(facts, actor, net.key):
        hidden = meeting_oracle.hidden_ids(facts)
        for item in items:
            by = item["actor"] and people[item["actor"]["id"]].key
            if item["resource_id"] in hidden and by != actor.person and (by or item["token_id"]):
                wrong = wrong or f"an attendee {by}"
    for item in items:
        if item["network_id"] != net.id:
            wrong = wrong or f"of network {item['network_id']}"
        done_by = item["actor"]
        if done_by is not None:
            seen = oracle.person_tier(facts, actor, people[done_by["id"]]) >= oracle.CARD
            if seen != (done_by["display_name"] is not None):
                wrong = wrong or f"named {done_by}"
        if (item["seal"] is not None) != actor.operates:
            wrong = wrong or "a seal" if item["seal"] else "no seal"
        own = done_by is not None and people[done_by["id"]].key == actor.person
        if item["token_id"] is not None and not (own or actor.operates):
            wrong = wrong or "another's token"
    return wrong
