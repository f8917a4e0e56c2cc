"""What people ended or hid is kept beside the erasures, so that no restored backup revives it.

Each is a keyed hash, as an erasure is. A yes is named with the moment at which it was given, so a
later one of the same person stays. An honour that was once hidden is hidden again, since its list
entry knows no later wish: showing it again is hers.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import BasisConsent, Consent, DeductionBasis, Guardianship, Honour
from credit.queries.honours import honour_by_number
from credit.rules.guardian import Ended
from credit.rules.honours import Wish
from credit.service.accounts import end_consent_again
from credit.service.guardian import end_yes_again
from credit.service.honours.answering import LIVING, Answer, answer_honour
from credit.service.process.bases import withdraw_basis_consent
from portal.kernel.instance import instance_of

Named = Iterator[tuple[str, datetime | None]]


def ended_by_people(session: Session) -> dict[str, datetime]:
    """By keyed hash whatever somebody ended, hid or declined, and when."""
    named = chain(_consents(session), _bases(session), _guardians(session), _honours(session))
    return {_key(session, name): at for name, at in named if at is not None}


def end_again(session: Session, known: Collection[str], *, now: datetime) -> int:
    """End, hide and decline again what the list knows and this database does not; how many."""
    return sum(act(session, known, now) for act in (_yeses, _basis_yeses, _guardians_yes, _shown))


def _key(session: Session, name: str) -> str:
    return instance_of(session).vault.keyed_hash("erasure", f"ended/{name}")


def _consent(row: Consent) -> str:
    return f"points/{row.district}/{row.person_id}/{_moment(row.given_at)}"


def _basis(row: BasisConsent) -> str:
    return f"basis/{row.basis_id}/{row.person_id}/{_moment(row.given_at)}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _consents(session: Session) -> Named:
    for row in session.scalars(select(Consent).where(Consent.ended_at.is_not(None))):
        yield _consent(row), row.ended_at


def _bases(session: Session) -> Named:
    for row in session.scalars(select(BasisConsent).where(BasisConsent.ended_at.is_not(None))):
        yield _basis(row), row.ended_at


def _guardians(session: Session) -> Named:
    ended = select(Guardianship).where(
        Guardianship.agreed_at.is_not(None), Guardianship.ended_at.is_not(None)
    )
    for row in session.scalars(ended):
        if row.ended_by is not None:
            yield f"guardian/{row.id}/{row.ended_by.value}", row.ended_at


def _honours(session: Session) -> Named:
    wishes = (Wish.HIDDEN, Wish.DECLINE)
    for row in session.scalars(select(Honour).where(Honour.wish.in_(wishes))):
        if row.wish is not None:
            yield f"honour/{row.id}/{row.wish.value}", row.answered_at


def _yeses(session: Session, known: Collection[str], now: datetime) -> int:
    rows = session.scalars(select(Consent).where(Consent.ended_at.is_(None))).all()
    again = [row for row in rows if _key(session, _consent(row)) in known]
    for row in again:
        end_consent_again(session, row.district, row.person_id, now=now)
    return len(again)


def _basis_yeses(session: Session, known: Collection[str], now: datetime) -> int:
    live = select(BasisConsent, DeductionBasis.number).join(
        DeductionBasis, DeductionBasis.id == BasisConsent.basis_id
    )
    rows = session.execute(live.where(BasisConsent.ended_at.is_(None))).all()
    again = [(number, row.person_id) for row, number in rows if _key(session, _basis(row)) in known]
    for number, person_id in again:
        withdraw_basis_consent(session, number, person_id, now=now)
    return len(again)


def _guardians_yes(session: Session, known: Collection[str], now: datetime) -> int:
    live = select(Guardianship.id).where(
        Guardianship.agreed_at.is_not(None), Guardianship.ended_at.is_(None)
    )
    return sum(
        end_yes_again(session, one, by, now=now)
        for one in session.scalars(live).all()
        for by in Ended
        if _key(session, f"guardian/{one}/{by.value}") in known
    )


def _shown(session: Session, known: Collection[str], now: datetime) -> int:
    """A name that was taken back is not shown for a moment (L6); what was declined goes (P6)."""
    living = select(Honour.id, Honour.number).where(Honour.state.in_(LIVING))
    done = 0
    for honour_id, number in session.execute(living).all():
        row = honour_by_number(session, number)
        wishes = [
            wish
            for wish in (Wish.DECLINE, Wish.HIDDEN)
            if _key(session, f"honour/{honour_id}/{wish.value}") in known
        ]
        if row is not None and wishes and wishes[0] is not row.wish:
            answer_honour(session, row, Answer(wishes[0]), now=now)
            done += 1
    return done
