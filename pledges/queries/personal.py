"""What pledges keep about one person, for herself."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from pledges.models import (
    Alliance,
    AllianceCandidate,
    AllianceElection,
    AllianceHead,
    AllianceHelp,
    AllianceHelpAnswer,
    AllianceMember,
    AllianceSignOn,
    Breach,
    BreachAnswer,
    OwnerReply,
    Pledge,
    Premises,
    PremisesClaim,
    PremisesOperator,
)
from pledges.queries.letters import by_her_hand
from portal.kernel.instance import instance_of

Record = dict[str, Any]


def records_of(session: Session, person_id: UUID) -> Iterator[Record]:
    """The places she speaks for, her claims, signatures, answers, and what she is in alliances."""
    yield from _operators(session, person_id)
    yield from _claims(session, person_id)
    yield from _signatures(session, person_id)
    yield from _answers(session, person_id)
    yield from _replies(session, person_id)
    yield from _alliances(session, person_id)
    yield from _candidacies(session, person_id)
    yield from _help(session, person_id)


def _open(session: Session, sealed: str | None) -> str:
    return instance_of(session).vault.unseal(sealed) if sealed else ""


def _here(table: type[Any], column: Any) -> ColumnElement[bool]:
    """The row of a district that a reference within it means."""
    return and_(table.district == column.class_.district, table.id == column)


def _operators(session: Session, person_id: UUID) -> Iterator[Record]:
    o = PremisesOperator
    statement = (
        select(Premises.title, o.sealed_name, o.sealed_phone, o.starts_on, o.ends_on)
        .join(Premises, _here(Premises, o.premises_id))
        .where(o.person_id == person_id)
        .order_by(o.id)
    )
    for row in session.execute(statement):
        yield {
            "table": "premises_operator",
            "title": row.title,
            "name": _open(session, row.sealed_name),
            "phone": _open(session, row.sealed_phone),
            "starts_on": row.starts_on.isoformat(),
            "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        }


def _claims(session: Session, person_id: UUID) -> Iterator[Record]:
    c = PremisesClaim
    statement = (
        select(
            Premises.title, c.kind, c.state, c.sealed_name, c.sealed_phone, c.sealed_words,
            c.made_at, c.reason,
        )
        .join(Premises, _here(Premises, c.premises_id))
        .where(c.person_id == person_id)
        .order_by(c.id)
    )  # fmt: skip
    for row in session.execute(statement):
        yield {
            "table": "premises_claim",
            "title": row.title,
            "kind": row.kind.value,
            "state": row.state.value,
            "name": _open(session, row.sealed_name),
            "phone": _open(session, row.sealed_phone),
            "words": _open(session, row.sealed_words),
            "made_at": row.made_at.isoformat(),
            "reason": row.reason,
        }


def _signatures(session: Session, person_id: UUID) -> Iterator[Record]:
    statement = (
        select(
            Premises.title,
            Pledge.number,
            Pledge.state,
            Pledge.sealed_signature,
            Pledge.signed_at,
            Pledge.signer_id,
        )
        .join(Premises, _here(Premises, Pledge.premises_id))
        .where(by_her_hand(person_id))
        .order_by(Pledge.id)
    )
    for row in session.execute(statement):
        yield {
            "table": "pledge",
            "title": row.title,
            "number": row.number,
            "state": row.state.value,
            # whose name stands on a sheet of paper is known from the sheet alone
            "signature": _open(session, row.sealed_signature if row.signer_id else None),
            "signed_at": row.signed_at.isoformat(),
        }


def _answers(session: Session, person_id: UUID) -> Iterator[Record]:
    a = BreachAnswer
    statement = (
        select(Breach.number, a.kind, a.sealed_words, a.at, a.outcome, a.reason)
        .join(Breach, _here(Breach, a.breach_id))
        .where(a.person_id == person_id)
        .order_by(a.id)
    )
    for row in session.execute(statement):
        yield {
            "table": "pledge_breach_answer",
            "breach": row.number,
            "kind": row.kind.value,
            "words": _open(session, row.sealed_words),
            "at": row.at.isoformat(),
            "outcome": row.outcome.value if row.outcome else None,
            "reason": row.reason,
        }


def _replies(session: Session, person_id: UUID) -> Iterator[Record]:
    r = OwnerReply
    statement = (
        select(Premises.title, r.sealed_words, r.at, r.state, r.reason)
        .join(Premises, _here(Premises, r.premises_id))
        .where(r.person_id == person_id)
        .order_by(r.id)
    )
    for row in session.execute(statement):
        yield {
            "table": "pledge_reply",
            "title": row.title,
            "words": _open(session, row.sealed_words),
            "at": row.at.isoformat(),
            "state": row.state.value,
            "reason": row.reason,
        }


def _alliances(session: Session, person_id: UUID) -> Iterator[Record]:
    h, s, names = AllianceHead, AllianceSignOn, Alliance.name_zh_hans.label("name")
    heads = (
        select(names, h.starts_on, h.ends_on)
        .join(Alliance, _here(Alliance, h.alliance_id))
        .where(h.person_id == person_id)
        .order_by(h.id)
    )
    for row in session.execute(heads):
        yield {
            "table": "alliance_head",
            "name": row.name,
            "starts_on": row.starts_on.isoformat(),
            "ends_on": row.ends_on.isoformat(),
        }
    signed = (
        select(names, s.sealed_signature, s.signed_at, s.withdrawn_at)
        .join(AllianceMember, _here(AllianceMember, s.member_id))
        .join(Alliance, _here(Alliance, AllianceMember.alliance_id))
        .where(s.person_id == person_id)
        .order_by(s.id)
    )
    for one in session.execute(signed):
        yield {
            "table": "alliance_sign_on",
            "name": one.name,
            "signature": _open(session, one.sealed_signature),
            "signed_at": one.signed_at.isoformat(),
            "withdrawn_at": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
        }


def _candidacies(session: Session, person_id: UUID) -> Iterator[Record]:
    c, e = AllianceCandidate, AllianceElection
    statement = (
        select(Alliance.name_zh_hans.label("name"), c.agreed_at, c.withdrawn_at, c.votes)
        .join(e, _here(e, c.election_id))
        .join(Alliance, _here(Alliance, e.alliance_id))
        .where(c.person_id == person_id)
        .order_by(c.id)
    )
    for row in session.execute(statement):
        yield {
            "table": "alliance_candidate",
            "name": row.name,
            "agreed_at": row.agreed_at.isoformat() if row.agreed_at else None,
            "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
            "votes": row.votes,
        }


def _help(session: Session, person_id: UUID) -> Iterator[Record]:
    asked, given = AllianceHelp, AllianceHelpAnswer
    statements = {
        "alliance_help": select(asked.sealed_words, asked.made_at.label("at"))
        .where(asked.person_id == person_id)
        .order_by(asked.id),
        "alliance_help_answer": select(given.sealed_words, given.at)
        .where(given.person_id == person_id)
        .order_by(given.id),
    }
    for table, statement in statements.items():
        for row in session.execute(statement):
            yield {
                "table": table,
                "words": _open(session, row.sealed_words),
                "at": row.at.isoformat(),
            }
