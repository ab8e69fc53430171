"""Pages for people: one frame and one stylesheet, no scripts, nothing from another host."""

import html
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Final
from urllib.parse import urlsplit

import app as package
from app.settings import Settings

DOCS = files("app.web") / "docs"
ASSETS: Final = {
    "pages.css": b"text/css; charset=utf-8",
    "icon.svg": b"image/svg+xml",
    "start.js": b"text/javascript; charset=utf-8",
    "swagger-ui.css": b"text/css; charset=utf-8",
    "swagger-ui-bundle.js": b"text/javascript; charset=utf-8",
    "swagger-ui-here.css": b"text/css; charset=utf-8",
}
HTML: Final = (b"content-type", b"text/html; charset=utf-8")
_NOTHING_ELSE = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
PAGE_CSP: Final = (
    b"content-security-policy",
    _NOTHING_ELSE + b"style-src 'self'; img-src 'self'",
)
# Swagger UI draws small pictures that its stylesheet carries; scripts and styles come from here alone.
DOCS_CSP: Final = (
    b"content-security-policy",
    _NOTHING_ELSE
    + b"script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
)
EXAMPLE: Final = "<!doctype html><html></html>"
MEDIA: Final[dict[str, Any]] = {
    "text/html": {
        "schema": {
            "type": "string",
            "maxLength": 1_000_000,
            "pattern": "^<!doctype html>",
            "examples": [EXAMPLE],
        }
    }
}
PAGE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": MEDIA}}


def page(settings: Settings, title: str, content: str) -> bytes:
    """A whole page around HTML; links that begin with / are led below the path of PUBLIC_URL, if it has one."""
    whole = _template("frame.html").substitute(
        title=html.escape(title), content=content, version=html.escape(package.__version__)
    )
    return below_the_public_path(settings, whole)


def below_the_public_path(settings: Settings, whole: str) -> bytes:
    """The same page for a service that clients see below a path."""
    below = html.escape(urlsplit(settings.base_url).path)
    for attribute in ("href", "src"):
        whole = whole.replace(f'{attribute}="/', f'{attribute}="{below}/')
    return whole.encode()


def filled(name: str, **values: str) -> str:
    """A file of the folder with its $names filled in; the values are HTML already."""
    return _template(name).substitute(values)


@cache
def _template(name: str) -> Template:
    return Template((DOCS / name).read_text(encoding="utf-8"))
