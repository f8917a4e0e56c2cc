"""After a restore: links to answer by were perhaps used since, so none opens any more."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credit.models import Honour
from credit.service.honours.found import subject_of
from portal.kernel.outbox import wipe_messages


def close_links(session: Session) -> int:
    """Let no link to an honour open any more; how many. Nominees still answer on their page."""
    numbers = session.scalars(select(Honour.number).where(Honour.link_hash.is_not(None))).all()
    for number in numbers:
        wipe_messages(session, subject_of(number))
    session.execute(
        update(Honour).where(Honour.number.in_(numbers)).values(link_hash=None)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return len(numbers)
