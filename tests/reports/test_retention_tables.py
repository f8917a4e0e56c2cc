"""What a case leaves in other tables has its time too: each is tested at both sides of its edge."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import String, Text, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.service import due_personal_data, forget_in_time, personal_fields
from portal.areas.models import Area
from portal.kernel.clock import city_day
from portal.kernel.db import Base, Database
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.reports.jobs import forget_old
from portal.reports.models import (
    Case,
    CasePass,
    CaseProxy,
    CaseReporter,
    CaseText,
    Follow,
    GridEntry,
    GridEntryPhoto,
    GridEntryText,
    GridMember,
    ImportRun,
)
from portal.reports.rules.codes import Relation, State, TextKind
from portal.reports.rules.doors import Behalf, ConsentWay, ProxyRelation
from portal.reports.rules.grid import EntryKind, MemberKind
from portal.reports.rules.grid_personal import DIARY_KEPT, KEPT
from portal.reports.rules.import_runs import KEEP_FILE, KEEP_RUN, RunState
from portal.reports.rules.passes import KEEP, PassKind
from portal.reports.service.diary import Written, write_entry
from portal.reports.service.import_runs import forget_runs
from tests.house.words import import_everything
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.following import confirmed, of_case
from tests.make.grid import lead
from tests.make.intake import COMMUNITY, ready
from tests.make.reports import NOW

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
HER = "王秀英住三单元"


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    return ready(database)


def _count(database: Database, model: type[Any]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


# --- the diary of a grid --------------------------------------------------------------------------


def _entry(session: Session, tree: dict[str, Area], *, numbers: tuple[str, ...] = ()) -> str:
    """An entry with words about somebody and a photo; the key of the photo's file."""
    actor = lead(session, tree)
    written = Written(EntryKind.CONSULT, NOW, HER, place="3单元", numbers=numbers)
    code = write_entry(session, COMMUNITY, written, actor=actor, now=NOW).code
    entry = session.scalars(select(GridEntry).where(GridEntry.code == code)).one()
    key = instance_of(session).blobs.put(new_id().bytes, "jpg")
    photo = {"blob_key": key, "thumbnail_key": key, "width": 1, "height": 1}
    session.add(GridEntryPhoto(entry_id=entry.id, code=new_id().hex, **photo))
    return key


def test_the_words_and_photos_of_a_diary_go_after_two_years_and_the_entry_stays(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        key = _entry(session, tree)
    edge = NOW + DIARY_KEPT
    forget_in_time(database, now=edge - SECOND)
    assert (_count(database, GridEntryText), _count(database, GridEntryPhoto)) == (1, 1)
    with database.read() as session:
        assert due_personal_data(session, now=edge - SECOND)["grid_entry words"] == 0
        assert due_personal_data(session, now=edge)["grid_entry words"] == 1
        assert instance_of(session).blobs.open(key)
    forget_in_time(database, now=edge)
    assert (_count(database, GridEntryText), _count(database, GridEntryPhoto)) == (0, 0)
    assert _count(database, GridEntry) == 1
    with database.read() as session, pytest.raises(KeyError):
        instance_of(session).blobs.open(key)
    assert forget_in_time(database, now=edge + DAY) == 0


def test_a_diary_keeps_its_words_while_a_matter_that_it_tells_of_is_open(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        case = reports.case(session, tree[COMMUNITY], state=State.DISPATCHED)
        _entry(session, tree, numbers=(case.number,))
    forget_in_time(database, now=NOW + DIARY_KEPT + DAY)
    assert _count(database, GridEntryText) == 1
    with database.write() as session:
        session.execute(update(Case).values(state=State.VOID))
    forget_in_time(database, now=NOW + DIARY_KEPT + DAY)
    assert _count(database, GridEntryText) == 0


# --- teams, followers, links, proxies -------------------------------------------------------------


def test_a_member_of_a_team_is_named_until_a_year_after_she_left(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        left = city_day(NOW, instance_of(session).city.zone)
        session.add(
            GridMember(
                area_id=tree[COMMUNITY].id, kind=MemberKind.VOLUNTEER, core=False, name="赵敏",
                since=left - timedelta(days=90), until=left, added_at=NOW,
            )
        )  # fmt: skip
    for now, named in ((NOW + KEPT, True), (NOW + KEPT + DAY, False)):
        forget_in_time(database, now=now)
        with database.read() as session:
            assert (session.scalars(select(GridMember.name)).one() is not None) is named


def test_a_followed_matter_is_forgotten_to_the_second_after_its_end(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        closed = reports.listed(session, tree, at=NOW - DAY, state=State.CLOSED)
        confirmed(session, of_case(closed))
        case = session.get_one(Case, (closed.district, closed.id))
        ended = case.closed_at or case.updated_at
        days = int(instance_of(session).city.thresholds.get("following_ends_days", 30))
    edge = ended + timedelta(days=days)
    forget_old(database, edge - SECOND)
    assert _count(database, Follow) == 1
    forget_old(database, edge)
    assert _count(database, Follow) == 0


def test_a_link_to_one_case_goes_with_all_its_words_90_days_after_it_ran_out(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        case = reports.case(session, tree[COMMUNITY], state=State.DISPATCHED)
        session.add(
            CasePass(
                district=case.district, token_hash="t" * 64, case_id=case.id,
                kind=PassKind.HELPER, maker_id=new_id(), words=HER, created_at=NOW, expires_at=NOW,
            )
        )  # fmt: skip
    forget_old(database, NOW + KEEP)
    assert _count(database, CasePass) == 1
    forget_old(database, NOW + KEEP + SECOND)
    assert _count(database, CasePass) == 0


def test_how_a_resident_agreed_goes_with_her_identity_and_so_do_numbers_in_notes_of_staff(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        case = reports.case(session, tree[COMMUNITY], state=State.CLOSED)
        reporter = session.scalars(select(CaseReporter)).one()
        reporter.relation = Relation.PROXY
        paper = instance_of(session).blobs.put(b"paper", "jpg")
        session.add(
            CaseProxy(
                district=case.district, case_id=case.id, reporter_id=reporter.id,
                filer_id=new_id(), filed_at=NOW, behalf=Behalf.RESIDENT,
                relation=ProxyRelation.AGENT, consent_way=ConsentWay.PAPER, consent_version="1",
                consent_words="同意", paper_key=paper, paper_thumbnail_key=paper,
            )
        )  # fmt: skip
        note = reports.text(session, case, "已电话联系13800001234，定于明天")
        note.kind, note.by_reporter = TextKind.NOTE, False
    end = datetime.fromisoformat("2027-11-23T15:00:00+08:00")
    for now, kept in ((end - SECOND, True), (end, False)):
        forget_in_time(database, now=now)
        with database.read() as session:
            proxy = session.scalars(select(CaseProxy)).one()
            for value in (proxy.relation, proxy.consent_way, proxy.consent_words, proxy.paper_key):
                assert (value is not None) is kept
            # who filed it stays: she may not verify it
            assert proxy.filer_id
            told = " ".join(session.scalars(select(CaseText.text)))
            assert ("13800001234" in told) is kept
            assert "定于明天" in told
    with database.read() as session, pytest.raises(KeyError):
        instance_of(session).blobs.open(paper)


# --- files that were handed in --------------------------------------------------------------------


def test_a_handed_in_file_goes_after_three_days_with_every_cell_that_was_shown_of_it(
    database: Database, tree: dict[str, Area]
) -> None:
    flaw = {"line": 2, "problem": "row.stray_sign", "column": "诉求内容", "value": HER}
    with database.write() as session:
        key = instance_of(session).blobs.put(b"sealed", "sealed")
        session.add(
            ImportRun(
                number="M0000-00001", state=RunState.CHECKED, handed_by=new_id(), handed_at=NOW,
                file_name="in.csv", blob_key=key, layout="x", encoding="utf-8",
                found=json.dumps({"flaws": [flaw], "unread": []}),
            )
        )  # fmt: skip
    for now, kept in ((NOW + KEEP_FILE - SECOND, True), (NOW + KEEP_FILE, False)):
        forget_runs(database, now)
        with database.read() as session:
            run = session.scalars(select(ImportRun)).one()
            assert (run.blob_key is not None) is kept
            assert (json.loads(run.found or "")["flaws"][0]["value"] == HER) is kept
            # which line was bad, and why, is no secret
            assert json.loads(run.found or "")["flaws"][0]["line"] == 2
    forget_runs(database, NOW + KEEP_RUN - SECOND)
    assert _count(database, ImportRun) == 1
    forget_runs(database, NOW + KEEP_RUN)
    assert _count(database, ImportRun) == 0


# --- no table is forgotten ------------------------------------------------------------------------

# text that nobody's person stands in, or that goes with a column that is named, and why
NOT_PERSONAL = {
    "copies of what is named": {
        "case_text.public_text", "case_photo.covers", "case_search.words", "import_run.found",
    },
    # rectangles on a picture, which goes with it when the item expires or is taken down
    "what covers a picture that is shown": {"exposure.covers"},
    "figures, keys and maps": {
        "area_shape.geojson", "street_digest.numbers", "grid_entry.present", "column_map.spec",
        "import_run.outcome", "category.synonyms", "case_outside.reference",
        "premises.duty_geojson", "pledge_standing.figures",
        "company_check.marks", "company_score.inputs",
    },
    # the ledger's: ids that lead to nobody once the holder's row is gone, hashes, signatures
    "what is only added to": {
        "credit_checkpoint.note", "credit_refusal.body", "credit_cosignature.line",
    },
    "public words of an office": {
        "grid_card.objects", "grid_card.standards", "reply_template.words",
        "supervision_listing.reason", "supervision_listing.condition",
        "supervision_listing.finding", "credit_rule.source_text", "credit_switch.basis",
        "credit_switch.reason", "credit_quiz.sheets", "credit_benefit.words_zh_hans",
        "credit_benefit.words_zh_hant", "credit_benefit.words_en",
        "volunteer_activity.words_zh_hans", "volunteer_activity.words_zh_hant",
        "volunteer_activity.words_en", "volunteer_activity.risks", "volunteer_activity.insurance",
        "volunteer_activity.gear", "volunteer_tour_report.figures", "volunteer_tour_report.words",
        *(f"survey{part}_{language}" for part in (".notice", "_question.options")
          for language in ("zh_hans", "zh_hant", "en")),
        # of a person only what she agreed to, deleted when she takes that back, or in time when
        # it was withdrawn or never published (decision 0057)
        "article_version.body",
        # words that lead to a person are refused when they are written
        "volunteer_patrol_entry.words",
        "adoption_model.text_zh_hans", "adoption_model.text_zh_hant", "adoption_model.text_en",
        *(f"clause.{name}_{language}" for name in ("text", "plain")
          for language in ("zh_hans", "zh_hant", "en")),
        "clause.text_khb", "alliance_covenant.text_zh_hans", "alliance_covenant.text_zh_hant",
        "alliance_covenant.text_en",
        # texts of communities: drafts and versions, minutes, notices, answers of an office
        *(f"convention_{name}" for name in (
            "round.asked", "round.preamble", "draft_clause.markdown", "draft_script.markdown",
            "edit.markdown", "version.preamble", "round.reading", "version_clause.markdown",
            "version_script.markdown", "reading.markdown", "answer.reason", "review_note.note",
            "vote.figures")),
        *(f"community_{name}" for name in (
            "atlas_entry.offers", "meeting.minutes", "minutes_addendum.words", "notice.markdown",
            "station.markdown",
            "consultation.markdown", "consultation.summary", "consultation_place.answered",
            "estate_party.does", "issue.result", "opinion_group.reply", "resolution.resolved",
            "issue.decision")),
        "question.answer", "key_task.goal",
        # where the members of an alliance talk, of no person and read by members only
        "alliance_link.sealed_link",
    },
    # of a firm and its office, in a procedure about a contract: as long as the contract's record
    "what is said of and by a company": {
        f"company_{matter}.{words}"
        for matter in ("check", "score", "step")
        for words in ("said", "answer")
    }
    | {"company_step.reason", "company_check.finding"},
    # sums of a secret vote, of nobody (decision 0047)
    "sums": {"convention_urn.sealed_sums"},
    # a code, sealed so that nobody reads which matters the guard sent round
    "ways of the guard": {"credit_guard_outcome.sealed_route", "credit_matter.sealed_route"},
    # an auditor's finding on how a case was handled, and grounds given for an export: both are kept
    # as long as the record of who looked
    "records of control": {
        "audit_sampled.words", "personal_export.purpose", "personal_export.basis",
        "personal_export.refusal",
    },
    # anonymised figures: noise was drawn before they were written
    "files of releases": {
        f"satisfaction_release.{file}"
        for file in ("data_csv", "measurements_json", "metadata_json", "rebuild_py")
    },
    # figures of units and what they were computed from (decision 0052)
    "frozen assessments": {
        *(
            f"assessment_frozen.{file}"
            for file in ("inputs_json", "result_csv", "metadata_json", "recompute_py")
        ),
        # codes of indicators
        "assessment_row.known",
    },
    # counts and times by unit, frozen with their month (decision 0059)
    "reports on dispatch": {"assessment_dispatch.table_csv"},
}  # fmt: skip


def test_P1_every_table_with_free_words_or_marks_of_somebody_has_a_time_or_a_reason() -> None:
    import_everything()
    told = {f"{field.table}.{field.column}" for field in personal_fields()}
    excused = set().union(*NOT_PERSONAL.values())
    assert not told & excused
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.c
        if column.name.startswith("sealed_")
        or column.name == "person_id"
        or isinstance(column.type, Text)
        or (isinstance(column.type, String) and (column.type.length or 0) >= 500)
    }
    own = {name for name in found if not name.startswith("responsibility.")}
    assert sorted(own - told - excused) == []
    assert sorted(excused - found - {"case_outside.reference"}) == []
