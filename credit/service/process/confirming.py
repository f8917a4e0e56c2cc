"""The second person behind a deduction: from outside the proposer's unit, without an interest."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.models import Matter
from credit.queries.matters import MatterRow, bases_by_ids, files_of, texts_of
from credit.queries.rulebook import versions_of
from credit.rules.canonical import Json
from credit.rules.kinds import Party
from credit.rules.leaf import Unit
from credit.rules.process import (
    NOTICE_LEFT,
    MatterEvent,
    MatterRefusal,
    MatterState,
)
from credit.service.accounts import open_account
from credit.service.conduct import notice_deduction
from credit.service.posting import Details
from credit.service.process.gates import GATES, Gates
from credit.service.process.moving import current, end, move, posted
from credit.service.process.proposing import checked_basis
from credit.service.process.settings import settings_of
from credit.service.process.standing import (
    check_confirmer,
    check_reviewer,
    check_staff,
    is_reviewer,
    person_of,
)
from credit.service.process.telling import Told, tell
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.ids import new_id


def confirm(
    session: Session,
    matter_id: UUID,
    *,
    no_interest: bool,
    actor: Actor,
    now: datetime,
    gates: Gates = GATES,
) -> None:
    """Announce a deduction: the notice is in the ledger, the person is told, the window runs.

    Nothing counts yet (L7). Whoever confirms says that the matter does not touch her (L9).
    """
    row = current(session, matter_id, now)
    gates.check_on(session, row.district, now)
    check_confirmer(session, row, actor)
    if not no_interest:
        raise Refused(MatterRefusal.INTEREST, field="no_interest")
    basis = bases_by_ids(session, [row.basis_id])[row.basis_id]
    checked_basis(session, row.district, basis.number, row.subject_person_id, row.happened_at)
    # whole seconds, as the ledger counts them; the window is not shorter by the rest
    until = now.replace(microsecond=0) + settings_of(session).window + timedelta(seconds=1)
    notice_id = new_id()
    move(
        session, row, MatterEvent.CONFIRM, actor_id=actor.person_id, now=now, no_interest=True,
        confirmer_id=person_of(actor), notice_id=notice_id, announced_at=now, object_until=until,
        lapses_at=until + NOTICE_LEFT, confirm_by=None,
    )  # fmt: skip
    _announce(session, row, notice_id, _notice(session, row, basis.number, until), until, now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="deduction:confirm",
        subject=f"matter:{row.number}", person_id=row.subject_person_id,
    )  # fmt: skip
    tell(session, row, Told.NOTICE, now, day=until)


def _announce(
    session: Session,
    row: MatterRow,
    notice_id: UUID,
    facts: dict[str, Json],
    until: datetime,
    now: datetime,
) -> None:
    """Put the notice into the ledger, in the account of whom it is about."""
    account = _account(session, row, now)
    session.execute(update(Matter).where(Matter.id == row.id).values(account_id=account))
    posted(
        notice_deduction(
            session, district=row.district, entry_id=notice_id, account_id=account,
            amount=row.amount, rule=row.rule, details=Details(f"matter:{row.number}", facts),
            until=until + NOTICE_LEFT, now=now,
        )
    )  # fmt: skip


def _account(session: Session, row: MatterRow, now: datetime) -> UUID:
    if row.subject_person_id is not None:
        party, holder = Party.PERSON, row.subject_person_id
    elif row.subject_shop_id is not None:
        party, holder = Party.SHOP, row.subject_shop_id
    else:
        raise Refused(MatterRefusal.NO_SUBJECT)
    return open_account(session, row.district, party, holder, Unit.CONDUCT, now=now)


def _notice(session: Session, row: MatterRow, basis: str, until: datetime) -> dict[str, Json]:
    """What the notice says, sealed with it: so nobody can say later that it said more (L7)."""
    words = {text.about: text.words for text in texts_of(session, [row.id])}
    rules = {rule.version: rule for rule in versions_of(session, row.district, row.rule_code)}
    return {
        "step": MatterEvent.CONFIRM.value,
        "act": words.get("act", ""),
        "place": words.get("place", ""),
        "happened_at": row.happened_at.isoformat(),
        "basis": basis,
        "object_until": until.isoformat(),
        "evidence_needed": rules[row.rule_version].evidence,
        "evidence": [file.blob_key for file in files_of(session, [row.id])],
    }


def stand_aside(session: Session, matter_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Somebody who would confirm or decide says that it touches her: she cannot do so later."""
    row = current(session, matter_id, now)
    if row.state is MatterState.WAITING:
        check_confirmer(session, row, actor)
    elif is_reviewer(actor):
        check_reviewer(session, row, actor)
    else:
        raise Forbidden
    move(session, row, MatterEvent.STAND_ASIDE, actor_id=person_of(actor), now=now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="deduction:stand_aside",
        subject=f"matter:{row.number}",
    )  # fmt: skip


def put_right(session: Session, matter_id: UUID, *, actor: Actor, now: datetime) -> None:
    """A slight matter was put right before it counted: that alone voids it (L3)."""
    row = current(session, matter_id, now)
    check_staff(row, actor)
    end(session, row, MatterEvent.PUT_RIGHT, actor_id=actor.person_id, now=now)
    if row.notice_id is not None:
        tell(session, row, Told.ENDED, now)
