"""What an export has of help: duties that one wrote down or held. Of others nothing."""

from typing import Any

from sqlalchemy import bindparam, case, select
from sqlalchemy.types import Integer

from app.core import access
from app.core.helping_access import visible_duty, visible_duty_term
from app.models import Duty, DutyTerm


def _me() -> Any:
    return access.viewer_id()


def _some(statement: Any) -> Any:
    return statement.limit(bindparam("take", type_=Integer))


def _where_seen(seen: Any, column: Any) -> Any:
    return case((seen, column), else_=None).label(column.key)


def duties(rank: str) -> Any:
    """Every duty that one wrote down; what it says only where one reads it today."""
    seen = visible_duty(rank)
    said = [_where_seen(seen, column) for column in (Duty.title, Duty.body, Duty.detail)]
    columns = (Duty.id, Duty.network_id, *said, Duty.created_at, Duty.ended_on)
    mine = Duty.created_by == _me()
    return _some(select(*columns).where(mine).order_by(Duty.id.desc()))


def duty_terms(rank: str) -> Any:
    """Every term that one held a duty for, with the note handed over where one reads it today."""
    note = _where_seen(visible_duty_term(rank), DutyTerm.handover_note)
    columns = (
        *(DutyTerm.id, DutyTerm.network_id, DutyTerm.duty_id, DutyTerm.from_on, DutyTerm.to_on),
        note,
    )
    mine = DutyTerm.person_id == _me()
    return _some(select(*columns).where(mine).order_by(DutyTerm.id.desc()))


PARTS = {"duties": duties, "duty_terms": duty_terms}
