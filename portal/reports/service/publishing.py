"""Words that are public without a check where a city allows it; which photo files are in use."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.kernel.city import City
from portal.kernel.errors import BadData
from portal.kernel.instance import instance_of
from portal.kernel.uploads import register_blob_keeper
from portal.reports.models import CasePhoto, CaseText, Category
from portal.reports.queries.case import CaseRow, texts_of
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.codes import Review
from portal.reports.rules.guarding import (
    SECTION,
    SETTING,
    Act,
    at_once_from,
    is_public_at_once,
)
from portal.reports.service.decisions import Decided, note_decisions
from portal.reports.service.notices import tell_author


def publish_at_once(
    session: Session, case: CaseRow, category: CategoryRow, *, verified: bool, now: datetime
) -> None:
    """Approve a new report's words as masked, if its reporter and its kind allow it.

    Photos always wait for a check: no machine finds every face.
    """
    allowed = is_public_at_once(
        category.code,
        category.target,
        at_once_from(instance_of(session).city.raw),
        verified=verified,
        urgent=case.urgent,
    )
    if not allowed:
        return
    waiting = [text for text in texts_of(session, case) if text.review is Review.PENDING]
    session.execute(
        update(CaseText)
        .where(
            CaseText.district == case.district,
            CaseText.case_id == case.id,
            CaseText.id.in_([text.id for text in waiting]),
            CaseText.review == Review.PENDING,
        )
        .values(review=Review.APPROVED)
    )
    decided = [Decided(t.id, Act.AT_ONCE, by_reporter=True, after=t.public_text) for t in waiting]
    note_decisions(session, case, decided, actor_id=None, now=now)
    if any(text.public_text != text.text for text in waiting):
        tell_author(session, case, "report.masked", now=now)


def check_publishing(session: Session, city: City, _now: datetime) -> "Publishing":
    """Whether the kinds named in the city file exist. Raises BadData."""
    try:
        codes = at_once_from(city.raw)
    except ValueError as error:
        raise BadData(f"city {city.code}", [(1, str(error))]) from error
    known = set(session.scalars(select(Category.code)))
    unknown = sorted(codes - known)
    if unknown:
        problem = f"{SECTION}.{SETTING}: no such kind: {', '.join(unknown)}"
        raise BadData(f"city {city.code}", [(1, problem)])
    return Publishing(len(codes))


class Publishing:
    """How many kinds are public at once, for the line that ``gongzhi city init`` prints."""

    def __init__(self, kinds: int) -> None:
        self.kinds = kinds


def _photo_keys_in_use(session: Session, keys: frozenset[str]) -> set[str | None]:
    columns = (
        CasePhoto.blob_key,
        CasePhoto.thumbnail_key,
        CasePhoto.public_key,
        CasePhoto.public_thumbnail_key,
    )
    rows = session.execute(select(*columns).where(or_(*(column.in_(keys) for column in columns))))
    return {key for row in rows for key in row}


register_blob_keeper(_photo_keys_in_use)
