"""The contract of charts: what may be asked for."""

from pydantic import Field

from app.core.text import Input
from app.features.measures.analysis_schemas import Chart, Ruleset
from app.web.drawn import DrawingQuery, RasterQuery


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


class ChartQuery(DrawingQuery, LookQuery):
    """How to draw it."""


class PictureQuery(RasterQuery, ChartQuery):
    """How to draw it, and how finely."""
