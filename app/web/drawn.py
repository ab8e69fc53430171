"""Pictures as answers: what may be asked of one, and an SVG or a PNG of it that is kept and opened harmlessly."""

import asyncio
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, Final

from pydantic import Field

from app.core.errors import Overloaded
from app.core.text import Input, query_float, query_int
from app.pictures import png
from app.pictures.picture import NARROWEST, WIDEST
from app.web import answers
from app.web.call import Answer, Call

EXAMPLE = '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="800" height="480"></svg>'
SVG_TYPE, PNG_TYPE = "image/svg+xml", "image/png"
# Opened by itself it is a document: it may do nothing, whatever is in it.
SVG_CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox")
SVG: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            SVG_TYPE: {
                "schema": {
                    "type": "string",
                    "maxLength": 10_000_000,
                    "pattern": "^<svg ",
                    "examples": [EXAMPLE],
                }
            }
        }
    }
}
PNG: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            PNG_TYPE: {
                "schema": {
                    "type": "string",
                    "format": "binary",
                    "maxLength": 10_000_000,
                    "examples": ["(the bytes of the picture)"],
                }
            }
        }
    }
}


class ChartTheme(StrEnum):
    """Dark on light, or light on dark."""

    LIGHT = "light"
    DARK = "dark"


class DrawingQuery(Input):
    """How to draw it."""

    width: Annotated[int, query_int(NARROWEST, WIDEST, 800)] = Field(
        default=800, description="In CSS pixels; the height follows."
    )
    theme: ChartTheme = ChartTheme.LIGHT


class RasterQuery(DrawingQuery):
    """How to draw it, and how finely."""

    scale: Annotated[float, query_float(1, 3, 2)] = Field(
        default=2, description="Pixels of the picture for each CSS pixel, up to four megapixels."
    )


def named(answer: Answer, of: str, what: str, ending: str, how: str = "inline") -> Answer:
    """Say under which name to keep it: of our own making, since members' words have no place in a header."""
    if answer.status == HTTPStatus.OK:  # what is known already has no body
        value = f'{how}; filename="{what}-{of[:8]}.{ending}"'
        answer.headers.append((b"content-disposition", value.encode()))
    return answer


def svg_answer(call: Call, svg: str, of: str, what: str) -> Answer:
    """The SVG, or 304 to who has it; `of` is the id of what it shows."""
    answer = answers.document(call, svg.encode(), (b"content-type", SVG_TYPE.encode()), SVG_CSP)
    return named(answer, of, what, "svg")


async def png_answer(call: Call, svg: str, scale: float, of: str, what: str) -> Answer:
    """The same as PNG, drawn only for who does not have it yet. Errors: `Overloaded`."""
    etag = answers.weak_etag(f"{scale} {svg}".encode())
    answer = answers.tagged(call, b"", etag, (b"content-type", PNG_TYPE.encode()))
    if answer.status == HTTPStatus.OK:
        try:
            answer.body = await asyncio.to_thread(png.of, svg, scale)
        except png.NotDrawn:
            raise Overloaded("Too many pictures at once: try again shortly.") from None
    return named(answer, of, what, "png")
