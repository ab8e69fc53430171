"""What a caller may do with a result now: its `actions`, by the policy and by the state it is in."""

from typing import Any

from app.core import access
from app.core.viewer import Scope, Viewer
from app.features.results.schemas import ResultStatus


def actions_of(
    viewer: Viewer, result: dict[str, Any], *, member: bool, archived: bool
) -> list[str]:
    """The names of what would be allowed now; `result` is a document of the contract, `member`: of its network."""
    if Scope.RESULTS_WRITE not in viewer.scopes or viewer.person_id is None:
        return []
    draft = result["status"] == ResultStatus.DRAFT
    published = result["status"] == ResultStatus.PUBLISHED
    roles = access.viewer_roles(viewer) | ({"self"} if result["mine"] else set())

    def may(verb: str) -> bool:
        action = f"result.{verb}"
        return access.allowed(action, roles) and (not archived or action in access.IN_ARCHIVE)

    found = {
        "update": may("update"),
        "publish": not published and member and may("publish"),
        "withdraw": published and may("withdraw"),
        "delete": draft and result["published_on"] is None and may("delete"),
        "give_feedback": published and not archived,
        "report_adoption": published and not archived,
    }
    return [name for name, yes in found.items() if yes]
