"""The product as an ASGI application for uvicorn's `--factory`, settings from the environment."""

from app.main import create_app
from app.settings import Settings
from app.web.front import Front

SECRET = "a benchmark keeps nothing that this could protect"  # noqa: S105 - of no worth


def make() -> Front:
    """The application."""
    return create_app(Settings(), SECRET)
