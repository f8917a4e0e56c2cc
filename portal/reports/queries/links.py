"""Whom a link in a message belongs to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.ids import hash_token
from portal.reports.models import Case, CaseLink, CaseReporter
from portal.reports.queries.case import CaseReporterRow, columns
from portal.reports.rules.codes import LinkPurpose


@dataclass(frozen=True)
class LinkTarget:
    """The case a link opens, for which of its reporters, and what it was sent for."""

    number: str
    reporter: CaseReporterRow
    purpose: LinkPurpose


def link_target(session: Session, token: str, now: datetime) -> LinkTarget | None:
    """What a token opens: that of the receipt, or of a message's link that still holds."""
    return _of_message(session, token, now) or _of_receipt(session, token)


def _of_receipt(session: Session, token: str) -> LinkTarget | None:
    row = session.execute(
        select(Case.number, *columns(CaseReporter, CaseReporterRow))
        .join(Case, (Case.district == CaseReporter.district) & (Case.id == CaseReporter.case_id))
        .where(CaseReporter.token_hash == hash_token(token))
    ).first()
    return LinkTarget(row[0], CaseReporterRow(*row[1:]), LinkPurpose.FOLLOW) if row else None


def _of_message(session: Session, token: str, now: datetime) -> LinkTarget | None:
    row = session.execute(
        select(Case.number, CaseLink.purpose, *columns(CaseReporter, CaseReporterRow))
        .join(
            CaseReporter,
            (CaseReporter.district == CaseLink.district)
            & (CaseReporter.id == CaseLink.reporter_id),
        )
        # where she stands now: her case may have been joined with another one
        .join(Case, (Case.district == CaseReporter.district) & (Case.id == CaseReporter.case_id))
        .where(
            CaseLink.token_hash == hash_token(token),
            CaseLink.revoked_at.is_(None),
            CaseLink.expires_at > now,
        )
    ).first()
    return LinkTarget(row[0], CaseReporterRow(*row[2:]), row[1]) if row else None


def reporter_row(session: Session, district: str, reporter_id: UUID) -> CaseReporterRow | None:
    """One person behind a case."""
    row = session.execute(
        select(*columns(CaseReporter, CaseReporterRow)).where(
            CaseReporter.district == district, CaseReporter.id == reporter_id
        )
    ).first()
    return CaseReporterRow(*row) if row else None
