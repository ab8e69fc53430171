"""The contract of charts: what may be asked for, and what comes back."""

from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import Field

from app.core.text import Input, query_float, query_int
from app.features.measures.analysis_schemas import Chart, Ruleset
from app.pictures.picture import NARROWEST, WIDEST

EXAMPLE = '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="800" height="480"></svg>'
SVG_TYPE, PNG_TYPE = "image/svg+xml", "image/png"
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


class LookQuery(Input):
    """How to look at a measure, where that is to be other than its authors set it up."""

    chart: Chart | None = Field(default=None, description="Default: the measure's.")
    ruleset: Ruleset | None = Field(
        default=None,
        description=(
            "Default: the measure's, or those that a chart asked for has of its own. Without a chart, `perla` is read "
            "on a run chart and `mdc` on an XmR chart where they do not go with the measure's."
        ),
    )


class ChartQuery(LookQuery):
    """How to draw it."""

    width: Annotated[int, query_int(NARROWEST, WIDEST, 800)] = Field(
        default=800, description="In CSS pixels; the height follows."
    )
    theme: ChartTheme = ChartTheme.LIGHT


class PictureQuery(ChartQuery):
    """How to draw it, and how finely."""

    scale: Annotated[float, query_float(1, 3, 2)] = Field(
        default=2, description="Pixels of the picture for each CSS pixel, up to four megapixels."
    )
