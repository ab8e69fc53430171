"""create_app(): wires the rooms, nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache

from fastapi import FastAPI

from app.core.ids import blind_id, new_id
from app.core.seal import Sealer
from app.core.work import House
from app.db.open import open_database
from app.exchange.calendar_tokens.router import router as calendar_tokens
from app.exchange.ical.router import router as calendars
from app.exchange.markdown.router import router as texts
from app.exchange.privacy.router import router as privacy
from app.exchange.sync.router import router as changes
from app.features.accounts.router import router as accounts
from app.features.actions.router import router as actions
from app.features.adoptions.router import router as adoptions
from app.features.asks.router import router as asks
from app.features.assessments.router import router as assessments
from app.features.audit.router import router as audit
from app.features.clients.oauth_router import router as oauth
from app.features.clients.router import router as clients
from app.features.conduct.router import router as conduct
from app.features.coverage.router import router as coverage
from app.features.decisions.router import router as decisions
from app.features.duties.router import router as duties
from app.features.engagement.router import router as engagement
from app.features.feedback.router import router as feedback
from app.features.measures.analysis_router import router as analysis
from app.features.measures.router import router as measures
from app.features.measures.series_router import router as series
from app.features.meetings.attendance_router import router as attendance
from app.features.meetings.router import router as meetings
from app.features.minutes.router import router as minutes
from app.features.moderation.router import router as reports
from app.features.network_map.picture_router import router as map_picture
from app.features.network_map.router import router as network_map
from app.features.networks.charter_router import router as charters
from app.features.networks.invitation_router import router as invitations
from app.features.networks.lifecycle_router import router as lifecycle
from app.features.networks.member_router import router as members
from app.features.networks.router import router as networks
from app.features.organisations.router import router as organisations
from app.features.pairings.router import router as pairings
from app.features.pdsa_cycles.router import router as pdsa_cycles
from app.features.people.newcomers import welcome
from app.features.people.router import router as people
from app.features.places.router import router as places
from app.features.recommendations.router import router as recommendations
from app.features.resources.router import router as resources
from app.features.results.router import router as results
from app.features.saved_searches.router import router as saved_searches
from app.features.search.router import router as search
from app.features.service_document.router import router as service_document
from app.features.suggest.router import router as suggest
from app.features.surveys.router import router as surveys
from app.features.vocabularies.router import router as vocabularies
from app.features.wheel.picture_router import router as wheel_picture
from app.features.wheel.router import router as wheel
from app.jobs.search_upkeep import keep_search_ready
from app.jobs.tidying import keep_tidy
from app.models import Base
from app.settings import Settings
from app.web.call import Rooms
from app.web.front import Front
from app.web.identity import Gatekeeper
from app.web.openapi import DESCRIPTION, VERSION, contract, doors_of, operation_id
from app.web.operations import router as operations
from app.web.service import router as service
from app.web.sign_in.people import SignIn

SERVER = {
    "url": "/",
    "description": "Whatever serves this document: production, staging or local.",
    "x-internal": False,
}
ROUTERS = (
    networks,
    network_map,
    map_picture,
    wheel,
    wheel_picture,
    members,
    meetings,
    attendance,
    minutes,
    actions,
    results,
    pdsa_cycles,
    duties,
    asks,
    feedback,
    adoptions,
    conduct,
    charters,
    lifecycle,
    engagement,
    pairings,
    resources,
    reports,
    texts,
    calendars,
    calendar_tokens,
    invitations,
    people,
    recommendations,
    coverage,
    privacy,
    accounts,
    clients,
    oauth,
    changes,
    audit,
    service,
    operations,
    organisations,
    places,
    suggest,
    measures,
    series,
    analysis,
    vocabularies,
    search,
    saved_searches,
    decisions,
    surveys,
    assessments,
    service_document,
)


def describe() -> FastAPI:
    """The FastAPI application: every operation, for the contract and for the front to serve."""
    fast = FastAPI(
        title="QI Networks API",
        version=VERSION,
        description=DESCRIPTION,
        generate_unique_id_function=operation_id,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        contact={
            "name": "QI Networks contributors",
            "url": "https://example.org/qi-networks",
            "email": "qi-networks@example.org",
        },
        servers=[SERVER],
    )
    for router in ROUTERS:
        # Not include_router: it adds a node to walk for each router.
        fast.router.routes.extend(router.routes)
    return fast


def create_app(
    settings: Settings,
    secret: str,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ids: Callable[[], str] = new_id,
    blind_ids: Callable[[], str] = blind_id,
) -> Front:
    """The ASGI application for a migrated database; it opens the database when it starts serving."""
    db = open_database(
        settings.database_url,
        Base.metadata,
        read_connections=settings.read_connections,
        write_connections=settings.write_connections,
    )
    fast = describe()
    house = House(db, clock, ids, blind_ids)
    contract_of = cache(lambda: contract(fast))
    sign_in = SignIn(house, settings.oidc_issuers, welcome) if settings.oidc_issuers else None
    rooms = Rooms(house, Sealer(secret), settings, contract_of, Gatekeeper(house, sign_in))

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        await db.start()
        jobs = [
            asyncio.create_task(keep_tidy(rooms.house, settings, rooms.metrics.job)),
            asyncio.create_task(keep_search_ready(rooms.house, rooms.metrics.job)),
        ]
        try:
            yield
        finally:
            for job in jobs:
                job.cancel()
            if sign_in is not None:
                await sign_in.close()
            await db.stop()

    return Front(rooms, doors_of(fast), lifespan, ids)
