"""What goes from a recorded consent together with the identity of whom it names."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.kernel.uploads import register_blob_keeper
from portal.reports.models import CaseProxy


def forget_consent(session: Session, district: str, reporter_id: UUID) -> list[str]:
    """Drop relation, consent and the photo of the paper; the files to delete.

    Who filed it stays: she may not verify it, and nobody else is named by that.
    """
    mine = (CaseProxy.district == district, CaseProxy.reporter_id == reporter_id)
    files = session.execute(
        select(CaseProxy.paper_key, CaseProxy.paper_thumbnail_key).where(*mine)
    ).all()
    session.execute(
        update(CaseProxy)
        .where(*mine)
        .values(
            relation=None,
            consent_way=None,
            consent_version=None,
            consent_words=None,
            paper_key=None,
            paper_thumbnail_key=None,
        )
        .execution_options(synchronize_session=False)
    )
    return [key for row in files for key in row if key]


def export_consent(
    session: Session, number: str, district: str, reporter_id: UUID
) -> list[dict[str, Any]]:
    """How it was recorded that she agreed, for her own copy."""
    rows = session.scalars(
        select(CaseProxy).where(
            CaseProxy.district == district,
            CaseProxy.reporter_id == reporter_id,
            CaseProxy.consent_way.is_not(None),
        )
    )
    return [
        {
            "table": "case_proxy",
            "number": number,
            "relation": row.relation.value if row.relation else None,
            "way": row.consent_way.value if row.consent_way else None,
            "words": row.consent_words,
            "paper": row.paper_key is not None,
            "filed_at": row.filed_at.isoformat(),
        }
        for row in rows
    ]


def _papers_in_use(session: Session, keys: frozenset[str]) -> Iterable[str | None]:
    rows = session.execute(
        select(CaseProxy.paper_key, CaseProxy.paper_thumbnail_key).where(
            or_(CaseProxy.paper_key.in_(keys), CaseProxy.paper_thumbnail_key.in_(keys))
        )
    )
    return {key for row in rows for key in row}


register_blob_keeper(_papers_in_use)
