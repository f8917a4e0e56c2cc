"""Drafts: sealed, nobody else's, one version at a time, forgotten in time."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from portal.accounts.rules import NOBODY
from portal.kernel.clock import now as clock_now
from portal.kernel.db import Database
from portal.kernel.errors import Conflict
from portal.kernel.ids import new_token
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import KeptPhotos, keep_upload, uploads_of
from portal.reports.models import Case, Draft
from portal.reports.rules.intake import (
    DRAFT_LIFETIME,
    RECEIPT_LIFETIME,
    Contact,
    DraftRefusal,
    ReportAnswers,
    Step,
    from_text,
    next_step,
    to_text,
    what_is_missing,
)
from portal.reports.service.drafts import (
    DraftRow,
    discard_draft,
    erase_drafts,
    expire_drafts,
    find_draft,
    find_receipt,
    save_draft,
)
from portal.reports.service.intake import file_draft
from tests.make import accounts
from tests.make.intake import answers, ready

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def find(
    database: Database, token: str | None, person_id: UUID | None = None, at: datetime = NOW
) -> DraftRow | None:
    with database.read() as session:
        return find_draft(session, token, person_id, at)


def found(database: Database, token: str | None, person_id: UUID | None = None) -> DraftRow:
    draft = find(database, token, person_id)
    assert draft is not None
    return draft


def save(
    database: Database,
    draft: DraftRow,
    *,
    seen: int | None = None,
    person_id: UUID | None = None,
    **changes: Any,
) -> ReportAnswers:
    with database.write() as session:
        version = draft.version if seen is None else seen
        return save_draft(session, draft, version, changes, person_id=person_id, now=NOW)


def begun(
    database: Database, person_id: UUID | None = None, **changes: Any
) -> tuple[str, DraftRow]:
    """A draft with something in it, and the token that opens it."""
    token = new_token()
    blank = find(database, token)
    assert blank is not None
    assert blank.version == 0
    save(database, blank, person_id=person_id, **(changes or {"words": "一"}))
    draft = find(database, token, person_id)
    assert draft is not None
    return token, draft


def test_what_was_answered_is_there_again_in_the_same_browser(database: Database) -> None:
    _, draft = begun(database, words="灯坏了", lon=119.9, lat=36.7, contact=Contact.NONE)

    assert draft.version == 1
    assert draft.answers.words == "灯坏了"
    assert draft.answers.point == (119.9, 36.7)
    other = find(database, new_token())
    assert other is not None
    assert (other.version, other.begun) == (0, False)


def test_the_database_holds_no_token_and_nothing_readable(database: Database) -> None:
    token, _ = begun(database, words="灯坏了", phone="+8613800001201")
    with database.read() as session:
        row = session.scalars(select(Draft)).one()
        stored = "".join(str(getattr(row, c.key)) for c in Draft.__table__.columns)

    for secret in (token, "灯坏了", "13800001201"):
        assert secret not in stored


def test_of_two_tabs_the_slower_is_told(database: Database) -> None:
    _, draft = begun(database)
    save(database, draft, words="from the first tab")

    with pytest.raises(Conflict) as caught:
        save(database, draft, words="from the second tab")
    assert caught.value.code is DraftRefusal.CHANGED_ELSEWHERE


@pytest.mark.parametrize("blank", [True, False])
def test_of_two_who_save_at_once_one_wins(database: Database, blank: bool) -> None:
    token, draft = begun(database)
    if blank:
        token = new_token()
        draft = found(database, token)
    start = Barrier(2)

    def race(words: str) -> str:
        start.wait()
        try:
            return save(database, draft, words=words).words
        except Conflict as conflict:
            return conflict.code.value

    with ThreadPoolExecutor(2) as threads:
        results = sorted(threads.map(race, ["one", "two"]))

    assert results[0] == DraftRefusal.CHANGED_ELSEWHERE
    after = find(database, token)
    assert after is not None
    assert (after.answers.words, after.version) == (results[1], draft.version + 1)


def test_of_two_who_send_one_draft_at_once_one_makes_a_case(database: Database) -> None:
    ready(database)
    token, _ = begun(database, **vars(answers()))
    draft = find(database, token)
    assert draft is not None
    start = Barrier(2)

    def send(_: int) -> str:
        start.wait()
        try:
            with database.write() as session:
                file_draft(
                    session, draft, draft.version, actor=NOBODY, address="x", now=clock_now()
                )
        except Conflict as conflict:
            return conflict.code.value
        return "filed"

    with ThreadPoolExecutor(2) as threads:
        results = sorted(threads.map(send, range(2)))

    assert results == [DraftRefusal.SENT_ALREADY, "filed"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_what_was_sent_cannot_be_changed_and_forgets_its_answers(database: Database) -> None:
    ready(database)
    token, draft = begun(database, **vars(answers(words="something private")))
    with database.write() as session:
        filed = file_draft(session, draft, 1, actor=NOBODY, address="x", now=NOW)

    with pytest.raises(Conflict) as caught:
        save(database, draft, words="too late")
    assert caught.value.code is DraftRefusal.SENT_ALREADY
    after = find(database, token)
    assert after is not None
    assert (after.submitted_number, after.answers) == (filed.number, ReportAnswers())


def test_the_receipt_opens_in_that_browser_for_two_hours(database: Database) -> None:
    ready(database)
    token, draft = begun(database, **vars(answers()))
    with database.write() as session:
        filed = file_draft(session, draft, 1, actor=NOBODY, address="x", now=NOW)

    def receipt(token: str | None, at: datetime) -> str | None:
        with database.read() as session:
            return find_receipt(session, token, None, at)

    last = NOW + RECEIPT_LIFETIME - timedelta(seconds=1)
    assert json.loads(receipt(token, last) or "") == {
        "number": filed.number,
        "code": filed.lookup_code,
        "token": filed.token,
    }
    assert receipt(token, NOW + RECEIPT_LIFETIME) is None
    assert receipt(new_token(), last) is None
    assert receipt(None, last) is None


def test_a_draft_is_its_writer_s_after_sign_in_on_every_device(database: Database) -> None:
    with database.write() as session:
        mine, other = accounts.person(session).id, accounts.person(session).id
    token, draft = begun(database)
    save(database, draft, person_id=mine, words="signed in now")

    assert found(database, token, mine).answers.words == "signed in now"
    assert found(database, None, mine).answers.words == "signed in now"
    # the next one at a shared computer
    assert find(database, token) is None
    assert find(database, token, other) is None


def test_a_signed_in_reporter_s_receipt_is_not_for_the_next_at_the_computer(
    database: Database,
) -> None:
    ready(database)
    with database.write() as session:
        person = accounts.person(session)
        actor = accounts.actor(session, person)
    whole = vars(answers(contact=Contact.ACCOUNT))
    token, draft = begun(database, person.id, **whole)
    with database.write() as session:
        file_draft(session, draft, 1, actor=actor, address="x", now=NOW)

    with database.read() as session:
        assert find_receipt(session, token, None, NOW) is None
        assert find_receipt(session, None, person.id, NOW) is not None


def test_an_old_page_goes_on_after_its_draft_was_forgotten(database: Database) -> None:
    token, draft = begun(database)
    later = NOW + DRAFT_LIFETIME
    assert find(database, token, at=later) is None
    with database.write() as session:
        assert expire_drafts(session, later - timedelta(seconds=1)) == 0
        assert expire_drafts(session, later) == 1

    fresh = find(database, token, at=later)
    assert fresh is not None
    assert save(database, fresh, seen=draft.version, words="still here").words == "still here"


def _photo(database: Database, draft: DraftRow) -> KeptPhotos:
    with database.write() as session:
        photo = CleanPhoto(b"picture", b"thumbnail", 100, 100)
        return KeptPhotos(draft.owner, (keep_upload(session, photo, owner=draft.owner, now=NOW),))


def test_a_draft_is_thrown_away_or_erased_with_its_photos(database: Database) -> None:
    with database.write() as session:
        person_id = accounts.person(session).id
    for end in (
        lambda session, draft: discard_draft(session, draft, NOW),
        lambda session, _: erase_drafts(session, person_id, NOW),
    ):
        token, draft = begun(database, person_id)
        kept, other = _photo(database, draft), _photo(database, DraftRow("another"))
        with database.write() as session:
            end(session, draft)
        with database.read() as session:
            assert uploads_of(session, kept, NOW) == {}
            assert len(uploads_of(session, other, NOW)) == 1
            assert session.scalar(select(func.count()).select_from(Draft)) == 0
        assert found(database, token, person_id).version == 0


def test_answers_of_an_older_version_can_still_be_read() -> None:
    text = json.dumps({**json.loads(to_text(answers(photos=("a", "b")))), "gone": 1})

    assert from_text(text) == answers(photos=("a", "b"))


@pytest.mark.parametrize(
    ("changes", "after", "following"),
    [
        ({}, Step.PHOTO, Step.CHECK),
        ({"area_code": None}, Step.PHOTO, Step.PLACE),
        ({"category_code": None}, Step.PLACE, Step.WHAT),
        ({"words": ""}, Step.WHAT, Step.DETAILS),
        ({"words": "", "photos": ("a",), "words_answered": False}, Step.WHAT, Step.DETAILS),
        ({"words": "", "photos": ("a",)}, Step.WHAT, Step.CHECK),
        ({"area_code": "370283"}, Step.PLACE, Step.DETAILS),
        ({"area_code": "370283", "place_words": "桥下"}, Step.PLACE, Step.CHECK),
        ({"area_code": "370283", "lon": 119.9, "lat": 36.7}, Step.PLACE, Step.CHECK),
        ({"contact": None}, Step.DETAILS, Step.CONTACT),
        ({"contact": Contact.PHONE}, Step.DETAILS, Step.CONTACT),
    ],
)
def test_the_next_page_is_the_first_one_without_an_answer(
    changes: dict[str, Any], after: Step, following: Step
) -> None:
    assert next_step(replace(answers(), **changes), after) is following


def test_nothing_is_missing_from_a_whole_report() -> None:
    assert what_is_missing(answers()) == []
    assert len(what_is_missing(ReportAnswers())) == 4
