"""What the desk enters about a case because rows of the list ask for it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Forbidden, Refused
from portal.organisations.queries import organisation_by_code
from portal.reports.models import CaseAttribute
from portal.reports.queries.case import CaseRow
from portal.reports.queries.routing import attributes_of
from portal.reports.rules.routing import CaseKey, RoutingRefusal, read_value
from portal.reports.rules.transitions import holds
from portal.reports.service.protection import protect_all

UNITS = frozenset({CaseKey.PERMIT_HOLDER, CaseKey.UNIT_COMPLAINED_OF})


def set_attributes(
    session: Session,
    case: CaseRow,
    typed: Mapping[CaseKey, str],
    *,
    actor: Actor,
    now: datetime,
) -> CaseRow:
    """Keep what is known now; an empty value forgets. The audit keeps what was there before."""
    if not holds(actor, Permission.REPORT_DISPATCH, case.place_path, None):
        raise Forbidden
    before = attributes_of(session, [case])[case.id]
    values = {key: _value(session, key, text) for key, text in typed.items()}
    for key, value in values.items():
        if value != before.get(key):
            _put(session, case, key, value, now)
            note_action(
                session,
                at=now,
                actor_id=actor.person_id,
                action="case:attribute",
                subject=f"case:{case.number}",
                reason=f"{key}: {before.get(key, '–')} → {value or '–'}",
            )
    if values.get(CaseKey.UNIT_COMPLAINED_OF) != before.get(CaseKey.UNIT_COMPLAINED_OF):
        protect_all(session, case, now=now)
    return case


def _value(session: Session, key: CaseKey, text: str) -> str | None:
    """A value as it is stored; None for nothing."""
    if not text.strip():
        return None
    value = read_value(key, text)
    known = key not in UNITS or (value and organisation_by_code(session, value))
    if value is None or not known:
        bad = RoutingRefusal.BAD_AREA if key is CaseKey.AREA_M2 else RoutingRefusal.BAD_VALUE
        raise Refused(bad, field=key.value)
    return value


def _put(session: Session, case: CaseRow, key: CaseKey, value: str | None, now: datetime) -> None:
    """One statement, so that two clerks who enter the same thing at once both succeed."""
    if value is None:
        which = (
            CaseAttribute.district == case.district,
            CaseAttribute.case_id == case.id,
            CaseAttribute.key == key,
        )
        changed_rows(session, delete(CaseAttribute).where(*which))
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    new = {"value": value, "entered_at": now}
    statement = dialect.insert(CaseAttribute).values(
        district=case.district, case_id=case.id, key=key, **new
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[CaseAttribute.district, CaseAttribute.case_id, CaseAttribute.key],
            set_=new,
        )
    )
