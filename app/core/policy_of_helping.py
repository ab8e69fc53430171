"""Who may do what with duties, requests for support and links: a part of `access.POLICY`, which has the words."""

WRITES = frozenset({"facilitator", "member"})
FACILITATES = frozenset({"facilitator", "operator"})
SELF_ALONE = frozenset({"self"})
HELPING: dict[str, frozenset[str]] = {
    "duty.create": WRITES,
    "duty.update": FACILITATES | {"self"},  # and to delete it: `self` is who wrote it down
    "duty.appoint": FACILITATES,
    "duty.end": FACILITATES,
    "duty_term.update": FACILITATES | {"self"},  # who holds the duty
    "ask.create": WRITES,
    "ask.update": SELF_ALONE,  # and to withdraw, answer or delete it: `self` is who asked
    "offer.create": WRITES,
    "offer.withdraw": SELF_ALONE,
    "pairing.wish": WRITES,
    "pairing.draw": FACILITATES,
    "resource.create": WRITES,
    "resource.update": FACILITATES | {"self"},  # and to delete it: `self` is who added it
}
