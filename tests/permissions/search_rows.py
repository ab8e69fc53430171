"""The rows of the search over all kinds: what each persona finds, by which word and which filter, and why it was found.

The oracle is the lists' own: `oracle.listed_tier`, `meeting_oracle.sees`, `result_oracle.sees`, and whom the directory
has. A word or a value finds a thing only for who reads, in a list, the field that has it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.permissions import meeting_oracle, oracle, result_oracle
from tests.permissions.facts import Actor, Facts, Meet, Net, Shared, Somebody
from tests.permissions.list_rows import FIELD_TIERS
from tests.permissions.meeting_world import KINDS as MEETING_KINDS
from tests.permissions.oracle import FRONT, NAME
from tests.permissions.result_world import KINDS as RESULT_KINDS
from tests.permissions.table import Cell, personas, rows_of, same_sets

Json = dict[str, Any]
PATH = "/v1/search"
SCOPES = {
    "network": "networks:read",
    "result": "results:read",
    "meeting": "meetings:read",
    "person": "people:read",
    "organisation": "organisations:read",
}
LOOKED_THROUGH = (
    "open", "restricted", "private", "confidential", "open/confidential", "private/open", "open/private/private",
    "private archived",
)  # fmt: skip
# By what name an answer tells the field of a network that has the word; what is inside has none.
TOLD = {"host": "host", **{name: name for name in ("name", "purpose", "aims", "place")}}


@dataclass(frozen=True, slots=True)
class Sought:
    """What one search may find, by kind; a kind without a rule is never found by it."""

    network: Callable[[Net], bool] | None = None
    meeting: Callable[[Meet], bool] | None = None
    result: Callable[[Shared], bool] | None = None
    person: Callable[[Somebody], bool] | None = None
    organisation: Callable[[str], bool] | None = None


def _any(_: object) -> bool:
    return True


def _is(one: object, other: object) -> bool:
    return other is one


def _searched(actor: Actor) -> set[str]:
    """The kinds whose lists this actor's token reads; nobody reads all but people."""
    if actor.person is None:
        return set(SCOPES) - {"person"}
    return {kind for kind, scope in SCOPES.items() if scope in actor.scopes}


def _expected(facts: Facts, actor: Actor, sought: Sought, kinds: set[str]) -> dict[str, set[str]]:
    """The ids that are found, by kind."""
    found: dict[str, set[str]] = {kind: set() for kind in SCOPES}
    if sought.network:
        found["network"] = {
            net.id for net in facts.nets.values()
            if not net.archived and oracle.listed_tier(facts, actor, net) >= NAME and sought.network(net)
        }  # fmt: skip
    if sought.meeting:
        found["meeting"] = {
            meet.id for meet in facts.meets.values()
            if meeting_oracle.sees(facts, actor, meet) and sought.meeting(meet)
        }  # fmt: skip
    if sought.result:
        found["result"] = {
            one.id for one in facts.results.values()
            if result_oracle.sees(facts, actor, one) and sought.result(one)
        }  # fmt: skip
    if sought.person:
        found["person"] = {
            one.id for one in facts.people.values()
            if (one.listed or actor.operates) and sought.person(one)
        }  # fmt: skip
    if sought.organisation:
        codes = {net.body["icbs"][0] for net in facts.nets.values()}
        found["organisation"] = {code for code in codes if sought.organisation(code)}
    return {kind: ids if kind in kinds else set() for kind, ids in found.items()}


@rows_of("search")
def search(facts: Facts) -> Iterator[Cell]:
    """All that one reads of each kind, by each field that has a word, by each filter, and nothing else."""
    for key in LOOKED_THROUGH:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            for variant, params, sought in (
                *_by_words_of(facts, actor, net),
                *_by_words_in(facts, actor, net),
                *_by_people(facts, net),
                *_by_filters(facts, actor, net),
            ):
                yield _cell(facts, label, actor, net, variant, params, sought)
            for kind in SCOPES:
                word = {"q": "zq99999x", "kinds": kind}
                yield _cell(facts, label, actor, net, f"kind {kind}", word, Sought())


Search = tuple[str, Json, Sought]


def _by_words_of(facts: Facts, actor: Actor, net: Net) -> Iterator[Search]:
    """A word of each field of the network; alone and together with one that is hidden from more."""

    def reads(name: str, other: Net) -> bool:
        need = FIELD_TIERS.get(name, FRONT)
        return other is net and oracle.listed_tier(facts, actor, other) >= need

    for name, word in net.marks.items():
        if name == "closing_note":
            continue
        yield f"q {name}", {"q": word}, Sought(network=partial(reads, name))
        yield (
            f"begun {name}",
            {"q": word[:-1], "kinds": "network"},
            Sought(network=partial(reads, name)),
        )
    draft = facts.meets.get(f"{net.key}: draft")
    if draft is not None:
        # Nothing has both, so that what has one of them is told.
        both = {"q": f"{net.marks['aims']} {draft.marks['title']}"}
        yield "two words", both, Sought(partial(reads, "aims"), partial(_is, draft))
        every = Sought(network=lambda other: reads("aims", other) and reads("charter", other))
        if "charter" in net.marks and oracle.listed_tier(facts, actor, net) == oracle.INSIDE:
            yield "front and inside", {"q": f"{net.marks['aims']} {net.marks['charter']}"}, every


def _by_words_in(facts: Facts, actor: Actor, net: Net) -> Iterator[Search]:
    """A word of each meeting and of each result; those of what is told nowhere find nothing."""
    for kind in MEETING_KINDS:
        meet = facts.meets[f"{net.key}: {kind}"]
        only = Sought(meeting=partial(_is, meet))
        yield f"meeting {kind}", {"q": meet.marks["title"]}, only
        private = Sought() if meet.place_private else only
        yield f"place of {kind}", {"q": meet.marks["place"]}, private
        if kind in ("draft", "open"):
            yield f"about {kind}", {"q": meet.marks["description"]}, only
        for name in ("join_url", "agenda", "override", "cancel_reason"):
            if name in meet.marks and kind in ("open", "series"):
                yield f"{name} of {kind}", {"q": meet.marks[name]}, Sought()
        spot = {"near": f"{50.0 + 0.001 * meet.number:.6f},-2.0", "within_km": "0.1"}
        there = Sought(meeting=partial(_at_its_place, facts, actor, meet))
        yield f"near {kind}", spot, there
    for kind in RESULT_KINDS:
        one = facts.results[f"{net.key}: {kind}"]
        for name in ("title", "learning") if kind != "public" else ("title", "summary", "problem"):
            yield f"{name} of {kind}", {"q": one.marks[name]}, Sought(result=partial(_is, one))
        for name in ("measure", "withdrawn_reason"):
            if name in one.marks:
                yield f"{name} of {kind}", {"q": one.marks[name]}, Sought()


def _at_its_place(facts: Facts, actor: Actor, one: Meet, meet: Meet) -> bool:
    return meet is one and meeting_oracle.reads_place(facts, actor, meet)


def _by_people(facts: Facts, net: Net) -> Iterator[Search]:
    """The names of who is listed and of who is not; addresses find nobody."""
    for key in (f"{net.key}: facilitator", f"{net.key}: member", "hermit", "listed stranger"):
        if (person := facts.people.get(key)) is not None:
            same = Sought(person=partial(_is, person))
            yield f"name of {key}", {"q": person.marks["display_name"]}, same
            yield f"mail of {key}", {"q": person.marks["email"]}, Sought()


def _by_filters(facts: Facts, actor: Actor, net: Net) -> Iterator[Search]:
    """Each filter with the value that this network has: what a list would find by it, in all kinds that have it."""

    def front(other: Net) -> bool:
        return oracle.listed_tier(facts, actor, other) >= FRONT

    def of(matches: Callable[[Net], bool], **more: Any) -> Sought:
        def inside(row: Meet | Shared) -> bool:
            its = facts.nets[row.net]
            return front(its) and matches(its)

        both = {"network": lambda other: front(other) and matches(other), "meeting": inside}
        return Sought(**{**both, "result": inside, **more})

    body = net.body
    topic, profession, region, icb = (
        body["topics"][0], body["professions"][0], body["region"], body["icbs"][0]
    )  # fmt: skip
    yield (
        "topic",
        {"topic": topic},
        of(
            lambda other: bool(other.body["topics"][0] == topic),
            result=lambda one: f"topic-{facts.nets[one.net].number}" == topic,
            person=lambda one: one.columns["interests"] == f'["{topic}"]',
        ),
    )
    yield (
        "profession",
        {"profession": profession},
        of(
            lambda other: bool(other.body["professions"][0] == profession),
            person=lambda one: one.columns["profession"] == profession,
        ),
    )
    yield (
        "icb",
        {"icb": icb},
        of(lambda other: bool(other.body["icbs"][0] == icb), organisation=lambda code: code == icb),
    )
    yield (
        "region",
        {"region": region},
        of(lambda other: bool(other.body["region"] == region), person=lambda _: region == "Y56"),
    )
    spot = {"near": f"{body['latitude']:.6f},-1.0", "within_km": "1"}
    yield "near", spot, Sought(network=lambda other: front(other) and other is net)
    topical = {**spot, "topic": topic, "sort": "distance"}
    yield "near topic", topical, Sought(network=lambda other: front(other) and other is net)
    far = {"near": "58.0,-1.0", "within_km": "1000", "sort": "distance"}
    yield "by distance", far, Sought(front, partial(meeting_oracle.reads_place, facts, actor))
    for yes in (True, False):
        joinable = {"open_to_join": str(yes).lower()}
        yield (
            f"open to join {yes}",
            joinable,
            Sought(network=partial(_opens, yes)),
        )


def _opens(yes: bool, net: Net) -> bool:
    return _open(net) is yes


def _open(net: Net) -> bool:
    return net.policy in ("open", "request") and net.parent is None and not net.elsewhere


def _cell(
    facts: Facts, label: str, actor: Actor, net: Net, variant: str, params: Json, sought: Sought
) -> Cell:
    kinds, end = _searched(actor), oracle.gate(actor, *SCOPES.values(), sign_in=False)
    if not end and actor.person is not None and not {params.get("kinds")} <= {*kinds, None}:
        end = oracle.refused("insufficient_scope")
    if "kinds" in params:
        kinds &= {params["kinds"]}
    expected = {} if end else _expected(facts, actor, sought, kinds)

    def check(found: Json) -> str:
        told = [(hit["kind"], hit["id"]) for hit in found["items"]]
        wanted = {f"{kind} {one}" for kind, ids in expected.items() for one in ids}
        wrong = same_sets({f"{kind} {one}" for kind, one in told}, wanted, _names(facts))
        if len(told) != len(set(told)):
            wrong = wrong or "something twice"
        if found["did_you_mean"] is not None:
            wrong = wrong or f"did you mean {found['did_you_mean']}"
        return wrong or _why(facts, actor, found["items"], params)

    return Cell(
        "search", label, net.key, actor, "GET", PATH, end or (200, None), variant, params={**params, "limit": "100"},
        check=check, recorded=_looked_into(facts, actor, expected),
    )  # fmt: skip


def _looked_into(facts: Facts, actor: Actor, expected: dict[str, set[str]]) -> tuple[str, ...]:
    """An operator who finds what is inside has looked inside."""
    found = expected.get("meeting", set()) | expected.get("result", set())
    rows: list[Meet | Shared] = [*facts.meets.values(), *facts.results.values()]
    nets = {facts.nets[row.net].key for row in rows if row.id in found}
    looked = [facts.nets[key] for key in sorted(nets)]
    return tuple(net.id for net in looked if oracle.recorded(facts, actor, net))


def _names(facts: Facts) -> dict[str, str]:
    rows: dict[str, dict[str, Any]] = {
        "network": facts.nets, "meeting": facts.meets, "result": facts.results, "person": facts.people,
    }  # fmt: skip
    return {
        f"{kind} {one.id}": f"{kind} {one.key}" for kind, of in rows.items() for one in of.values()
    }


def _why(facts: Facts, actor: Actor, items: list[Json], params: Json) -> str:
    """The reasons are of what the actor reads, and none is missing."""
    nets = {net.id: net for net in facts.nets.values()}
    for item in items:
        matched = item["matched"]
        if ("near" in params) != (matched["distance_km"] is not None):
            return f"{item['kind']}: distance {matched['distance_km']}"
        net = nets.get(item["id"])
        if net is None:
            continue
        if oracle.listed_tier(facts, actor, net) < FRONT:
            told = {*matched["fields"]} - {"name", "purpose"}
            if told or matched["topics"] or matched["open_to_join"] is not None:
                return f"{net.key}: tells {matched}"
        elif matched["open_to_join"] is not _open(net):
            return f"{net.key}: open to join {matched['open_to_join']}"
        field = next(
            (TOLD.get(n) for n, word in net.marks.items() if word == params.get("q")), None
        )
        if field and matched["fields"] != [field]:
            return f"{net.key}: found by {field}, told {matched['fields']}"
        if "topic" in params and matched["topics"] != [params["topic"]]:
            return f"{net.key}: topics {matched['topics']}"
    distances = [item["matched"]["distance_km"] for item in items]
    ordered = params.get("sort") != "distance" or distances == sorted(distances)
    return "" if ordered else "not ordered by distance"


@rows_of("suggest")
def suggest(facts: Facts) -> Iterator[Cell]:
    """Names of networks and of people whom one may find, and words that everybody may read; of nothing else."""
    nobody = Actor("nobody")
    for key in LOOKED_THROUGH:
        net = facts.nets[key]
        meets = [
            facts.meets[f"{key}: {kind}"].marks["title"] for kind in ("draft", "members", "open")
        ]
        results = [
            facts.results[f"{key}: {kind}"].marks["title"] for kind in ("draft", "named", "public")
        ]
        people = [facts.people[who] for who in (f"{key}: facilitator", "hermit", "listed stranger")]
        typed = [*net.marks.values(), *meets, *results]
        for label, actor in personas(facts, net):
            end, kinds = oracle.gate(actor, sign_in=False), _searched(actor)
            for word in [*typed, *(one.marks["display_name"] for one in people)]:
                expected: set[tuple[str, str | None]] = set()
                public = oracle_reads(facts, nobody, word)
                if public and facts.marks[word][0] != "person":
                    expected.add(("word", None))
                told = oracle.listed_tier(facts, actor, net) >= NAME and not net.archived
                if word == net.marks["name"] and "network" in kinds and told:
                    expected.add(("network", net.id))
                for one in people if "person" in kinds else ():
                    if word == one.marks["display_name"] and (one.listed or actor.operates):
                        expected.add(("person", one.id))
                yield Cell(
                    "suggest", label, key, actor, "GET", "/v1/suggest", end or (200, None),
                    f"of {facts.marks[word][2]}", params={"q": word[:-1]}, check=partial(_suggested, expected),
                )  # fmt: skip


def oracle_reads(facts: Facts, actor: Actor, word: str) -> bool:
    """Whether this word stands where a search looks, in what this actor reads."""
    kind, key, name = facts.marks[word]
    if kind == "result":
        return result_oracle.sees(facts, actor, facts.results[key])
    if kind == "meeting":
        return meeting_oracle.may_read_mark(facts, actor, kind, key, name)
    return name != "closing_note" and oracle.may_read_mark(facts, actor, word)


def _suggested(expected: set[tuple[str, str | None]], found: Json) -> str:
    told = {(item["kind"], item["id"]) for item in found["items"]}
    return (
        ""
        if told == expected
        else f"suggests {sorted(map(str, told))}, not {sorted(map(str, expected))}"
    )
