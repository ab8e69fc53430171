"""The service itself: health, the contract, its documentation, and a page for each error."""

import html
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select

from app.core.errors import CATALOGUE, NotFound
from app.core.text import ErrorCode, Output
from app.db.database import fetch_one
from app.models import FeedHead
from app.web import answers
from app.web.call import Answer, CallDep, dump
from app.web.door import Door, needs

router = APIRouter(tags=["service"], route_class=Door)
DOCS = files("app.web") / "docs"
ASSETS = {
    "swagger-ui.css": b"text/css; charset=utf-8",
    "swagger-ui-bundle.js": b"text/javascript; charset=utf-8",
    "start.js": b"text/javascript; charset=utf-8",
}
HTML = (b"content-type", b"text/html; charset=utf-8")
# Swagger UI sets styles and inlines small pictures; scripts come from here alone.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
DOCS_CSP = (b"content-security-policy", _POLICY)
PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/html": {
                "schema": {
                    "type": "string",
                    "maxLength": 100_000,
                    "examples": ["<!doctype html><html></html>"],
                }
            }
        }
    }
}
DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {"schema": {"type": "object", "examples": [{"openapi": "3.1.0"}]}}
        }
    }
}


class Health(Output):
    """Whether it works."""

    status: Annotated[str, Field(pattern="^pass$", max_length=4, examples=["pass"])]


@router.get("/livez", response_model=Health)
@needs(sign_in=False)
async def get_liveness(call: CallDep) -> Answer:  # noqa: ARG001 - a door takes the call
    """The process answers; it asks nothing of the database."""
    return Answer(dump({"status": "pass"}), 200, [answers.JSON])


@router.get("/readyz", response_model=Health)
@needs(sign_in=False)
async def get_readiness(call: CallDep) -> Answer:
    """The database answers too; 503 otherwise."""
    await fetch_one(call.rooms.house.db, "ready", lambda: select(FeedHead.id), {})
    return Answer(dump({"status": "pass"}), 200, [answers.JSON])


@router.get("/openapi.json", responses=DOCUMENT)
@needs(sign_in=False, cache="private, no-cache")
async def get_contract(call: CallDep) -> Answer:
    """This document."""
    return answers.document(call, call.rooms.contract())


@router.get("/docs", responses=PAGE)
@needs(sign_in=False, cache="private, no-cache")
async def get_documentation(call: CallDep) -> Answer:  # noqa: ARG001
    """The contract as a page to read and to try."""
    return Answer((DOCS / "index.html").read_bytes(), 200, [HTML, DOCS_CSP])


@router.get("/docs/{asset}", include_in_schema=False)
@needs(sign_in=False, cache="public, max-age=3600")
async def get_documentation_asset(call: CallDep, asset: str) -> Answer:  # noqa: ARG001
    """What the page is made of."""
    if asset not in ASSETS:
        raise NotFound
    return Answer((DOCS / asset).read_bytes(), 200, [(b"content-type", ASSETS[asset])])


@router.get("/problems/{code}", responses=PAGE)
@needs(sign_in=False, cache="public, max-age=3600")
async def get_problem_type(call: CallDep, code: ErrorCode) -> Answer:  # noqa: ARG001
    """What an error code means: the page that a problem's `type` points to."""
    kind = CATALOGUE.get(code)
    if kind is None:
        raise NotFound
    title, detail = html.escape(kind.title), html.escape(kind.__doc__ or "")
    page = (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{code}</title></head><body>'
        f"<h1>{title}</h1><p>Code <code>{code}</code>, HTTP status {kind.status}.</p><p>{detail}</p>"
        '<p><a href="/docs">The whole contract</a></p></body></html>'
    )
    return Answer(page.encode(), 200, [HTML])
