"""What conventions keep of people is handed out, forgotten at their wish, and in time (P1, P2)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.labels import records_in_words
from portal.accounts.service import (
    due_personal_data,
    erase_person,
    export_person,
    forget_in_time,
    personal_fields,
)
from portal.conventions.labels.personal import SAID_STATES, TOOK_PART
from portal.conventions.models import (
    Attendance,
    Comment,
    Consultation,
    Convention,
    Elector,
    Errand,
    Estate,
    Handling,
    Head,
    Invited,
    Issue,
    IssueProposal,
    IssueSupport,
    Meeting,
    Opinion,
    OwnersCommittee,
    OwnersMember,
    SignOn,
    Support,
    Wish,
)
from portal.conventions.rules.community import ErrandState, HandlingWay, HeadRole, IssueState
from portal.conventions.rules.consultations import ConsultationKind
from portal.conventions.rules.meetings import AttendanceWay, MeetingKind
from portal.conventions.rules.personal import KEEP_ENDED, PERSONAL_FIELDS
from portal.conventions.rules.signing import Signer, SignWay
from portal.conventions.rules.talk import Channel, SaidKind, SaidState
from portal.conventions.rules.texts import Topic
from portal.conventions.rules.votes import BallotWay
from portal.conventions.rules.way import RoundState
from portal.kernel.db import Base, Database
from portal.kernel.instance import instance_of
from tests.make import conventions as make
from tests.make.accounts import person
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY, NOW, TODAY

DAY = timedelta(days=1)
HER = "这里写着她说的话"
TABLES = {field.table for field in PERSONAL_FIELDS} - {"community_handling"}


def neighbour(session: Session, *, over: bool = False) -> UUID:
    """Somebody who does everything that can be done; all of it over if it is to be."""
    her = person(session).id
    of = make.convention(session, small_tree(session)[COMMUNITY])
    round_ = make.a_round(session, of)
    _said(session, round_.id, her)
    paper = instance_of(session).blobs.put(b"paper", "jpg")
    vote = make.vote(session, round_)
    make.elector(
        session, vote, person_id=her, household_hash="f" * 64, took_part=BallotWay.SCREEN
    )  # fmt: skip
    clause = make.clause(session, round_)
    version = make.published(session, round_, [clause])
    if not over:
        round_.state, round_.ended_at = RoundState.DRAFT, None
    session.add(
        SignOn(
            version_id=version.id, signer=Signer.HOUSEHOLD, way=SignWay.SCREEN, person_id=her,
            sealed_name=_seal(session), sealed_household=_seal(session), household_hash="f" * 64,
            paper_key=paper, paper_thumbnail_key=paper, signed_at=NOW,
            withdrawn_at=NOW if over else None,
        )
    )  # fmt: skip
    at = _place(of)
    session.add(
        Handling(
            **at, version_id=version.id, clause_id=clause.clause_id, way=HandlingWay.MEDIATE,
            located="3号楼", sealed_note=_seal(session), at=NOW,
        )
    )  # fmt: skip
    _in_the_community(session, at, her, over=over)
    session.flush()
    return her


def _seal(session: Session) -> str:
    return instance_of(session).vault.seal(HER)


def _place(of: Convention) -> dict[str, Any]:
    return {"area_id": of.area_id, "place_path": of.place_path}


def _said(session: Session, round_id: UUID, her: UUID) -> None:
    common: dict[str, Any] = {
        "round_id": round_id, "person_id": her, "channel": Channel.SCREEN, "at": NOW,
        "sealed_words": _seal(session),
        "paper_key": instance_of(session).blobs.put(b"a sheet", "jpg"),
    }  # fmt: skip
    comment = Comment(**common, kind=SaidKind.COMMENT, sealed_proposal=_seal(session))
    session.add_all([comment, Wish(**common, topic=Topic.PETS)])
    session.flush()
    session.add(Support(comment_id=comment.id, person_id=her))


def _in_the_community(session: Session, at: dict[str, Any], her: UUID, *, over: bool) -> None:
    words: dict[str, Any] = {"person_id": her, "sealed_words": _seal(session)}
    later = NOW + 3000 * DAY
    ends = NOW if over else later
    asked = Consultation(
        **at,
        kind=ConsultationKind.DECISION,
        title="停车方案",
        markdown="怎么停车？",
        opens_on=TODAY,
        closes_on=ends.date(),
        made_at=NOW,
    )
    meeting = Meeting(
        **at,
        kind=MeetingKind.DELIBERATION,
        title="议事会",
        venue="活动室",
        starts_at=NOW - DAY,
        ends_at=ends,
        made_at=NOW,
    )
    issue = Issue(**at, **words, title="路灯", raised_at=NOW)
    if over:
        issue.state, issue.decided_at = IssueState.DONE, NOW
    estate = Estate(**at, title="阳光小区", made_at=NOW)
    session.add_all([asked, meeting, issue, estate])
    session.flush()
    _offices(session, at, her, (asked, meeting, issue, estate), over=over)


def _offices(
    session: Session, at: dict[str, Any], her: UUID, things: tuple[Any, ...], *, over: bool
) -> None:
    asked, meeting, issue, estate = things
    name: dict[str, Any] = {"person_id": her, "sealed_name": _seal(session)}
    words: dict[str, Any] = {"person_id": her, "sealed_words": _seal(session)}
    committee = OwnersCommittee(
        estate_id=estate.id,
        elected_on=TODAY,
        term_starts_on=TODAY,
        term_ends_on=TODAY + 3000 * DAY,
        made_at=NOW,
    )
    session.add(committee)
    session.flush()
    term = {"starts_on": TODAY, "ends_on": TODAY if over else None, "named_at": NOW}
    session.add_all(
        [
            Opinion(consultation_id=asked.id, channel=Channel.SCREEN, at=NOW, **words),
            Invited(area_id=at["area_id"], person_id=her, at=meeting.ends_at),
            Attendance(meeting_id=meeting.id, way=AttendanceWay.CODE, at=NOW, **name),
            IssueProposal(issue_id=issue.id, at=NOW, **words),
            OwnersMember(committee_id=committee.id, office="主任", **name, **term),
            IssueSupport(subject_id=issue.id, issue_id=issue.id, person_id=her),
        ]
    )  # fmt: skip
    head = Head(**at, role=HeadRole.BUILDING, covers="3号楼", made_at=NOW, **name, **term)
    session.add(head)
    session.flush()
    answered: dict[str, Any] = {"sealed_answer": _seal(session)}
    if over:
        answered |= {"state": ErrandState.DONE, "closed_at": NOW}
    session.add(Errand(**at, head_id=head.id, at=NOW, **words, **answered))


def left(session: Session) -> set[str]:
    """The tables of which a personal column still holds something."""
    found = set()
    for field in PERSONAL_FIELDS:
        column = Base.metadata.tables[field.table].c[field.column]
        if session.scalars(select(column).where(column.is_not(None))).first():
            found.add(field.table)
    return found


def test_P2_she_gets_everything_in_words_and_nobody_elses(app: Flask, database: Database) -> None:
    with database.write() as session:
        her = neighbour(session)
        other = person(session, "李秀英").id
        mine = export_person(session, her, now=NOW)["records"]
        theirs = export_person(session, other, now=NOW)["records"]
    assert mine.keys() >= TABLES
    assert not theirs.keys() & TABLES
    with app.test_request_context():
        read = records_in_words({name: mine[name] for name in TABLES}, personal_fields())
    said = " ".join(str(value) for _, rows in read for row in rows for value in row)
    assert len(read) == len(TABLES)
    # words of wish, comment, proposal of words, opinion, issue and proposal; name and door;
    # what she wrote to a head, and the answer
    assert said.count(HER) == 13
    assert not {"waiting", "screen", "took", "None"} & set(said.split())


def test_P2_whatever_is_kept_of_her_part_has_words() -> None:
    # without them her page of own data could not be shown after the count of a secret vote
    assert set(TOOK_PART) == set(BallotWay)
    assert set(SAID_STATES) == set(SaidState)


def test_P2_an_erasure_leaves_nothing_of_her(database: Database) -> None:
    with database.write() as session:
        her = neighbour(session)
        papers = [
            *session.scalars(select(SignOn.paper_key)),
            *session.scalars(select(Wish.paper_key)),
        ]
        assert left(session) == TABLES | {"community_handling"}
        erase_person(session, None, her, now=NOW)
    with database.read() as session:
        # the roll keeps a name and the register its members' as duties until their time: hers are
        # gone all the same, because both name an account
        assert left(session) == {"community_handling"}
        assert session.scalars(select(Wish.state)).one() is SaidState.TAKEN_BACK
        assert session.scalars(select(SignOn.withdrawn_at)).one() == NOW
        kept = set(instance_of(session).blobs.every_key())
        assert not kept & {key for key in papers if key}


def test_P1_what_is_over_is_forgotten_on_its_day_and_not_before(database: Database) -> None:
    with database.write() as session:
        neighbour(session, over=True)
    edge = NOW + KEEP_ENDED * DAY
    forget_in_time(database, now=edge - 2 * DAY)
    with database.read() as session:
        assert left(session) == TABLES | {"community_handling"}
        # a vote is over when it closes, later than the rest
        due = due_personal_data(session, now=edge + 30 * DAY)
        assert {due[table] for table in TABLES} == {1}
    forget_in_time(database, now=edge + 30 * DAY)
    with database.read() as session:
        assert left(session) == set()
    assert forget_in_time(database, now=edge + 31 * DAY) == 0


def test_P1_what_was_shown_is_not_shown_empty_and_why_somebody_was_struck_off_goes(
    database: Database,
) -> None:
    with database.write() as session:
        neighbour(session, over=True)
        for said in (*session.scalars(select(Wish)), *session.scalars(select(Comment))):
            said.state = SaidState.SHOWN
        line = session.scalars(select(Elector)).one()
        line.took_part, line.struck_on, line.struck_why = None, TODAY, "已故"
    forget_in_time(database, now=NOW + (KEEP_ENDED + 30) * DAY)
    with database.read() as session:
        for table in (Wish, Comment):
            shown = select(table.id).where(table.state == SaidState.SHOWN)
            assert session.scalars(shown).all() == []
        line = session.scalars(select(Elector)).one()
        assert (line.struck_on, line.struck_why, line.sealed_name) == (TODAY, "", None)


def test_P1_what_goes_on_keeps_its_people(database: Database) -> None:
    with database.write() as session:
        neighbour(session)
    forget_in_time(database, now=NOW + (KEEP_ENDED + 60) * DAY)
    with database.read() as session:
        # the vote closed, and a note of a handling has had its time
        assert left(session) == TABLES - {"convention_elector"}
