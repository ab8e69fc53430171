"""Tables only: no queries, no rules."""

from app.models.account import Client, Identity, Token, UsedAssertion
from app.models.base import Base
from app.models.calendar_token import CalendarToken
from app.models.change import Change, FeedHead, Idempotency, Installation
from app.models.follow_up import Action, Minutes, MinutesEdition
from app.models.invitation import Invitation
from app.models.meeting import Attendance, Meeting, MeetingException
from app.models.member import Member, MemberRole
from app.models.network import Network, NetworkPurpose, NetworkTerm
from app.models.organisation import ImportRun, Organisation, OrganisationParent, Outcode, Term
from app.models.person import Erasure, Person, PersonTopic

__all__ = [
    "Action",
    "Attendance",
    "Base",
    "CalendarToken",
    "Change",
    "Client",
    "Erasure",
    "FeedHead",
    "Idempotency",
    "Identity",
    "ImportRun",
    "Installation",
    "Invitation",
    "Meeting",
    "MeetingException",
    "Member",
    "MemberRole",
    "Minutes",
    "MinutesEdition",
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
