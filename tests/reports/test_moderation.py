"""Words and photos reach the public only after a check, and nobody speaks for a resident."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.tokens import fold
from portal.reports.models import Case, CasePhoto, CaseSearch, CaseText
from portal.reports.queries.case import events_of
from portal.reports.rules.codes import Event, Review, Target
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.moderation import about_photo, about_text, moderate_case
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.reports import NOW


def _case(session: Session, **options: Any) -> tuple[Case, CaseText, CasePhoto]:
    area = small_tree(session)["370283001001"]
    made = reports.reported(session, area, words=None, **options)
    words = reports.text(session, made, "张三家的垃圾,电话13800001234")
    return made, words, reports.photo(session, made)


def test_approved_words_and_photos_become_public_and_findable(database: Database) -> None:
    with database.write() as session:
        made, words, photo = _case(session)
        row = moderate_case(
            session,
            reports.row_of(session, made),
            [
                about_text(words.id, show=True, public_text="家的垃圾"),
                about_photo(photo.id, show=True),
            ],
            actor=reports.desk(),
            now=NOW,
        )
        session.refresh(words)
        session.refresh(photo)
        assert row.listed
        assert (words.review, words.public_text) == (Review.APPROVED, "家的垃圾")
        assert photo.review is Review.APPROVED
        found = session.scalars(select(CaseSearch.words)).one()
        assert fold("垃圾") in found
        assert "张三" not in found
        assert [e.event for e in events_of(session, row)] == [Event.REPORT, Event.MODERATE]


def test_numbers_are_masked_even_when_the_officer_overlooks_them(database: Database) -> None:
    with database.write() as session:
        made, words, _ = _case(session)
        decisions = [about_text(words.id, show=True)]
        row = reports.row_of(session, made)
        moderate_case(session, row, decisions, actor=reports.desk(), now=NOW)
        session.refresh(words)
        assert words.public_text is not None
        assert "1380" not in words.public_text
        assert words.text.endswith("13800001234")


def test_an_officer_may_leave_out_but_not_add(database: Database) -> None:
    with database.write() as session:
        made, words, _ = _case(session)
        row = reports.row_of(session, made)
        with pytest.raises(Refused) as refused:
            moderate_case(
                session,
                row,
                [about_text(words.id, show=True, public_text="垃圾已清理")],
                actor=reports.desk(),
                now=NOW,
            )
        assert refused.value.code is Refusal.WORDS_ADDED
        assert refused.value.field == f"public_{words.id.hex}"


def test_what_is_kept_inside_tells_the_reporter_why(database: Database) -> None:
    with database.write() as session:
        made, words, photo = _case(session, listed=False)
        row = reports.row_of(session, made)
        keep = [about_text(words.id, show=False), about_photo(photo.id, show=False)]
        with pytest.raises(Refused) as refused:
            moderate_case(session, row, keep, actor=reports.desk(), now=NOW)
        assert refused.value.code is Refusal.REASON_MISSING
    with database.write() as session:
        row = moderate_case(
            session,
            row,
            [about_text(words.id, show=False)],
            actor=reports.desk(),
            now=NOW,
            reason=Reason.PERSONAL_DATA,
        )
        moderate_case(
            session,
            row,
            [about_photo(photo.id, show=False)],
            actor=reports.desk(),
            now=NOW,
            reason=Reason.OTHER,
            words="看得到门牌",
        )
        assert not row.listed
    with database.read() as session:
        assert session.scalars(select(CaseText.review_reason)).first() == "personal_data"
        assert session.scalars(select(CasePhoto.review_reason)).one() == "看得到门牌"
        assert session.scalars(select(CaseText.public_text)).first() is None


def test_p5_words_and_photos_about_a_shop_are_never_shown(database: Database) -> None:
    with database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
        made, words, photo = _case(session, category_code="noise")
        row = reports.row_of(session, made)
        for decision in (about_text(words.id, show=True), about_photo(photo.id, show=True)):
            with pytest.raises(Refused) as refused:
                moderate_case(session, row, [decision], actor=reports.desk(), now=NOW)
            assert refused.value.code is Refusal.NEVER_PUBLIC
        assert {words.review, photo.review} == {Review.PENDING}


def test_a_second_officer_who_decides_on_what_was_decided_is_told(database: Database) -> None:
    with database.write() as session:
        made, words, _ = _case(session)
        row = reports.row_of(session, made)
        show = [about_text(words.id, show=True)]
        moderate_case(session, row, show, actor=reports.desk(), now=NOW)
        with pytest.raises(Conflict):
            moderate_case(session, row, show, actor=reports.desk(), now=NOW)
        again = [about_text(words.id, show=False, seen=Review.APPROVED)]
        moderate_case(session, row, again, actor=reports.desk(), now=NOW, reason=Reason.INSULT)
        session.refresh(words)
        assert (words.review, words.public_text) == (Review.WITHHELD, None)


def test_texts_of_another_case_cannot_be_decided_here(database: Database) -> None:
    with database.write() as session:
        made, _, _ = _case(session)
        area = session.get_one(reports.Area, made.area_id)
        other = reports.reported(session, area)
        words = session.scalars(select(CaseText).where(CaseText.case_id == other.id)).one()
        with pytest.raises(Conflict):
            moderate_case(
                session,
                reports.row_of(session, made),
                [about_text(words.id, show=True)],
                actor=reports.desk(),
                now=NOW,
            )


def test_moderating_needs_the_permission(database: Database) -> None:
    with database.write() as session:
        made, words, _ = _case(session)
        with pytest.raises(Forbidden):
            moderate_case(
                session,
                reports.row_of(session, made),
                [about_text(words.id, show=True)],
                actor=reports.verifier(),
                now=NOW,
            )
