"""The results of the permission table's world.

How to write rows for an operation on results and what belongs to them: as `meeting_world` says for meetings, with
`shared_towards(facts, *kinds)` for (persona, actor, result), the rules in `result_oracle`, and `gate(actor,
"results:read", sign_in=False)` first. Every text of a result has a secret word (`Shared.marks`). All are stories, so
that what is complete needs no measure.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.core import words
from app.core.adoption_counts import NO_ADOPTIONS
from app.core.changes import Told, create
from app.core.series import Observation, to_text
from app.core.telling_of_results import told_of_result
from app.core.work import House, Work, perform
from app.models import MeasureSeries, ResultAuthor, ResultTopic
from tests.permissions.cast import cast_of, icb, mark, practice
from tests.permissions.facts import Actor, Facts, Net, Shared
from tests.permissions.meeting_world import TRIED
from tests.permissions.table import personas

# Who wrote it, and who did once, by what they are to the network; who is not there is left out, but for the member.
PLANS: dict[str, dict[str, Any]] = {
    "draft": {"status": "draft", "authors": ("member", "observer"), "former": ("facilitator",)},
    "named": {"authors": ("member", "ex-member"), "former": ("observer",)},
    "public": {"audience": "public", "attribution": "organisation", "authors": ("facilitator",)},
    "unnamed": {"attribution": "network_only", "authors": ("member",)},
    "kept": {"audience": "author", "authors": ("member",)},
    "withdrawn": {"audience": "public", "status": "withdrawn", "authors": ("member", "ex-member")},
    "hidden": {"audience": "public", "hidden": True, "authors": ("member",)},
}
KINDS = tuple(PLANS)
# To these others said something, and of these somebody else tried it.
WITH_PARTS = ("draft", "public", "hidden")
WORDS = ("title", "summary", "problem", "learning", "withdrawn_reason", "measure")
# What each of them is measured by; one figure is small.
SMALL_AT = frozenset({4})
FIGURES = tuple((f"2025-{at + 1:02}-01", 3 if at in SMALL_AT else 40 + at, 80) for at in range(12))


def shared_towards(facts: Facts, *kinds: str) -> Iterator[tuple[str, Actor, Shared]]:
    """Every persona towards the results of these kinds (or of all)."""
    for key in TRIED:
        for label, actor in personas(facts, facts.nets[key]):
            for kind in kinds or KINDS:
                yield label, actor, facts.results[f"{key}: {kind}"]


async def share_results(house: House, facts: Facts) -> None:
    """Write them all, straight into the tables."""

    async def command(work: Work) -> None:
        for key in TRIED:
            for kind in KINDS:
                _write(work, facts, _planned(facts, facts.nets[key], kind))

    await perform(house, command)


def _planned(facts: Facts, net: Net, kind: str) -> Shared:
    plan, here = PLANS[kind], cast_of(net)

    def people(roles: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{net.key}: {role}" for role in roles if role in here)

    number = len(facts.results)
    one = Shared(
        f"{net.key}: {kind}", net.key, kind, number, practice(net.number), people(plan["authors"]),
        people(plan.get("former", ())), plan.get("status", "published"), plan.get("audience", "network"),
        plan.get("attribution", "named"), hidden=plan.get("hidden", False),
    )  # fmt: skip
    for index, name in enumerate(WORDS):
        if name != "withdrawn_reason" or one.status == "withdrawn":
            one.marks[name] = mark(90_000 + number * 10 + index)
    for name, word in one.marks.items():
        facts.marks[word] = ("result", one.key, name)
    facts.results[one.key] = one
    return one


def _write(work: Work, facts: Facts, one: Shared) -> None:
    one.id, today = work.blind_id(), work.now.date()
    said = {name: f"Of {word}" for name, word in one.marks.items()}
    topic, drafted, withdrawn = (
        f"topic-{facts.nets[one.net].number}",
        one.status == "draft",
        one.status == "withdrawn",
    )
    row: dict[str, Any] = {
        **dict.fromkeys(("available_knowledge", "rationale", "context", "ethics", "what_happened")),
        **dict.fromkeys(("unintended_effects", "limitations", "sustainability", "funding", "prerequisites", "effort")),
        "id": one.id, "network_id": facts.nets[one.net].id, "organisation_code": one.organisation, "kind": "story",
        "title": said["title"], "summary": said["summary"], "problem": said["problem"], "learning": said["learning"],
        "aim": '{"text":"Fewer"}', "change": '{"what":"Calls"}', "outcome": "improved", "contact_ok": False,
        "licence": "CC-BY-4.0", "topics": f'["{topic}"]', "attribution": one.attribution, "audience": one.audience,
        "status": one.status, "published_on": None if drafted else today, "listed_on": today,
        "withdrawn_on": today if withdrawn else None, "withdrawn_reason": said.get("withdrawn_reason"),
        "conduct_version": None if drafted else 0, "hidden_on": today if one.hidden else None,
        "adoption_count": 0, "adoption_summary": NO_ADOPTIONS, "last_reported_on": None,
        "search_name": words.document(said["title"]), "search_topics": "", "search_inside": "",
        "search_purpose": words.document(said["summary"]),
        "search_front": words.document(f"{said['problem']} {said['learning']}"),
    }  # fmt: skip
    create(work, "result.drafted", row, told_of_result(row))
    work.insert(ResultTopic, {"result_id": one.id, "code": topic})
    _measure(work, facts, one, f"Of {one.marks['measure']}", told_of_result(row))
    if one.kind in WITH_PARTS:
        _said_of_it(work, facts, one, told_of_result(row))
    for place, person in enumerate((*one.authors, *one.former)):
        gone = person in one.former
        work.insert(
            ResultAuthor,
            {
                "result_id": one.id, "person_id": facts.people[person].id, "position": place, "removed": gone,
                "removed_version": 0 if gone else None,
            },
        )  # fmt: skip


def _said_of_it(work: Work, facts: Facts, one: Shared, told: Told) -> None:
    """A cycle, feedback by the facilitator that does not say so, and an adoption that the facilitator reported."""
    net = facts.nets[one.net]
    facilitator = facts.people[f"{one.net}: facilitator"].id
    one.cycle_id, one.feedback_id, one.adoption_id = (work.blind_id() for _ in range(3))
    of_it = {"result_id": one.id, "network_id": net.id}
    cycle = {
        **dict.fromkeys(
            ("started_on", "ended_on", "plan", "prediction", "do_text", "study", "act", "decision")
        )
    }
    cycle |= {**of_it, "id": one.cycle_id, "number": 1, "title": "Cycle 1"}
    create(work, "pdsa_cycle.created", cycle, told)
    feedback = {
        **of_it, "id": one.feedback_id, "author_id": facilitator, "organisation_code": None, "kind": "comment",
        "attribution": "network_only", "text": "Thank you.", "answer_to": None, "hidden_on": None,
    }  # fmt: skip
    create(work, "feedback.given", feedback, told)
    nothing = (
        "stop_reason", "stop_detail", "started_on", "adaptations", "context_difference", "fidelity", "figures_before",
        "figures_after", "would_recommend", "follow_up_result_id", "hidden_on",
    )  # fmt: skip
    adoption = {
        **dict.fromkeys(nothing), **of_it, "id": one.adoption_id, "organisation_code": icb(net.number),
        "reported_by": facilitator, "stage": "testing", "effect": "same", "counted": True,
        "last_reported_on": work.now.date(),
    }  # fmt: skip
    create(work, "adoption.reported", adoption, told)


def _measure(work: Work, facts: Facts, one: Shared, name: str, told: Told) -> None:
    one.measure_id = work.blind_id()
    said = (
        "operational_definition",
        "numerator_definition",
        "denominator_definition",
        "exclusions",
        "source",
        "unit",
    )
    row: dict[str, Any] = {
        **dict.fromkeys((*said, "target", "baseline_points")),
        "id": one.measure_id, "result_id": one.id, "network_id": facts.nets[one.net].id, "position": 0, "name": name,
        "kind": "outcome", "frequency": "month", "chart": "xmr", "ruleset": "mdc", "improvement_direction": "increase",
        "rebase": "[]", "exclude_on": "[]", "multiply": 1.0, "screen_moving_ranges": True,
        "observation_count": len(FIGURES), "first_on": date.fromisoformat(FIGURES[0][0]),
        "last_on": date.fromisoformat(FIGURES[-1][0]),
    }  # fmt: skip
    create(work, "measure.created", row, told)
    data = to_text(Observation(on, count, of) for on, count, of in FIGURES)
    smallest = min(count for _, count, _ in FIGURES)
    work.insert(
        MeasureSeries, {"measure_id": one.measure_id, "data": data, "smallest": float(smallest)}
    )
