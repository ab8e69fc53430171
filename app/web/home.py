"""What stands at `/`: what this is and where to start, for people as a page and for programs as JSON."""

import html
from typing import Annotated, Final

import orjson
from pydantic import Field

import app as package
from app.core.errors import HouseError
from app.core.text import Output, TermCode, Url, line, lines
from app.reference.load import ATTRIBUTION
from app.settings import Settings
from app.web import guides
from app.web.call import dump
from app.web.pages import filled
from app.web.problems import problem

NAME: Final = "QI Networks API"
DESCRIPTION: Final = (
    "An API to find the improvement network of UK primary care that fits, set one up, bring people in, meet, share "
    "what was tried and what came of it, and keep other systems in step with all of it."
)
FIRST: Final = "/v1/networks?near=M1&within_km=25"
LINKS: Final = {
    "service": "/v1",
    "docs": "/docs",
    "openapi": "/openapi.json",
    "problems": "/problems",
    "liveness": "/livez",
    "readiness": "/readyz",
}
SAMPLE_REQUEST: Final = "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"


class HomeLinks(Output):
    """Where to go from here."""

    service: Url
    docs: Url
    openapi: Url
    problems: Url
    liveness: Url
    readiness: Url


class GuideLink(Output):
    """A guide, to be read as a page."""

    name: TermCode
    title: Annotated[str, line(200, "A facilitator's first hour")]
    url: Url


class Home(Output):
    """What this is and where to start."""

    name: Annotated[str, line(100, NAME)]
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.+-]+$", max_length=40, examples=["0.1.0"])]
    description: Annotated[str, lines(500, DESCRIPTION)]
    first_request: Annotated[str, line(2_100, "curl -sS 'https://example.org/v1/networks?near=M1'")]
    links: HomeLinks
    guides: Annotated[list[GuideLink], Field(max_length=50)]


def first_request(settings: Settings) -> str:
    """A line to copy that works without an account."""
    return f"curl -sS '{settings.base_url}{FIRST}'"


def as_json(settings: Settings) -> bytes:
    """For programs, and indented for whoever has only curl."""
    at = settings.base_url
    return dump(
        {
            "name": NAME,
            "version": package.__version__,
            "description": DESCRIPTION,
            "first_request": first_request(settings),
            "links": {name: at + path for name, path in LINKS.items()},
            "guides": [
                {"name": name, "title": guides.title_of(name), "url": f"{at}/guides/{name}"}
                for name in guides.names()
            ],
        },
        indent=True,
    )


def as_html(settings: Settings) -> str:
    """For people."""
    links = {
        name: f'<li><a href="/guides/{name}">{html.escape(guides.title_of(name))}</a></li>'
        for name in guides.names()
    }
    return filled(
        "home.html",
        first_request=html.escape(first_request(settings)),
        first_hour=html.escape(guides.title_of("first-hour")),
        first="\n".join(link for name, link in links.items() if name in guides.FIRST),
        others="\n".join(link for name, link in links.items() if name not in guides.FIRST),
        attribution=html.escape(ATTRIBUTION),
    )


def about(kind: type[HouseError]) -> str:
    """An error code for people: when it comes, what to do, what it looks like."""
    found = guides.advice().get(kind.code)
    sample = dump(orjson.loads(problem(kind(), SAMPLE_REQUEST).body), indent=True)
    return filled(
        "problem.html",
        code=kind.code,
        status=str(kind.status),
        title=html.escape(kind.title),
        when=found.when if found else html.escape(kind.title),
        what_to_do=found.what_to_do if found else "",
        example=html.escape(sample.decode()),
        errors=html.escape(guides.title_of("errors")),
    )
