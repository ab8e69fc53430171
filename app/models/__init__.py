"""Tables only: no queries, no rules."""

from app.models.base import Base
from app.models.change import Change, FeedHead, Idempotency, Installation
from app.models.member import Member, MemberRole
from app.models.network import Network, NetworkPurpose, NetworkTerm
from app.models.organisation import ImportRun, Organisation, OrganisationParent, Outcode, Term
from app.models.person import OperatorRead, Person, PersonTopic, Token

__all__ = [
    "Base",
    "Change",
    "FeedHead",
    "Idempotency",
    "ImportRun",
    "Installation",
    "Member",
    "MemberRole",
    "Network",
    "NetworkPurpose",
    "NetworkTerm",
    "OperatorRead",
    "Organisation",
    "OrganisationParent",
    "Outcode",
    "Person",
    "PersonTopic",
    "Term",
    "Token",
]
