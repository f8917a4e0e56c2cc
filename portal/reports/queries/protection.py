"""Reads for the protection of reporters: every number under which a matter was known."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.organisations.queries import organisations_by_codes
from portal.reports.models import Case, CaseMerge, CasePart, CaseReporter
from portal.reports.queries.case import CaseRow
from portal.reports.queries.routing import known_of
from portal.reports.rules.routing import CaseKey


def numbers_around(session: Session, district: str, case_id: UUID) -> list[str]:
    """The numbers of a case, of all it was ever joined with, and of the parts of each of them."""
    found, last = {case_id}, {case_id}
    while last:
        pairs = session.execute(
            select(CaseMerge.case_id, CaseMerge.into_id).where(
                CaseMerge.district == district,
                CaseMerge.case_id.in_(last) | CaseMerge.into_id.in_(last),
            )
        )
        last = {each for pair in pairs for each in pair} - found
        found |= last
    parts = select(CasePart.case_id).where(
        CasePart.district == district, CasePart.whole_id.in_(found)
    )
    these = Case.id.in_(found) | Case.id.in_(parts)
    return list(session.scalars(select(Case.number).where(Case.district == district, these)))


def numbers_of(session: Session, case: CaseRow) -> list[str]:
    """The number of a case and those of its parts: what a unit may name as its source."""
    parts = (
        select(Case.number)
        .join(CasePart, (CasePart.district == Case.district) & (CasePart.case_id == Case.id))
        .where(CasePart.district == case.district, CasePart.whole_id == case.id)
    )
    return [case.number, *session.scalars(parts)]


def identity_of(
    session: Session, district: str, reporter_id: UUID
) -> tuple[UUID | None, str | None] | None:
    """The account and the hash of the telephone of a reporter, as long as they are known."""
    row = session.execute(
        select(CaseReporter.person_id, CaseReporter.phone_hash).where(
            CaseReporter.district == district, CaseReporter.id == reporter_id
        )
    ).first()
    return None if row is None else (row.person_id, row.phone_hash)


def complained_of(session: Session, case: CaseRow) -> list[UUID]:
    """The unit that a complaint is about, whoever said so: its reporter, the desk, a contract."""
    code = known_of(session, [case])[case.id].get(CaseKey.UNIT_COMPLAINED_OF)
    if not code:
        return []
    return [unit.id for unit in organisations_by_codes(session, [code]).values()]
