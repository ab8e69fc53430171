"""The service itself: where to start, health, the contract, its documentation, guides, and a page for each error."""

import html
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select

from app.core.error_catalogue import CATALOGUE
from app.core.errors import NotFound
from app.core.text import ErrorCode, Output, TermCode
from app.db.database import fetch_one
from app.models import FeedHead
from app.web import answers, guides, home
from app.web.call import Answer, CallDep, dump
from app.web.door import Door, needs, wanted
from app.web.pages import (
    ASSETS,
    DOCS,
    DOCS_CSP,
    HTML,
    MEDIA,
    PAGE,
    PAGE_CSP,
    below_the_public_path,
    filled,
    page,
)

router = APIRouter(tags=["service"], route_class=Door)
HOME: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {}, **MEDIA}}}
DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": True,
                    "examples": [{"openapi": "3.1.0"}],
                }
            }
        }
    }
}


class Health(Output):
    """Whether it works."""

    status: Annotated[str, Field(pattern="^pass$", max_length=4, examples=["pass"])]


@router.get("/", response_model=home.Home, responses=HOME)
@needs(sign_in=False, cache="private, no-cache")
async def get_home(call: CallDep) -> Answer:
    """What this is and where to start: a page for browsers, JSON for everything that does not ask for a page."""
    settings = call.rooms.settings
    if wanted(call, b"text/html") > wanted(call, b"application/json"):
        content = page(settings, home.NAME, home.as_html(settings))
        return answers.document(call, content, HTML, PAGE_CSP)
    return answers.document(call, home.as_json(settings))


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
async def get_documentation(call: CallDep) -> Answer:
    """The contract as a page to read and to try."""
    whole = (DOCS / "index.html").read_text(encoding="utf-8")
    return Answer(below_the_public_path(call.rooms.settings, whole), 200, [HTML, DOCS_CSP])


@router.get("/docs/{asset}", include_in_schema=False)
@needs(sign_in=False, cache="public, max-age=3600")
async def get_documentation_asset(call: CallDep, asset: str) -> Answer:  # noqa: ARG001 - a door takes the call
    """What the pages are made of."""
    if asset not in ASSETS:
        raise NotFound
    return Answer((DOCS / asset).read_bytes(), 200, [(b"content-type", ASSETS[asset])])


@router.get("/guides/{name}", responses=PAGE)
@needs(sign_in=False, cache="private, no-cache")
async def get_guide(call: CallDep, name: TermCode) -> Answer:
    """A guide as a page: the first hour, keeping in step, running it, and what they look things up in."""
    if name not in guides.names():
        raise NotFound
    settings = call.rooms.settings
    guide = guides.guide(name, settings.base_url)
    return Answer(page(settings, guide.title, guide.content), 200, [HTML, PAGE_CSP])


@router.get("/problems", responses=PAGE)
@needs(sign_in=False, cache="private, no-cache")
async def list_problem_types(call: CallDep) -> Answer:
    """Every error code, each with a page of its own."""
    rows = "\n".join(
        f'<tr><td><a href="/problems/{code}"><code>{code}</code></a></td><td data-label="Status">{kind.status}</td>'
        f"<td>{html.escape(kind.title)}</td></tr>"
        for code, kind in CATALOGUE.items()
    )
    content = filled("problems.html", rows=rows, errors=guides.title_of("errors"))
    return Answer(page(call.rooms.settings, "Error codes", content), 200, [HTML, PAGE_CSP])


@router.get("/problems/{code}", responses=PAGE)
@needs(sign_in=False, cache="private, no-cache")
async def get_problem_type(call: CallDep, code: ErrorCode) -> Answer:
    """What an error code means and what to do: the page that a problem's `type` points to."""
    kind = CATALOGUE.get(code)
    if kind is None:
        raise NotFound
    return Answer(
        page(call.rooms.settings, f"{code}: {kind.title}", home.about(kind)), 200, [HTML, PAGE_CSP]
    )
