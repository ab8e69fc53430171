"""Typed errors of decisions; `core.errors` has the rest."""

from app.core.errors import Conflict


class DecisionClosed(Conflict):
    code, title = "decision_closed", "This decision is closed"


class DecisionVoted(Conflict):
    code, title = "decision_voted", "Somebody voted: it stays as it was put to them"


class QuorumNotMet(Conflict):
    code, title = "quorum_not_met", "Too few voted for it to be adopted"


class QuorumMet(Conflict):
    code, title = "quorum_met", "Enough voted: say what was decided"


class BlockStands(Conflict):
    code, title = (
        "block_stands",
        "Somebody blocks it: say in outcome_note how that was met",
    )
