"""A plain FastAPI application, as it is written on a first afternoon: what the bar must fail.

Nothing in it is wrong in Python, and all of it works. `python -m openapi.bar.plain PORT` serves it.
"""

import sys
from datetime import datetime
from typing import Any, Literal, Optional, Union

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI(title="Networks")


class Meeting(BaseModel):
    """One sort of event."""

    kind: Literal["meeting"] = "meeting"
    startTime: datetime  # noqa: N815 - as JavaScript would have it


class Course(BaseModel):
    """Another sort of event."""

    kind: Literal["course"] = "course"
    places: int = 12


class Network(BaseModel):
    """One model for what comes in and what goes out."""

    id: Optional[int] = None  # noqa: UP045 - as much code has it
    name: str
    purpose: Optional[str] = None  # noqa: UP045
    topics: list[str] = []
    next_event: Optional[Union[Meeting, Course]] = None  # noqa: UP007, UP045
    extra: Any = None
    type: str = Field(default="learning", serialization_alias="type")


NETWORKS: dict[int, Network] = {}


@app.get("/getNetworks")
def get_networks(q: Optional[str] = None, limit: int = 20) -> list[Network]:  # noqa: UP045
    """List them."""
    return [network for network in NETWORKS.values() if not q or q in network.name][:limit]


@app.post("/network")
def create_network(network: Network) -> Network:
    """Make one."""
    network.id = len(NETWORKS) + 1
    NETWORKS[network.id] = network
    return network


@app.get("/network/{networkId}")
def get_network(networkId: int) -> Network:  # noqa: N803 - as JavaScript would have it
    """Read one."""
    if networkId not in NETWORKS:
        raise HTTPException(404, "Not found")
    return NETWORKS[networkId]


@app.patch("/network/{networkId}")
def update_network(networkId: int, network: Network) -> Network:  # noqa: N803
    """Change one."""
    NETWORKS[networkId] = network
    return network


@app.delete("/network/{networkId}")
def delete_network(networkId: int) -> dict[str, Any]:  # noqa: N803
    """Delete one."""
    del NETWORKS[networkId]
    return {"ok": True}


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
