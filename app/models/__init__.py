"""Tables only: no queries, no rules."""

from app.models.account import Client, Identity, Token, UsedAssertion
from app.models.base import Base
from app.models.calendar_token import CalendarToken
from app.models.change import Change, FeedHead, Idempotency, Installation
from app.models.deciding import (
    CharterAcceptance,
    CharterVersion,
    Decision,
    NetworkStage,
    Vote,
)
from app.models.finding import NameWord, Place, SavedSearch, SearchGap, SearchState, SearchWord
from app.models.follow_up import Action, Minutes, MinutesEdition
from app.models.helping import Ask, Duty, DutyTerm, Offer, Pairing, PairingWish, Resource
from app.models.invitation import Invitation
from app.models.listening import Assessment, SurveyCount, SurveyPart, SurveyRound
from app.models.meeting import Attendance, Meeting, MeetingException
from app.models.member import Member, MemberRole
from app.models.moderation import Conduct, ConductAcceptance, Report
from app.models.network import Network, NetworkPurpose, NetworkTerm
from app.models.organisation import ImportRun, Organisation, OrganisationParent, Outcode, Term
from app.models.person import Erasure, Person, PersonTopic
from app.models.result import Measure, MeasureSeries, PdsaCycle, Result, ResultAuthor, ResultTopic
from app.models.sharing import Adoption, Feedback

__all__ = [
    "Action",
    "Adoption",
    "Ask",
    "Assessment",
    "Attendance",
    "Base",
    "CalendarToken",
    "Change",
    "CharterAcceptance",
    "CharterVersion",
    "Client",
    "Conduct",
    "ConductAcceptance",
    "Decision",
    "Duty",
    "DutyTerm",
    "Erasure",
    "FeedHead",
    "Feedback",
    "Idempotency",
    "Identity",
    "ImportRun",
    "Installation",
    "Invitation",
    "Measure",
    "MeasureSeries",
    "Meeting",
    "MeetingException",
    "Member",
    "MemberRole",
    "Minutes",
    "MinutesEdition",
    "NameWord",
    "Network",
    "NetworkPurpose",
    "NetworkStage",
    "NetworkTerm",
    "Offer",
    "Organisation",
    "OrganisationParent",
    "Outcode",
    "Pairing",
    "PairingWish",
    "PdsaCycle",
    "Person",
    "PersonTopic",
    "Place",
    "Report",
    "Resource",
    "Result",
    "ResultAuthor",
    "ResultTopic",
    "SavedSearch",
    "SearchGap",
    "SearchState",
    "SearchWord",
    "SurveyCount",
    "SurveyPart",
    "SurveyRound",
    "Term",
    "Token",
    "UsedAssertion",
    "Vote",
]
