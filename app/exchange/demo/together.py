"""What the demo's members do together: decided, carried, asked for by the commands of everybody, each in its time."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app.core.seal import Sealer
from app.core.work import Work
from app.exchange.demo.world import Event, World
from app.features.asks.commands import answer_ask, create_ask, create_offer
from app.features.asks.schemas import AskAnswer, AskCreate, OfferCreate
from app.features.assessments.commands import create_assessment
from app.features.assessments.schemas import AssessmentCreate
from app.features.decisions.commands import cast_vote, close_decision, create_decision, vote_to_cast
from app.features.decisions.schemas import DecisionClose, DecisionCreate, VotePut
from app.features.duties.commands import create_duty, create_term, term_to_change, update_term
from app.features.duties.schemas import DutyCreate, TermCreate, TermPatch
from app.features.networks.charter_commands import accept_charter
from app.features.networks.charter_schemas import CharterAccept
from app.features.pairings.commands import draw, wish
from app.features.resources.commands import create_resource
from app.features.resources.schemas import ResourceCreate
from app.features.surveys.commands import answer_round, create_round
from app.features.surveys.schemas import SurveyAnswers, SurveyRoundCreate
from app.reference.demo_together import (
    DemoAccepted,
    DemoAsk,
    DemoDecision,
    DemoDuty,
    DemoKept,
    DemoPairs,
    DemoSurvey,
    DemoTerm,
    read_demo_together,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def together_events(world: World, now: datetime) -> Iterator[Event]:
    """Everything that members do together in the year before `now`, in no order."""
    told = read_demo_together()
    for accepted in told.accepted:
        yield from _accepted(world, now, accepted)
    for decision in told.decisions:
        yield from _decided(world, now, decision)
    for duty in told.duties:
        yield from _carried(world, now, duty)
    for ask in told.asks:
        yield from _asked(world, now, ask)
    for survey in told.surveys:
        yield from _surveyed(world, now, survey)
    for assessment in told.assessments:
        at = now - assessment.days_ago * DAY
        yield Event(at, partial(_assessed, world, at, assessment))
    for resource in told.resources:
        yield Event(now - resource.days_ago * DAY, partial(_kept, world, resource))
    for pairs in told.pairs:
        yield from _paired(world, now, pairs)


def _accepted(world: World, now: datetime, told: DemoAccepted) -> Iterator[Event]:
    async def accept(who: str) -> None:
        network_id, body = world.networks[told.network], CharterAccept(version=1)
        await world.do(world.people[who], lambda work: accept_charter(work, network_id, body))

    for place, who in enumerate(told.by):
        yield Event(now - told.days_ago * DAY + place * HOUR, partial(accept, who))


def _decided(world: World, now: datetime, told: DemoDecision) -> Iterator[Event]:
    """One vote every few hours, and the outcome a day after the last day."""
    made: list[str] = []
    closes_at = now - told.closes_days_ago * DAY
    proposed = now - told.days_ago * DAY

    async def propose() -> None:
        given = {"network_id": world.networks[told.network], "closes_at": closes_at}
        body = DecisionCreate.model_validate({**told.body, **given})
        made.append(await world.do(world.people[told.by], lambda work: create_decision(work, body)))

    async def vote(who: str, choice: str, reason: str | None) -> None:
        async def command(work: Work) -> None:
            decision, before = await vote_to_cast(work, made[0])
            body = VotePut.model_validate({"vote": choice, "reason": reason})
            cast_vote(work, decision, before, body)

        await world.do(world.people[who], command)

    async def close(outcome: dict[str, Any]) -> None:
        body = DecisionClose.model_validate(outcome)
        lead = world.people[world.founder(told.network).person]
        await world.do(lead, lambda work: close_decision(work, made[0], body))

    yield Event(proposed, propose)
    for place, (who, choice, reason) in enumerate(told.votes, 1):
        yield Event(proposed + 7 * place * HOUR, partial(vote, who, choice, reason))
    if told.closed is not None:
        yield Event(closes_at + DAY, partial(close, told.closed))


def _carried(world: World, now: datetime, told: DemoDuty) -> Iterator[Event]:
    """Each holder is named on the first day of the term, and writes down what they learn."""
    made: list[str] = []

    async def set_up() -> None:
        given = {**told.body, "network_id": world.networks[told.network]}
        body = DutyCreate.model_validate(given)
        made.append(await world.do(world.people[told.by], lambda work: create_duty(work, body)))

    async def name(term: DemoTerm, from_at: datetime) -> None:
        holder = world.people[term.person]
        given = {"person_id": holder.person_id, "from_on": from_at.date()}
        body = TermCreate.model_validate(given)
        term_id = await world.do(
            world.people[told.by], lambda work: create_term(work, made[0], body)
        )
        if term.handover_note is None:
            return
        note = TermPatch(handover_note=term.handover_note)

        async def hand_over(work: Work) -> None:
            await update_term(work, await term_to_change(work, term_id, note), note)

        await world.do(holder, hand_over)

    yield Event(now - told.days_ago * DAY, set_up)
    for term in told.terms:
        from_at = now - term.from_days_ago * DAY
        yield Event(from_at, partial(name, term, from_at))


def _asked(world: World, now: datetime, told: DemoAsk) -> Iterator[Event]:
    """Offers come within days, and what came of it after a fortnight."""
    made: list[str] = []
    offers: dict[str, str] = {}
    asked = now - told.days_ago * DAY

    async def ask() -> None:
        given = {**told.body, "network_id": world.networks[told.network]}
        if "needed_by_days" in given:
            needed_by = now + given.pop("needed_by_days") * DAY
            given["needed_by_on"] = needed_by.date()
        body = AskCreate.model_validate(given)
        made.append(await world.do(world.people[told.by], lambda work: create_ask(work, body)))

    async def offer(who: str, text: str) -> None:
        body = OfferCreate(text=text)
        person = world.people[who]
        offers[who] = await world.do(person, lambda work: create_offer(work, made[0], body))

    async def answer() -> None:
        helped = [offers[who] for who in told.helped]
        body = AskAnswer(outcome_note=told.outcome_note, helped_by=helped)
        await world.do(world.people[told.by], lambda work: answer_ask(work, made[0], body))

    yield Event(asked, ask)
    for place, (who, text) in enumerate(told.offers, 1):
        yield Event(asked + place * DAY, partial(offer, who, text))
    if told.outcome_note is not None:
        yield Event(asked + 14 * DAY, answer)


def _surveyed(world: World, now: datetime, told: DemoSurvey) -> Iterator[Event]:
    """The round closes by itself. Its marks need no key that lasts: nobody can answer it any more."""
    made: list[str] = []
    sealer = Sealer(secrets.token_urlsafe(32))
    opens_at = now - told.days_ago * DAY

    async def open_round() -> None:
        closes_at = opens_at + told.open_days * DAY
        body = SurveyRoundCreate(title=told.title, closes_at=closes_at)
        lead = world.people[world.founder(told.network).person]
        network_id = world.networks[told.network]
        made.append(await world.do(lead, lambda work: create_round(work, network_id, body)))

    async def answer(who: str, given: dict[str, int]) -> None:
        answers = SurveyAnswers.model_validate(given)
        await world.do(
            world.people[who],
            lambda work: answer_round(work, sealer, lambda: world.at, made[0], answers),
        )

    yield Event(opens_at, open_round)
    for place, (who, given) in enumerate(zip(told.by, told.answers, strict=True), 1):
        yield Event(opens_at + 5 * place * HOUR, partial(answer, who, given))


async def _assessed(world: World, at: datetime, told: DemoKept) -> None:
    body = AssessmentCreate.model_validate({**told.body, "held_on": at.date()})
    network_id = world.networks[told.network]
    await world.do(world.people[told.by], lambda work: create_assessment(work, network_id, body))


async def _kept(world: World, told: DemoKept) -> None:
    body = ResourceCreate.model_validate({**told.body, "network_id": world.networks[told.network]})
    await world.do(world.people[told.by], lambda work: create_resource(work, body))


def _paired(world: World, now: datetime, told: DemoPairs) -> Iterator[Event]:
    """Who wishes it says so, and pairs are drawn a few days later."""
    drawn = now - told.days_ago * DAY

    async def want(who: str) -> None:
        await world.do(world.people[who], lambda work: wish(work, world.networks[told.network]))

    async def pair() -> None:
        lead = world.people[world.founder(told.network).person]
        await world.do(lead, lambda work: draw(work, world.networks[told.network]))

    for place, who in enumerate(told.by):
        yield Event(drawn - 5 * DAY + place * HOUR, partial(want, who))
    yield Event(drawn, pair)
