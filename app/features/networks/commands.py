"""Making and editing networks."""

import re
import secrets
import unicodedata
from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.access import HIDDEN, INSIDE, NAME, NETWORK_TIERS
from app.core.changes import change, create, told_of_network
from app.core.errors import (
    Forbidden,
    ParentMembershipRequired,
    TooDeep,
    refuse,
)
from app.core.fetching import fetch_below, fetch_network, lives_elsewhere
from app.core.json_columns import json_text, plain
from app.core.references import labels, organisations
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.networks.histories import (
    begin_histories,
    change_histories,
    whole_charter,
)
from app.features.networks.queries import DEEPEST
from app.features.networks.schemas import NetworkCreate, NetworkPatch
from app.features.networks.settling import (
    TERM_FIELDS,
    VOCABULARIES,
    reach_of,
    set_terms,
    words_of,
)
from app.features.networks.spells import begin_spell
from app.models import Network, Person

JSON_FIELDS = frozenset({"aims", "topics", "professions", "icbs", "footprint", "links", "charter"})
KEPT_BY_OPERATOR = ("hosted_at", "verified")
OF_THE_SEARCH = frozenset({
    "name", "slug", "purpose", "topics", "aims", "place", "host_name", "member_offer", "closing_note",
    "engagement_strategy", "resourcing", "charter", "visibility", "region", "icbs",
})  # fmt: skip


def random_slug() -> str:
    """A slug that says nothing, for a network that is not there for outsiders."""
    return f"n-{secrets.token_hex(8)}"


def slug_of(name: str) -> str:
    """A slug made of a name's letters and digits."""
    plain_text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain_text).strip("-")[:70].strip("-")
    return slug if len(slug) > 2 else f"network-{slug}".strip("-")  # noqa: PLR2004 - the shortest slug


def _may_list(work: Work) -> None:
    """Errors: `Forbidden` for whoever may not say that a network lives elsewhere."""
    if not access.allowed("network.list", access.viewer_roles(work.viewer)):
        raise Forbidden("What lives elsewhere (hosted_at, verified) is kept by the operator.")


def columns_of(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a body as columns."""
    columns = {
        name: json_text(value) if name in JSON_FIELDS else value for name, value in given.items()
    }
    if "host_organisation" in columns:
        columns["host_code"] = columns.pop("host_organisation")
    return columns


async def _check_references(work: Work, given: dict[str, Any]) -> None:
    """Every code that a body names is known. Errors: `UnknownReference`."""
    for field, vocabulary in VOCABULARIES.items():
        if given.get(field):
            await labels(work, vocabulary, given[field], f"/{field}")
    if given.get("footprint"):
        await organisations(work, given["footprint"], "/footprint")
    if given.get("icbs"):
        known_icbs = await organisations(work, given["icbs"], "/icbs")
        wrong = [code for code, row in known_icbs.items() if row["kind"] != "icb"]
        if wrong:
            raise refuse("/icbs", "not_an_icb", f"{wrong[0]} is no integrated care board.")


async def _with_host(work: Work, given: dict[str, Any]) -> dict[str, Any]:
    """The fields with the host's name: the organisation's own where none is said. Errors: `UnknownReference`."""
    code = given.get("host_organisation")
    if not code:
        return given
    known = await organisations(work, [code], "/host_organisation")
    return {**given, "host_name": given.get("host_name") or known[code]["name"]}


def _slug_holder() -> Any:
    return select(Network.id).where(Network.slug == bindparam("slug"), Network.outer_tier >= NAME)


async def _free_slug(work: Work, name: str) -> str:
    """The slug of a name, with a tail when another network has it."""
    slug = slug_of(name)
    taken = await fetch_one(work, "slug holder", _slug_holder, {"slug": slug})
    return f"{slug}-{secrets.token_hex(4)}" if taken else slug


async def create_network(work: Work, body: NetworkCreate) -> str:
    """Set up a network; who sets it up facilitates it. Returns its id.

    With `hosted_at` or `verified` it is a listing of one that lives elsewhere: nobody belongs to it here, and its
    stage is not known unless it is said.

    Errors: `Forbidden` for one that lives elsewhere (kept by the operator); `UnknownReference`; `SlugTaken`;
    `TooDeep`, `ParentMembershipRequired` for a sub-group.
    """
    given = body.model_dump(mode="json", exclude={"parent_id", "slug"})
    given["charter"] = whole_charter(given["charter"])
    elsewhere = body.hosted_at is not None or body.verified is not None
    if elsewhere:
        _may_list(work)
    parent = await _parent_of(work, body) if body.parent_id else None
    await _check_references(work, given)
    given = await _with_host(work, given)
    network_id = work.new_id()
    above = [parent["visibility"]] if parent else []
    if parent and parent["parent_id"]:
        above.append((await ancestor(work, parent["parent_id"]))["visibility"])
    tiers = access.tiers(body.visibility, above)
    hidden = tiers["outer_tier"] == HIDDEN
    slug = random_slug() if hidden else body.slug or await _free_slug(work, body.name)
    row: dict[str, Any] = {
        **columns_of(given),
        **tiers,
        "id": network_id,
        "name_version": 1,
        "name_updated_at": work.now,
        "edition": 1,
        "slug": slug,
        "parent_id": parent["id"] if parent else None,
        "root_id": parent["root_id"] if parent else network_id,
        "depth": parent["depth"] + 1 if parent else 0,
        "member_count": 0 if elsewhere else 1,
        "facilitators": "[]",
        "closing_note": None,
        "archived_at": None,
    }
    if not elsewhere:
        row["facilitators"] = await _creator_as_facilitator(work)
    elif "lifecycle_stage" not in body.model_fields_set:
        row["lifecycle_stage"] = None
    row |= await words_of(work, row)
    create(
        work,
        "network.created",
        row,
        told_of_network(row, NAME, person_id=work.viewer.person_id, scope="person"),
    )
    begin_histories(work, network_id, given | {"lifecycle_stage": row["lifecycle_stage"]})
    for field in TERM_FIELDS:
        set_terms(work, network_id, field, [], given[field])
    if not elsewhere:
        begin_spell(work, row, str(work.viewer.person_id), role="facilitator", status="active")
    return network_id


async def _parent_of(work: Work, body: NetworkCreate) -> dict[str, Any]:
    parent = await fetch_network(work, str(body.parent_id), "network.create_sub_group")
    if parent["depth"] >= DEEPEST:
        raise TooDeep
    for field in KEPT_BY_OPERATOR:
        if getattr(body, field) is not None:
            raise refuse(f"/{field}", "not_here", "A sub-group lives where its parent lives.")
    if parent["_status"] != "active":
        raise ParentMembershipRequired
    return parent


def _self() -> Any:
    # Locked, so that no new name comes between this copy and the commit (`core.facilitators`).
    return (
        select(Person.id.label("person_id"), Person.display_name, Person.listed)
        .where(Person.id == access.viewer_id())
        .with_for_update(read=True)
    )


async def _creator_as_facilitator(work: Work) -> str:
    row = await fetch_one(work, "self", _self, {"viewer_id": work.viewer.person_id})
    listed = row is not None and row.pop("listed")
    return str(json_text([row] if listed else []))


async def update_network(work: Work, row: dict[str, Any], body: NetworkPatch) -> None:
    """Edit a loaded network: only what was sent and differs. Tightening it tightens what is below, at once.

    Errors: `Forbidden` for fields the operator keeps; `Invalid`; `UnknownReference`; `SlugTaken`; `TooManyCharters`.
    """
    given = body.model_dump(mode="json", exclude_unset=True)
    if "charter" in given:
        given["charter"] = whole_charter(given["charter"])
    if set(KEPT_BY_OPERATOR) & set(given):
        _may_list(work)
    _stays_where_it_lives(row, given)
    await _check_references(work, given)
    given = await _with_host(work, given)
    columns = columns_of(given)
    values = {
        name: value
        for name, value in columns.items()
        if (json_text(plain(row[name])) if name in JSON_FIELDS else row[name]) != value
    }
    if not values:
        return
    new = {**row, **{name: plain(row[name]) for name in JSON_FIELDS}, **given}
    if (new["latitude"] is None) != (new["longitude"] is None):
        raise refuse("/latitude", "half_a_place", "latitude and longitude are given together.")
    scope = await _reshaped(work, row, values)
    if OF_THE_SEARCH & set(values):
        values |= await words_of(work, {**new, "slug": values.get("slug", row["slug"])})
    for field in TERM_FIELDS:
        if field in values:
            set_terms(work, row["id"], field, plain(row[field]), given[field])
    await change_histories(work, row["id"], values, given)
    tier = min(
        NETWORK_TIERS.get("host" if name.startswith("host_") else name, INSIDE) for name in values
    )
    values["edition"] = row["edition"] + 1
    widest = max(row["parent_tier"], values.get("parent_tier", HIDDEN))
    told = told_of_network({**row, "parent_tier": widest}, tier, **scope)
    change(work, "network.updated", row, values, told)


def _stays_where_it_lives(row: dict[str, Any], given: dict[str, Any]) -> None:
    """A network has members here or is a listing, for good. Errors: `Invalid`."""
    if lives_elsewhere(row):
        if not lives_elsewhere({**row, **given}):
            detail = "A listing says where it lives or how that was verified; or delete it."
            raise refuse("/hosted_at", "no_members", detail)
        return
    for field in KEPT_BY_OPERATOR:
        if given.get(field) is not None:
            detail = "A network that lives here cannot be moved elsewhere; archive it."
            raise refuse(f"/{field}", "has_members", detail)


async def _reshaped(work: Work, row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """What a change of visibility or slug brings with it; returns who is told of the whole scope."""
    if "visibility" in values:
        return await _retier(work, row, values)
    if "slug" in values and row["outer_tier"] == HIDDEN:
        detail = "The slug of a network that outsiders cannot see is random."
        raise refuse("/slug", "slug_is_random", detail)
    return {}


async def _retier(work: Work, row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Work out what everybody may see after a change of visibility, here and in every sub-group below."""
    chain = [row]
    while chain[-1]["parent_id"]:
        chain.append(await ancestor(work, chain[-1]["parent_id"]))
    rules = {network["id"]: network["visibility"] for network in chain} | {
        row["id"]: values["visibility"]
    }
    tiers = access.tiers(values["visibility"], [rules[network["id"]] for network in chain[1:]])
    values |= tiers | _slug_for(row, tiers, values.pop("slug", None))
    for below in await fetch_below(work, row["id"]):
        if below["parent_id"] not in rules:
            continue
        rules[below["id"]] = below["visibility"]
        parent_rule = rules[below["parent_id"]]
        grand = (
            [rules[row["id"]]]
            if below["parent_id"] != row["id"]
            else [rules[n["id"]] for n in chain[1:]]
        )
        below_tiers = access.tiers(below["visibility"], [parent_rule, *grand])
        if any(below[name] != tier for name, tier in below_tiers.items()):
            widest = max(below["parent_tier"], below_tiers["parent_tier"])
            told = told_of_network(
                {**below, "parent_tier": widest}, NAME, scope="all", **reach_of(below)
            )
            change(
                work,
                "network.retiered",
                below,
                {**below_tiers, **_slug_for(below, below_tiers, None)},
                told,
            )
    return {"scope": "all", **reach_of(row)}


def _slug_for(row: dict[str, Any], tiers: dict[str, int], asked: str | None) -> dict[str, str]:
    if tiers["outer_tier"] == HIDDEN:
        return {"slug": random_slug()} if row["outer_tier"] != HIDDEN else {}
    return {"slug": asked} if asked else {}


def _by_id() -> Any:
    return select(Network.id, Network.parent_id, Network.visibility, Network.archived_at).where(
        Network.id == bindparam("network_id", type_=ID)
    )


async def ancestor(work: Work, network_id: str) -> dict[str, Any]:
    """The parent, visibility and archiving of a network that another one refers to."""
    row = await fetch_one(work, "ancestor", _by_id, {"network_id": network_id})
    if row is None:
        message = f"network {network_id} is a parent and is not there"
        raise LookupError(message)
    return row
