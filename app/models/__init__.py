"""Tables only: no queries, no rules."""

from app.models.account import Client, Identity, Token, UsedAssertion
from app.models.base import Base
from app.models.change import Change, FeedHead, Idempotency, Installation
from app.models.invitation import Invitation
from app.models.member import Member, MemberRole
from app.models.network import Network, NetworkPurpose, NetworkTerm
from app.models.organisation import ImportRun, Organisation, OrganisationParent, Outcode, Term
from app.models.person import Erasure, Person, PersonTopic

__all__ = [
    "Base",
    "Change",
    "Client",
    "Erasure",
    "FeedHead",
    "Idempotency",
    "Identity",
    "ImportRun",
    "Installation",
    "Invitation",
    "Member",
    "MemberRole",
    "Network",
    "NetworkPurpose",
    "NetworkTerm",
    "Organisation",
    "OrganisationParent",
    "Outcode",
    "Person",
    "PersonTopic",
    "Term",
    "Token",
    "UsedAssertion",
]
