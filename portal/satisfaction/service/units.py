"""Who counts as one resident in a release, whichever way she comes (decision 0050)."""

from uuid import UUID

from sqlalchemy.orm import Session

from credit.queries.guard import phone_hash_of
from portal.satisfaction.rules.release import Bound, BoundBy


def bound_to(
    session: Session,
    *,
    person_id: UUID | None,
    phone_hash: str | None = None,
    link: UUID | None = None,
) -> Bound | None:
    """To what somebody's ratings are bound, so that she counts once a month: the telephone of her
    account or of her report (its keyed hash), else the account, else that one report.

    To count two as one never weakens the promise to either, to count one as two does; so also a
    telephone that nobody proved stands for one resident. None: nothing stands behind a rating.
    """
    own = phone_hash_of(session, person_id) if person_id is not None else None
    known = own or phone_hash
    if known is not None:
        return Bound(BoundBy.PHONE, known)
    if person_id is not None:
        return Bound(BoundBy.ACCOUNT, str(person_id))
    return Bound(BoundBy.LINK, str(link)) if link is not None else None
