"""The service without the stamp that tells of revocations: `python -m tests.proofs.deaf_server`, a control."""

import os
from typing import Any

import uvicorn

from app.cli.serve import from_environment
from app.cli.server import configure


def deaf() -> Any:
    """The application, believing whatever it keeps."""
    app = from_environment()
    app.rooms.house.db.token_stamp = lambda: 0
    return app


if __name__ == "__main__":
    config = configure(deaf, factory=True)
    config.host, config.port = "127.0.0.1", int(os.environ["PORT"])
    uvicorn.Server(config).run()
