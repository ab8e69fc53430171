"""The door of the service document."""

from typing import Final

from fastapi import APIRouter

import app as package
from app.features.service_document.schemas import ServiceDocument
from app.reference.load import ATTRIBUTION
from app.web import answers
from app.web.call import Answer, CallDep
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["service"], route_class=Door)

OPEN_GOVERNMENT_LICENCE: Final = {
    "name": "Open Government Licence v3.0",
    "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
LICENCE: Final = {"name": "MIT", "url": "https://opensource.org/license/mit"}
# In the order in which somebody new would follow them.
PLACES: Final = {
    "self": "/v1",
    "openapi": "/openapi.json",
    "docs": "/docs",
    "networks": "/v1/networks",
    "members": "/v1/members",
    "invitations": "/v1/invitations",
    "people": "/v1/people",
    "me": "/v1/me",
    "organisations": "/v1/organisations",
    "topics": "/v1/topics",
    "professions": "/v1/professions",
    "tokens": "/v1/tokens",
    "clients": "/v1/clients",
    "token_endpoint": "/oauth/token",
    "changes": "/v1/changes",
    "audit": "/v1/audit",
}


@router.get("", response_model=ServiceDocument)
@needs(sign_in=False, cache="private, no-cache")
async def get_service(call: CallDep) -> Answer:
    """Read what this service is: its version, its licence, whose data it shows, where everything is."""
    document = {
        "name": "QI Networks API",
        "version": package.__version__,
        "licence": LICENCE,
        "data": {"attribution": ATTRIBUTION, "licence": OPEN_GOVERNMENT_LICENCE},
        "links": {name: call.url(path) for name, path in PLACES.items()},
    }
    return answers.cached(call, document)
