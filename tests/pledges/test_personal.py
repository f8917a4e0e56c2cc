"""What pledges keep about people is handed out, forgotten at their wish, and in time (P1, P2)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from pledges.models import (
    Alliance,
    AllianceCandidate,
    AllianceCovenant,
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
from pledges.rules.alliances import HelpState
from pledges.rules.breaches import BreachState
from pledges.rules.elections import ElectionKind, Outcome
from pledges.rules.personal import KEEP_CLAIM, KEEP_ENDED, PERSONAL_FIELDS
from pledges.rules.premises import ClaimKind, ClaimState, OperatorEnd
from pledges.rules.signing import PledgeState
from pledges.rules.standing import ReplyState
from portal.accounts.labels import records_in_words
from portal.accounts.service import (
    due_personal_data,
    erase_person,
    export_person,
    forget_in_time,
    personal_fields,
)
from portal.kernel.db import Base, Database
from portal.kernel.instance import instance_of
from tests.make import pledges as make
from tests.make.accounts import person
from tests.make.areas import small_tree
from tests.make.pledges import NOW, TODAY

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
STREET = "370283001"
HER = "这里写着她说的话"
TABLES = {field.table for field in PERSONAL_FIELDS}


def shopkeeper(session: Session, *, ended: datetime | None = None) -> UUID:
    """Somebody who speaks, signed, appealed, answered and leads; everything over if it is to be."""
    area = small_tree(session)[STREET]
    her = person(session).id
    door = make.premises(session, area)
    by = make.operator(session, door, person_id=her)
    text = make.clauses(session, area)
    paper = instance_of(session).blobs.put(b"paper", "jpg")
    pledge = make.pledge(
        session, by, text, place_path=door.place_path, signer_id=her,
        paper_key=paper, paper_thumbnail_key=paper,
    )  # fmt: skip
    breach = make.breach(session, make.inspection(session, pledge, text[1]), text[1][0])
    make.answer(session, breach, person_id=her)
    _said(session, door, by, her)
    _among_shops(session, door, by, her)
    if ended is not None:
        _end(session, ended)
    session.flush()
    return her


def _said(session: Session, door: Premises, by: PremisesOperator, her: UUID) -> None:
    vault = instance_of(session).vault
    common: dict[str, Any] = {
        "district": door.district, "premises_id": door.id, "operator_id": by.id,
        "place_path": door.place_path, "person_id": her, "sealed_words": vault.seal(HER),
    }  # fmt: skip
    session.add(OwnerReply(**common, at=NOW))
    session.add(
        PremisesClaim(
            **common, kind=ClaimKind.OTHER_PHONE, made_at=NOW, sealed_name=vault.seal("王秀英"),
            sealed_phone=vault.seal(make.PHONE), phone_hash="f" * 64,
        )
    )  # fmt: skip


def _among_shops(session: Session, door: Premises, by: PremisesOperator, her: UUID) -> None:
    words = instance_of(session).vault.seal(HER)
    of: dict[str, Any] = {"district": door.district}
    alliance = Alliance(
        **of, name_zh_hans="胜利路联盟", area_id=door.area_id, place_path=door.place_path,
        founded_on=TODAY, made_at=NOW,
    )  # fmt: skip
    session.add(alliance)
    session.flush()
    of["alliance_id"] = alliance.id
    member = AllianceMember(**of, premises_id=door.id, operator_id=by.id, joined_at=NOW)
    covenant = AllianceCovenant(**of, version=1, text_zh_hans="公约", written_at=NOW)
    session.add_all([member, covenant])
    session.flush()
    hers: dict[str, Any] = {"member_id": member.id, "person_id": her}
    asked = AllianceHelp(**of, **hers, sealed_words=words, made_at=NOW)
    session.add(asked)
    session.add(
        AllianceHead(
            **of, **hers, elected_on=TODAY, starts_on=TODAY, ends_on=TODAY + 365 * DAY
        )
    )  # fmt: skip
    _stood(session, of, hers)
    of.pop("alliance_id")
    session.add(
        AllianceSignOn(
            **of, **hers, covenant_id=covenant.id, sealed_signature=words, salt="5" * 32,
            signed_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    session.add(AllianceHelpAnswer(**of, **hers, help_id=asked.id, sealed_words=words, at=NOW))
    session.flush()


def _stood(session: Session, of: dict[str, Any], hers: dict[str, Any]) -> None:
    election = AllianceElection(
        **of, kind=ElectionKind.HEAD, term_days=365, called_at=NOW, polls_at=NOW,
        closes_at=NOW + 3 * DAY, roll=1,
    )  # fmt: skip
    session.add(election)
    session.flush()
    session.add(
        AllianceCandidate(
            district=election.district, **hers, election_id=election.id, proposed_at=NOW,
            agreed_at=NOW,
        )
    )  # fmt: skip


def _end(session: Session, at: datetime) -> None:
    """Everything that can be over is over at a moment."""
    by = session.scalars(select(PremisesOperator)).one()
    by.starts_on = by.ends_on = at.date()
    by.ended_why = OperatorEnd.CLOSED
    claim = session.scalars(select(PremisesClaim)).one()
    claim.state, claim.ended_at = ClaimState.CONFIRMED, at
    pledge = session.scalars(select(Pledge)).one()
    pledge.state, pledge.ended_at = PledgeState.ENDED, at
    breach = session.scalars(select(Breach)).one()
    breach.state, breach.ended_at = BreachState.RECTIFIED, at
    reply = session.scalars(select(OwnerReply)).one()
    reply.state, reply.decided_at = ReplyState.SHOWN, at
    session.scalars(select(AllianceHead)).one().ended_at = at
    session.scalars(select(AllianceSignOn)).one().withdrawn_at = at
    election = session.scalars(select(AllianceElection)).one()
    election.closed_at, election.outcome = at, Outcome.NOBODY
    asked = session.scalars(select(AllianceHelp)).one()
    asked.state, asked.closed_at = HelpState.CLOSED, at


def left(session: Session) -> set[str]:
    """The personal columns that still hold something."""
    found = set()
    for field in PERSONAL_FIELDS:
        column = Base.metadata.tables[field.table].c[field.column]
        if session.scalars(select(column).where(column.is_not(None))).first():
            found.add(f"{field.table}.{field.column}")
    return found


def test_P2_she_gets_everything_that_pledges_keep_about_her(database: Database) -> None:
    with database.write() as session:
        her = shopkeeper(session)
        other = person(session, "李秀英").id
        mine = export_person(session, her, now=NOW)["records"]
        theirs = export_person(session, other, now=NOW)["records"]
    assert mine.keys() >= TABLES
    assert sum(HER in row.values() for rows in mine.values() for row in rows) == 5
    assert not theirs.keys() & TABLES


def test_P2_she_can_read_it_without_a_single_code(app: Flask, database: Database) -> None:
    with database.write() as session:
        her = shopkeeper(session)
        records = export_person(session, her, now=NOW)["records"]
    with app.test_request_context():
        read = records_in_words({name: records[name] for name in TABLES}, personal_fields())
    said = " ".join(str(value) for _, rows in read for row in rows for value in row)
    assert len(read) == len(TABLES)
    assert said.count(HER) == 5
    assert not {"other_phone", "waiting", "appeal", "in_force", "None"} & set(said.split())


def test_P2_an_erasure_leaves_what_the_register_must_know_and_no_more(database: Database) -> None:
    with database.write() as session:
        her = shopkeeper(session)
        paper = session.scalars(select(Pledge.paper_key)).one()
        assert len(left(session)) == len(PERSONAL_FIELDS)
    with database.write() as session:
        erase_person(session, None, her, now=NOW)
    with database.read() as session:
        assert left(session) == {
            f"premises_operator.{name}" for name in ("sealed_name", "sealed_phone", "phone_hash")
        }
        assert session.scalars(select(Pledge.state)).one() is PledgeState.IN_FORCE
        assert session.scalars(select(OwnerReply.state)).one() is ReplyState.TAKEN_BACK
        assert session.scalars(select(AllianceHead.ended_at)).one() == NOW
        with pytest.raises(KeyError):
            instance_of(session).blobs.open(paper or "")


def test_P1_what_is_over_is_forgotten_on_its_day_and_not_before(database: Database) -> None:
    with database.write() as session:
        shopkeeper(session, ended=NOW)
    edge = NOW + timedelta(days=KEEP_CLAIM)
    for now, kept in ((edge - SECOND, True), (edge, False)):
        forget_in_time(database, now=now)
        with database.read() as session:
            assert (session.scalars(select(PremisesClaim.id)).first() is not None) is kept
    edge = NOW + timedelta(days=KEEP_ENDED)
    forget_in_time(database, now=edge - DAY)
    with database.read() as session:
        assert {name.partition(".")[0] for name in left(session)} == TABLES - {"premises_claim"}
        due = due_personal_data(session, now=edge)
        assert {due[table] for table in TABLES - {"premises_claim"}} == {1}
    forget_in_time(database, now=edge)
    with database.read() as session:
        assert left(session) == set()
        assert session.scalars(select(Pledge.digest)).all() == ["e" * 64]
        assert len(session.scalars(select(BreachAnswer.id)).all()) == 1
    assert forget_in_time(database, now=edge + DAY) == 0


def test_P1_what_goes_on_keeps_its_people(database: Database) -> None:
    with database.write() as session:
        shopkeeper(session)
    forget_in_time(database, now=NOW + timedelta(days=4 * KEEP_ENDED))
    with database.read() as session:
        assert {name.partition(".")[0] for name in left(session)} == TABLES
