"""Who may do what about decisions; part of the one policy (`core.access`)."""

_KEEPS = frozenset({"facilitator", "operator", "self"})  # `self` is who proposed it
DECIDING: dict[str, frozenset[str]] = {
    "decision.create": frozenset({"facilitator", "member"}),
    "decision.update": _KEEPS,
    "decision.delete": _KEEPS,
    "decision.close": _KEEPS,
    "decision.vote": frozenset({"facilitator", "member"}),
}
