"""Recorded consent taken back: by the resident, or by whoever filed for her at her word."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.kernel.db import changed_rows
from portal.kernel.errors import Refused
from portal.reports.models import CaseProxy
from portal.reports.queries.case import CaseReporterRow
from portal.reports.rules.doors import FilingRefusal
from portal.reports.service.personal import forget_reporter


def withdraw_consent(session: Session, reporter: CaseReporterRow, *, now: datetime) -> None:
    """Take it back, once: whatever is known of her goes, and the matter stays as nobody's."""
    standing = (
        update(CaseProxy)
        .where(
            CaseProxy.district == reporter.district,
            CaseProxy.reporter_id == reporter.id,
            CaseProxy.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )
    if changed_rows(session, standing) != 1:
        raise Refused(FilingRefusal.WITHDRAWN)
    forget_reporter(session, reporter.district, reporter.id, now)
