"""Who hears of a result and of what belongs to it: whoever sees it now, and whoever saw it before.

What only its authors see is told to authors alone, by its reach: an operator would else hear that something is gone.
"""

from collections.abc import Mapping
from typing import Any

from app.core.access import INSIDE
from app.core.changes import Told
from app.core.telling import reach_outside
from app.core.work import Work


def for_authors_alone(result: Mapping[str, Any]) -> bool:
    """Nobody but its authors sees it: a draft, withdrawn, or kept to themselves."""
    return bool(result["status"] != "published" or result["audience"] == "author")


def told_of_result(result: Mapping[str, Any], **more: Any) -> Told:
    """Whoever sees the result as it is; `more` is `await saw(…)` when it goes out of somebody's sight."""
    if more:
        return Told(network_id=result["network_id"], tier=INSIDE, outer=False, **more)
    if for_authors_alone(result):
        return told_to_authors(result)
    return Told(network_id=result["network_id"], tier=INSIDE, outer=False)


def told_of_part(result: Mapping[str, Any], **more: Any) -> Told:
    """The same of a measure, a cycle, feedback or an adoption of a result: whoever sees the result sees them."""
    return told_of_result(result, **more)


def told_to_authors(result: Mapping[str, Any]) -> Told:
    """Nobody but who wrote it, or did once."""
    return Told(
        network_id=result["network_id"],
        tier=INSIDE,
        outer=False,
        reach="author",
        reach_network_id=result["id"],
    )


async def saw(work: Work, network: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Who besides its authors has seen a result as it is in the database: for `told_of_result`. Empty: nobody."""
    if for_authors_alone(result):
        return {}
    if result["audience"] == "public":
        outside = await reach_outside(work, network)
        if outside is not None:
            return outside
    return {"reach": "member"}
