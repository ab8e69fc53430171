"""The results of the demo: written up, published, tried elsewhere and talked about by the commands of everybody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from app.core.conduct import in_force
from app.core.fetching import fetch_network
from app.core.fetching_parts import fetch_measure
from app.core.fetching_results import fetch_result
from app.core.viewer import Viewer
from app.core.work import Work
from app.exchange.demo.world import Event, World
from app.features.adoptions.commands import report_adoption
from app.features.adoptions.schemas import AdoptionPut
from app.features.conduct.commands import accept_conduct, write_conduct
from app.features.conduct.schemas import ConductAccept, ConductWrite
from app.features.feedback.commands import give_feedback
from app.features.feedback.schemas import FeedbackCreate
from app.features.measures.commands import create_measure
from app.features.measures.observation_schemas import ObservationsPut
from app.features.measures.schemas import MeasureCreate
from app.features.measures.series import given_series, replace_series
from app.features.moderation.commands import report_content
from app.features.moderation.deciding import decide_report
from app.features.moderation.schemas import ReportCreate, ReportDecide
from app.features.pdsa_cycles.commands import create_cycle
from app.features.pdsa_cycles.schemas import PdsaCycleCreate
from app.features.results.commands import create_result
from app.features.results.publishing import publish_result
from app.features.results.schemas import ResultCreate, ResultPublish
from app.reference.demo_results import (
    Body,
    DemoAdoption,
    DemoConduct,
    DemoFeedback,
    DemoMeasure,
    DemoReport,
    DemoResult,
    read_demo_results,
    read_demo_series,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WHOLE = (None, None)  # all days of a series


@dataclass(slots=True)
class Shared:
    """One result while it is told: its id once it is begun, those of its feedback by their place."""

    world: World
    demo: DemoResult
    now: datetime
    series: dict[str, list[Body]]
    result_id: str = ""
    feedback: dict[int, str] = field(default_factory=dict)

    @property
    def author(self) -> Viewer:
        """Who writes it up."""
        return self.world.people[self.demo.by]

    def ago(self, days: int) -> datetime:
        """So many days before the loading."""
        return self.now - days * DAY


def result_events(world: World, now: datetime) -> Iterator[Event]:
    """Everything that happens about codes of conduct, results and reports, in no order."""
    found, series = read_demo_results(), read_demo_series()
    for conduct in found.conduct:
        yield Event(now - conduct.days_ago * DAY, partial(_conduct, world, conduct))
    shared = {demo.key: Shared(world, demo, now, series) for demo in found.results}
    for story in shared.values():
        yield from _events(story)
    for report in found.reports:
        yield from _reported(shared[report.result], report)


def _events(story: Shared) -> Iterator[Event]:
    demo = story.demo
    published = story.ago(5 if demo.days_ago is None else demo.days_ago)
    yield Event(published - 3 * DAY, partial(_begin, story))
    for place, measure in enumerate(demo.measures):
        yield Event(published - 2 * DAY + place * HOUR, partial(_measure, story, measure))
    for place, cycle in enumerate(demo.cycles):
        yield Event(published - DAY + place * HOUR, partial(_cycle, story, cycle))
    if demo.days_ago is not None:
        yield Event(published, partial(_publish, story))
    for place, said in enumerate(demo.feedback):
        yield Event(story.ago(said.days_ago), partial(_say, story, place, said))
        for answer in said.answers:
            given = {"kind": "comment", "text": answer.text}
            answering = partial(_answer, story, place, answer.by, given)
            yield Event(story.ago(answer.days_ago), answering)
    for adoption in demo.adoptions:
        yield Event(story.ago(adoption.days_ago), partial(_adopt, story, adoption))


async def _conduct(world: World, conduct: DemoConduct) -> None:
    """A facilitator writes the network's own code; some accept it when they read it."""
    network_id = world.networks[conduct.network]

    async def write(work: Work) -> None:
        network = await fetch_network(work, network_id, "conduct.write")
        version, text = await in_force(work, network_id)
        await write_conduct(work, network, version, text, ConductWrite(text=conduct.text))

    await world.do(world.people[world.founder(conduct.network).person], write)
    read = ConductAccept(version=1)
    for key in conduct.accepted_by:
        await world.do(world.people[key], lambda work: accept_conduct(work, network_id, read))


async def _begin(story: Shared) -> None:
    demo, world = story.demo, story.world
    team = [str(world.people[key].person_id) for key in demo.team]
    given = {**demo.body, "network_id": world.networks[demo.network], "author_ids": team}
    body = ResultCreate.model_validate(given)
    story.result_id = await world.do(story.author, lambda work: create_result(work, body))


async def _measure(story: Shared, measure: DemoMeasure) -> None:
    body = MeasureCreate.model_validate({**measure.body, "result_id": story.result_id})
    figures = ObservationsPut.model_validate({"observations": story.series[measure.series]})
    observations = given_series(figures, WHOLE)
    measure_id = await story.world.do(story.author, lambda work: create_measure(work, body))

    async def observe(work: Work) -> None:
        row, result, _ = await fetch_measure(work, measure_id)
        await replace_series(work, row, result, observations, WHOLE)

    await story.world.do(story.author, observe)


async def _cycle(story: Shared, given: Body) -> None:
    body = PdsaCycleCreate.model_validate({**given, "result_id": story.result_id})
    await story.world.do(story.author, lambda work: create_cycle(work, body))


async def _publish(story: Shared) -> None:
    body = ResultPublish(conduct_version=story.demo.conduct_version)

    async def command(work: Work) -> None:
        row, network = await fetch_result(work, story.result_id, "result.publish")
        await publish_result(work, row, network, body)

    await story.world.do(story.author, command)


async def _say(story: Shared, place: int, said: DemoFeedback) -> None:
    given = {"kind": said.kind, "text": said.text, "attribution": said.attribution}
    story.feedback[place] = await _give(story, said.by, given)


async def _answer(story: Shared, place: int, by: str, given: Body) -> None:
    await _give(story, by, {**given, "answer_to": story.feedback[place]})


async def _give(story: Shared, by: str, given: Body) -> str:
    body = FeedbackCreate.model_validate({**given, "result_id": story.result_id})
    return await story.world.do(story.world.people[by], lambda work: give_feedback(work, body))


async def _adopt(story: Shared, adoption: DemoAdoption) -> None:
    body = AdoptionPut.model_validate(adoption.body)
    code, by = adoption.organisation, story.world.people[adoption.by]
    await story.world.do(
        by, lambda work: report_adoption(work, story.result_id, code, body, lambda _version: None)
    )


def _reported(story: Shared, report: DemoReport) -> Iterator[Event]:
    """Somebody reports feedback, and a facilitator decides."""
    made: list[str] = []
    people = story.world.people

    async def file() -> None:
        given = {"content_kind": "feedback", "content_id": story.feedback[report.feedback]}
        body = ReportCreate.model_validate(
            {**given, "reason": report.reason, "detail": report.detail}
        )
        by = people[report.by]
        made.append(await story.world.do(by, lambda work: report_content(work, body)))

    async def decide() -> None:
        given = {"decision": report.decision, "note": report.note, "hide": report.hide}
        body = ReportDecide.model_validate(given)
        by = people[report.decided_by]
        await story.world.do(by, lambda work: decide_report(work, made[0], body))

    yield Event(story.ago(report.days_ago), file)
    yield Event(story.ago(report.decided_days_ago), decide)
