"""Seen and solved by oneself (R276): reported and ended in one go, for the desk to look at."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.uploads import KeptPhotos
from portal.reports.queries.case import case_by_number, reporters_of
from portal.reports.rules.intake import ReportAnswers
from portal.reports.service.ends import solve_case
from portal.reports.service.offline import Sent, send_offline


def send_solved(
    session: Session,
    key: str,
    answers: ReportAnswers,
    *,
    owner: str,
    how: str,
    after: KeptPhotos,
    actor: Actor,
    address: str,
    now: datetime,
) -> Sent:
    """File it once for its key, and end it by the reporter's own word and photo."""
    sent = send_offline(session, key, answers, owner=owner, actor=actor, address=address, now=now)
    if sent.again:
        return sent
    case = case_by_number(session, sent.number)
    if case is None:
        raise RuntimeError("the case that was just filed is not there")
    (reporter,) = reporters_of(session, case)
    solve_case(session, case, reporter, words=how, photos=after, now=now)
    return sent
