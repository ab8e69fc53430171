"""Reading the change log: visibility is applied in SQL before the limit, so hidden activity moves nothing."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.core import (
    access,
    decision_access,
    helping_access,
    listening_access,
    meeting_access,
    moderation_access,
    result_access,
    search_access,
)
from app.core.access import FRONT, HIDDEN, INSIDE, NAME
from app.core.days import at_midnight
from app.core.viewer import Scope, Viewer
from app.core.work import BLIND_KINDS, KINDS
from app.db.database import Database, Reads, fetch_one
from app.db.statement import worked_out_once
from app.db.types import ID, among
from app.models import (
    Action,
    Change,
    FeedHead,
    Member,
    Minutes,
    Network,
    Person,
    ResultAuthor,
)

SCOPE_OF_KIND = {
    "network": Scope.NETWORKS_READ,
    "member": Scope.MEMBERS_READ,
    "person": Scope.PEOPLE_READ,
    "token": Scope.TOKENS_READ,
    "invitation": Scope.MEMBERS_READ,
    "client": Scope.TOKENS_READ,
    "meeting": Scope.MEETINGS_READ,
    "attendance": Scope.MEETINGS_READ,
    "minutes": Scope.MEETINGS_READ,
    "action": Scope.MEETINGS_READ,
    "survey_round": Scope.NETWORKS_READ,
    "assessment": Scope.NETWORKS_READ,
    "calendar_token": Scope.TOKENS_READ,
    "result": Scope.RESULTS_READ,
    "measure": Scope.RESULTS_READ,
    "pdsa_cycle": Scope.RESULTS_READ,
    "feedback": Scope.RESULTS_READ,
    "adoption": Scope.RESULTS_READ,
    "report": Scope.MODERATION_READ,
    "saved_search": Scope.SEARCHES_READ,
    "resource": Scope.NETWORKS_READ,
    "duty": Scope.MEMBERS_READ,
    "duty_term": Scope.MEMBERS_READ,
    "decision": Scope.DECISIONS_READ,
    "vote": Scope.DECISIONS_READ,
    "ask": Scope.MEMBERS_READ,
    "offer": Scope.MEMBERS_READ,
    "pairing": Scope.MEMBERS_READ,
}
PUBLIC_KINDS = (
    "network", "meeting", "minutes", "result", "measure", "pdsa_cycle", "feedback", "adoption"
)  # fmt: skip
# Other people's are never for an operator's eyes, or not always.
PERSONS_OWN = ("token", "client", "calendar_token", "attendance", "saved_search")
# Positions that one statement looks at. Who sees little of what happened makes it look at everything (6 microseconds a
# position): one for a million would end at the statement timeout, at every try.
STRIDE = 10_000


def kinds_for(viewer: Viewer) -> tuple[str, ...]:
    """The kinds that this caller's token may read; nobody's token reads what is public."""
    if viewer.person_id is None:
        return PUBLIC_KINDS
    return tuple(kind for kind, scope in SCOPE_OF_KIND.items() if scope in viewer.scopes)


# The predicate of the kinds that are seen whole or not at all: looked up when it is needed, for there are many.
SEEN_BY: dict[str, tuple[Any, str]] = {
    "member": (access, "visible_member"),
    "token": (access, "visible_token"),
    "client": (access, "visible_client"),
    "invitation": (access, "visible_invitation"),
    "meeting": (meeting_access, "visible_meeting"),
    "attendance": (meeting_access, "visible_attendance"),
    "survey_round": (listening_access, "visible_survey_round"),
    "assessment": (listening_access, "visible_assessment"),
    "calendar_token": (meeting_access, "visible_calendar_token"),
    "result": (result_access, "visible_result"),
    "measure": (result_access, "visible_measure"),
    "pdsa_cycle": (result_access, "visible_cycle"),
    "feedback": (result_access, "visible_feedback"),
    "adoption": (result_access, "visible_adoption"),
    "report": (moderation_access, "visible_report"),
    "saved_search": (search_access, "visible_saved_search"),
    "resource": (helping_access, "visible_resource"),
    "duty": (helping_access, "visible_duty"),
    "duty_term": (helping_access, "visible_duty_term"),
    "decision": (decision_access, "visible_decision"),
    "vote": (decision_access, "visible_vote"),
    "ask": (helping_access, "visible_ask"),
    "offer": (helping_access, "visible_offer"),
    "pairing": (helping_access, "visible_pairing"),
}


def _sight(kind: str, rank: str) -> ColumnElement[int]:
    """The viewer's tier on the resource of a change row, or HIDDEN when it is not there for them now."""
    if kind == "network":
        return select(access.standing(rank)).where(Network.id == _id()).scalar_subquery()
    if kind == "person":
        return select(access.person_standing(rank)).where(Person.id == _id()).scalar_subquery()
    if kind == "minutes":  # what is being written lies inside, what was published in front
        whole = meeting_access.edits_minutes(rank)
        return _two_tiers(Minutes, whole, meeting_access.visible_minutes(rank))
    if kind == "action":  # under the Chatham House Rule who owns it lies inside
        seen = meeting_access.visible_action(rank)
        return _two_tiers(Action, and_(seen, meeting_access.reads_owner(rank)), seen)
    room, name = SEEN_BY[kind]
    model: Any = KINDS[kind]
    seen = getattr(room, name)(rank)
    return case((exists(select(1).where(model.id == _id(), seen)), INSIDE), else_=HIDDEN)


def _two_tiers(
    model: Any, whole: ColumnElement[bool], seen: ColumnElement[bool]
) -> ColumnElement[int]:
    """INSIDE for whoever reads the whole of it, FRONT for whoever sees it."""
    inside = exists(select(1).where(model.id == _id(), whole))
    return case(
        (inside, INSIDE), (exists(select(1).where(model.id == _id(), seen)), FRONT), else_=HIDDEN
    )


def _id() -> Any:
    """The resource id as an id: every kind so far has one."""
    return Change.resource_id.cast(ID)


def _reached(rank: str) -> ColumnElement[bool]:
    """The viewer hears of this although the resource may be out of their sight: see `models.Change`."""
    anyone = Change.reach == "anyone"
    if rank == "anonymous":
        return anyone
    mine = aliased(Member)
    member = exists(
        select(1).where(
            mine.network_id == Change.reach_network_id,
            mine.person_id == access.viewer_id(),
            mine.status == "active",
            or_(Change.reach == "member", mine.role == "facilitator"),
        )
    )
    # Who wrote a result hears what became of it, until they are no author any more; of what none but its authors saw,
    # nobody else does.
    until = or_(
        ResultAuthor.removed.is_(False),
        and_(Change.kind == "result", Change.version <= ResultAuthor.removed_version),
    )
    about = case((Change.kind == "result", _id()), else_=Change.reach_network_id)
    wrote = and_(
        or_(Change.kind == "result", Change.reach == "author"),
        exists(
            select(1).where(
                ResultAuthor.result_id == about,
                ResultAuthor.person_id == access.viewer_id(),
                until,
            )
        ),
    )
    oneself = or_(Change.person_id == access.viewer_id(), wrote)
    if rank == "operator":
        for_all = or_(Change.reach.is_(None), Change.reach != "author")
        others = among(Change.kind, PERSONS_OWN)
        # Attendance that all members saw, an operator saw too: it may have come under the Chatham House Rule since.
        shown = or_(Change.reach == "member", and_(Change.reach == "facilitator", member))
        return or_(and_(~others, for_all), oneself, and_(Change.kind == "attendance", shown))
    return or_(
        anyone,
        Change.reach == "signed_in",
        oneself,
        and_(among(Change.reach, ["member", "facilitator"]), member),
    )


def _own_spell_stays(seen: Any, rank: str) -> ColumnElement[bool]:
    """The network went out of sight, but not one's own request or invitation: what is in it is not all gone."""
    if rank == "anonymous":
        return false()
    mine = aliased(Member)
    still_open = exists(
        select(1).where(
            mine.network_id == seen.c.network_id,
            mine.person_id == access.viewer_id(),
            among(mine.status, ["invited", "requested", "active"]),
        )
    )
    return and_(seen.c.kind == "network", still_open)


def shape(rank: str, kinds: tuple[str, ...], given: frozenset[str]) -> Any:
    """The SELECT of a page: rows in sight whose change is in sight, and rows that went out of it."""
    # What was deleted has no tier at all.
    sight = func.coalesce(
        case(*((Change.kind == kind, _sight(kind, rank)) for kind in kinds), else_=HIDDEN), HIDDEN
    )
    row = (
        select(
            Change.seq, Change.kind, Change.resource_id, Change.network_id, Change.version, Change.outer_version,
            Change.name_version, Change.at, Change.tier, Change.outside, Change.op, Change.scope, Change.person_id,
            Change.reach, _reached(rank).label("reached"), sight.label("sight"),
        )
        .where(
            Change.seq > bindparam("since", type_=BigInteger), Change.seq <= bindparam("until", type_=BigInteger),
            among(Change.kind, kinds),
        )
    )  # fmt: skip
    if "network_id" in given:
        row = row.where(Change.network_id == bindparam("network_id", type_=ID))
    if "kind" in given:
        row = row.where(Change.kind == bindparam("kind"))
    seen = worked_out_once(row.order_by(Change.seq)).subquery()
    there = seen.c.sight > HIDDEN
    for_all = seen.c.scope == "all"
    for_me = (
        and_(seen.c.scope == "person", seen.c.person_id == access.viewer_id())
        if rank != "anonymous"
        else false()
    )
    # A reader inside counts every version; outside, only what could be seen there. An operator may read the inside
    # of everything, one at a time and on record, and hears of everything, but of nobody under the Chatham House Rule.
    inside = seen.c.sight >= INSIDE
    if rank == "operator":
        inside = or_(inside, and_(there, seen.c.kind != "action"))
    shown = and_(there, or_(inside, and_(seen.c.sight >= seen.c.tier, seen.c.outside.is_(True))))
    # What only its authors saw at the time stays theirs when it is published: when they wrote is nobody's business.
    shown = and_(shown, or_(seen.c.reach.is_(None), seen.c.reach != "author", seen.c.reached))
    op = case(
        (~there, case((_own_spell_stays(seen, rank), "scope_changed"), else_="gone")),
        (or_(for_all, for_me), "scope_changed"),
        else_="upsert",
    )
    named = and_(seen.c.kind == "network", seen.c.sight == NAME)
    return (
        select(
            seen.c.kind, seen.c.resource_id.label("id"), seen.c.network_id, op.label("op"),
            case((inside, seen.c.version), (named, seen.c.name_version), else_=seen.c.outer_version).label("version"),
            seen.c.at, seen.c.seq.label("_seq"),
        )
        .where(or_(shown, and_(~there, seen.c.reached), for_me))
        .order_by(seen.c.seq)
        .limit(bindparam("take", type_=Integer))
    )  # fmt: skip


def _head() -> Any:
    return select(FeedHead.seq, FeedHead.kept_from).where(FeedHead.id == 1)


async def position(reads: Reads) -> tuple[int, int]:
    """The last position given, and the first one kept."""
    row = await fetch_one(reads, "feed position", _head, {})
    return (int(row["seq"]), int(row["kept_from"])) if row else (0, 1)


async def page(
    db: Database, viewer: Viewer, since: int, limit: int, filters: dict[str, Any]
) -> tuple[list[dict[str, Any]], bool, int]:
    """Up to `limit` changes after `since`, whether there are more, and where the next page starts.

    The head is read first: what commits meanwhile is on the next page, not lost between the two.
    """
    head, _ = await position(db)
    rank, kinds = viewer.rank, kinds_for(viewer)
    if not kinds:
        return [], False, head
    values = {**access.values(viewer), **filters}
    given = frozenset(filters)
    fetch = db.fetch if head - since <= STRIDE else db.fetch_slow
    rows: list[dict[str, Any]] = []
    for start in range(since, head, STRIDE):
        stretch = {"since": start, "until": min(start + STRIDE, head)}
        wanted = {**values, **stretch, "take": limit + 1 - len(rows)}
        rows += await fetch(
            ("changes", rank, kinds, given), lambda: shape(rank, kinds, given), wanted
        )
        if len(rows) > limit:
            break
    more = len(rows) > limit
    rows = rows[:limit]
    reached = rows[-1]["_seq"] if more else head
    for row in rows:
        del row["_seq"]
        if row["kind"] in BLIND_KINDS:  # the time of day could name an author
            row["at"] = at_midnight(row["at"])
    return rows, more, reached
