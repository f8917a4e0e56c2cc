"""Links for messages: minted when a message is queued, only their hashes kept, revocable."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.kernel.ids import hash_token, new_token
from portal.kernel.instance import instance_of
from portal.reports.models import CaseLink, CaseReporter
from portal.reports.queries.case import CaseReporterRow
from portal.reports.rules.codes import LinkPurpose

LIFETIME = timedelta(days=90)


def mint_link(
    session: Session, reporter: CaseReporterRow, purpose: LinkPurpose, *, now: datetime
) -> str:
    """A new address that opens the reporter's own case."""
    token = new_token()
    session.add(
        CaseLink(
            district=reporter.district,
            token_hash=hash_token(token),
            case_id=reporter.case_id,
            reporter_id=reporter.id,
            purpose=purpose,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return f"{instance_of(session).config.origin}/r/{token}"


def revoke_links(session: Session, reporter: CaseReporterRow, *, now: datetime) -> None:
    """Close every link of a reporter, that of her receipt too, e.g. when her phone is lost.

    Number and look-up code still open her report: they are typed, and stand in no message.
    """
    session.execute(
        update(CaseLink)
        .where(
            CaseLink.district == reporter.district,
            CaseLink.reporter_id == reporter.id,
            CaseLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    session.execute(
        update(CaseReporter)
        .where(CaseReporter.district == reporter.district, CaseReporter.id == reporter.id)
        # nobody has that token
        .values(token_hash=hash_token(new_token()))
    )


def forget_links(session: Session, *, now: datetime) -> None:
    """Drop links that have expired."""
    session.execute(delete(CaseLink).where(CaseLink.expires_at < now))
