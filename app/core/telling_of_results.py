"""Who hears of a result and of what belongs to it: whoever sees it now, and whoever saw it before.

What only its authors see is told to authors alone, by its reach: an operator would else hear that something is gone.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.core.access import INSIDE
from app.core.changes import Told, change
from app.core.telling import reach_outside
from app.core.work import Work


def for_authors_alone(result: Mapping[str, Any]) -> bool:
    """Nobody but its authors sees it: a draft, withdrawn, or kept to themselves."""
    return bool(result["status"] != "published" or result["audience"] == "author")


def told_of_result(result: Mapping[str, Any], **more: Any) -> Told:
    """Whoever sees the result as it is; `more` is `await saw(…)` when it goes out of somebody's sight."""
    if not more and for_authors_alone(result):
        return told_to_authors(result)
    return Told(network_id=result["network_id"], tier=INSIDE, outer=False, **more)


def told_of_part(result: Mapping[str, Any], **more: Any) -> Told:
    """The same of a measure, a cycle, feedback or an adoption of a result: whoever sees the result sees them."""
    return told_of_result(result, **more)


def told_to_authors(result: Mapping[str, Any], **more: Any) -> Told:
    """Nobody but who wrote it."""
    return Told(
        network_id=result["network_id"],
        tier=INSIDE,
        outer=False,
        reach="author",
        reach_network_id=result["id"],
        **more,
    )


async def told_of_edit(
    work: Work,
    network: Mapping[str, Any],
    row: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    joined: bool = False,
) -> Told:
    """Whoever sees the result after an edit, and whoever saw it before: it is gone for them.

    Where somebody comes to see it, or an author has `joined`, what belongs to it comes into their sight with it: that
    is a change of scope. Who is an author no more hears of their removal whatever this says (`exchange.sync`).
    """
    before, after = await saw(work, network, row), await saw(work, network, new)
    scope: dict[str, Any] = {"scope": "all"} if joined or before != after else {}
    if before and before != after:
        return told_of_result(new, **before, **scope)
    if for_authors_alone(new):
        return told_to_authors(new, **scope)
    return Told(network_id=new["network_id"], tier=INSIDE, outer=False, **scope)


async def saw(work: Work, network: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Who besides its authors sees a result as it stands in `result`: for `told_of_result`. Empty: nobody."""
    if for_authors_alone(result):
        return {}
    if result["hidden_on"] is not None:
        return {"reach": "facilitator"}
    if result["audience"] == "public":
        outside = await reach_outside(work, network)
        if outside is not None:
            return outside
    return {"reach": "member"}


def again(seen: Mapping[str, Any]) -> dict[str, str]:
    """What belongs to a result is gone, which `seen` (of `saw`) heard: its authors may be none of those.

    An author who left the network sees the result all the same. So the result says, to all who see it, that what
    belongs to it is to be listed again: whether there is such an author, nobody can tell.
    """
    return {"scope": "all"} if seen.get("reach") in ("member", "facilitator") else {}


def part_is_gone(
    work: Work,
    result: Mapping[str, Any],
    seen: Mapping[str, Any],
    edit: Callable[..., object] = change,
) -> None:
    """Record it of the result too, where not everybody who sees it heard otherwise."""
    scope = again(seen)
    if scope:
        told = Told(network_id=result["network_id"], tier=INSIDE, outer=False, **scope)
        edit(work, "result.part_gone", result, {}, told)
