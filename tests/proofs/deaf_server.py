"""The service without the stamp that tells of revocations: `python -m tests.proofs.deaf_server`, a control."""

import os

import uvicorn

from app.cli.serve import from_environment
from app.cli.server import configure

if __name__ == "__main__":
    app = from_environment()
    db = app.rooms.house.db
    db.token_stamp = lambda: 0
    config = configure(app)
    config.host, config.port = "127.0.0.1", int(os.environ["PORT"])
    uvicorn.Server(config).run()
