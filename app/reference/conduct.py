"""The code of conduct that a network has which wrote none of its own: version 0."""

from functools import cache
from importlib.resources import files


@cache
def house_conduct() -> str:
    """The text, in Markdown."""
    return (files("app.reference") / "conduct.md").read_text("utf-8").strip()
