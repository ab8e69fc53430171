"""Who may do what with duties: a part of `access.POLICY`, which has the words."""

WRITES = frozenset({"facilitator", "member"})
FACILITATES = frozenset({"facilitator", "operator"})
HELPING: dict[str, frozenset[str]] = {
    "duty.create": WRITES,
    "duty.update": FACILITATES | {"self"},  # and to delete it: `self` is who wrote it down
    "duty.appoint": FACILITATES,
    "duty.end": FACILITATES,
    "duty_term.update": FACILITATES | {"self"},  # who holds the duty
}
