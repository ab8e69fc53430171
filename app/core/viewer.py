"""Who is asking, and what their token allows."""

from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """What a token may be used for; the right is the scope *and* the person's right."""

    NETWORKS_READ = "networks:read"
    NETWORKS_WRITE = "networks:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    MEMBERS_PROVISION = "members:provision"
    MEETINGS_READ = "meetings:read"
    MEETINGS_WRITE = "meetings:write"
    RESULTS_READ = "results:read"
    RESULTS_WRITE = "results:write"
    DECISIONS_READ = "decisions:read"
    DECISIONS_WRITE = "decisions:write"
    SEARCHES_READ = "searches:read"
    SEARCHES_WRITE = "searches:write"
    MODERATION_READ = "moderation:read"
    MODERATION_WRITE = "moderation:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    ORGANISATIONS_READ = "organisations:read"
    TOKENS_READ = "tokens:read"
    TOKENS_WRITE = "tokens:write"
    CHANGES_READ = "changes:read"
    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"
    AUDIT_READ = "audit:read"
    OPERATE = "operate"


# What each opens, as far as its person's right goes: in the contract, and in docs/access.md word for word.
OPENS: dict[Scope, str] = {
    Scope.NETWORKS_READ: "reading networks and their purposes",
    Scope.NETWORKS_WRITE: "setting up, editing, archiving, deleting networks",
    Scope.MEMBERS_READ: "reading members and histories",
    Scope.MEMBERS_WRITE: "joining, inviting, approving, leaving, roles",
    Scope.MEMBERS_PROVISION: "adding people at once to the one network that the token is bound to",
    Scope.MEETINGS_READ: "reading meetings, attendance, minutes, actions and calendars",
    Scope.MEETINGS_WRITE: "planning meetings, answering, recording who came, minutes, actions",
    Scope.RESULTS_READ: "reading results, measures, cycles, feedback and adoptions",
    Scope.RESULTS_WRITE: "writing and publishing results, measuring, feedback, reporting adoptions",
    Scope.DECISIONS_READ: "reading decisions, their tallies and who voted how",
    Scope.DECISIONS_WRITE: "putting proposals to the vote, voting, closing decisions",
    Scope.SEARCHES_READ: "reading one's own saved searches, and what is new in them",
    Scope.SEARCHES_WRITE: "saving searches, editing and deleting them",
    Scope.MODERATION_READ: "reading codes of conduct, and reports: one's own, and those of what one facilitates",
    Scope.MODERATION_WRITE: "accepting and writing codes of conduct, reporting content, deciding on reports",
    Scope.PEOPLE_READ: "reading people, and oneself",
    Scope.PEOPLE_WRITE: "editing oneself; as an operator making people",
    Scope.ORGANISATIONS_READ: "reading organisations",
    Scope.TOKENS_READ: "reading one's own tokens and clients",
    Scope.TOKENS_WRITE: "making and revoking tokens, registering and revoking clients",
    Scope.CHANGES_READ: "the change feed, of the kinds that the other scopes read",
    Scope.ACCOUNT_READ: "exporting everything that is kept about oneself",
    Scope.ACCOUNT_WRITE: "having oneself erased",
    Scope.AUDIT_READ: "reading the audit, as a facilitator or an operator",
    Scope.OPERATE: "using an operator's rights; without it an operator is anybody",
}
ALL_SCOPES = frozenset(Scope)
# For a token that a person carries: all but what is given on purpose.
PERSONAL_SCOPES = ALL_SCOPES - {Scope.MEMBERS_PROVISION, Scope.OPERATE}


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller. `network_id` is the one network a provisioning token is bound to.

    `issuer` vouches for somebody who signed in; they carry no token of ours, so `token_id` is None. The access tokens
    of a client come and go: `token_id` is the client's then, in the log, for limits, everywhere.
    """

    person_id: str | None = None
    token_id: str | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    is_operator: bool = False
    network_id: str | None = None
    expires_at: str | None = None
    issuer: str | None = None

    @property
    def operator(self) -> bool:
        """An operator whose token may operate."""
        return self.is_operator and Scope.OPERATE in self.scopes

    @property
    def house(self) -> bool:
        """The installation itself, as at the command line: an operator who is no person."""
        return self.person_id is None and self.operator

    @property
    def rank(self) -> str:
        """The class of viewer that a query's shape depends on."""
        if self.person_id is None:
            return "anonymous"
        return "operator" if self.operator else "person"


ANONYMOUS = Viewer()
HOUSE = Viewer(scopes=frozenset({Scope.OPERATE}), is_operator=True)
