"""Articles: approved by another, corrected with a date, withdrawn with a reason; role models."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.rules import AgeBand
from portal.accounts.service.privacy import erase_person, export_person
from portal.kernel.db import Database
from portal.kernel.errors import Busy, Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.publicity.models import Article, ArticlePhoto, ArticleVersion
from portal.publicity.queries.articles import Sought, photos_of, readings_of
from portal.publicity.rules.articles import (
    ArticleKind,
    ArticleRefusal,
    ArticleState,
    ArticleStep,
    Origin,
    Provenance,
    is_view,
)
from portal.publicity.rules.personal import KEEP_OPEN_DAYS
from portal.publicity.service.articles import edit_article, step_article
from portal.publicity.service.personal import ArticlesOfAPerson
from portal.publicity.service.role_models import about_me, agree, name_person, take_back
from portal.publicity.service.views_count import ViewCounter, write_views
from portal.reports.models import Case
from portal.reports.rules.codes import State
from tests.make import reports
from tests.make.accounts import aged
from tests.make.articles import NOW, WHY, Newsroom, newsroom, photo, wish
from tests.make.together import at_once

DAY = timedelta(days=1)
BROWSER = "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0"


@pytest.fixture
def there(app: Flask, database: Database) -> Newsroom:
    return newsroom(database)


def _refused(act: Callable[[], object], code: ArticleRefusal) -> None:
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code is code


def test_r105_somebody_who_wrote_nothing_of_it_approves(there: Newsroom) -> None:
    number = there.write()
    with there.database.write() as session:
        edit_article(session, there.third, number, wish(title="新设投放点"),
                     seen=there.version(number).mark, now=NOW)  # fmt: skip
    there.step(there.writer, number, ArticleStep.SEND)
    for who in (there.writer, there.third):
        _refused(partial(there.step, who, number, ArticleStep.APPROVE), ArticleRefusal.OWN)
    with pytest.raises(Missing):
        there.step(there.elsewhere, number, ArticleStep.APPROVE)
    assert there.seen() == []
    there.step(there.second, number, ArticleStep.APPROVE)
    assert there.seen() == [number]
    assert there.seen(Sought(ArticleKind.POLICY)) == []
    assert there.seen(Sought(under="/37/3702/370283/370283002/")) == []


def test_what_was_read_is_what_is_approved(there: Newsroom) -> None:
    number = there.write()
    there.step(there.writer, number, ArticleStep.SEND)
    seen = there.mark(number)
    there.step(there.second, number, ArticleStep.SEND_BACK, "写清时间")
    there.step(there.writer, number, ArticleStep.SEND)
    with there.database.write() as session, pytest.raises(Conflict):
        step_article(
            session, there.second, number, ArticleStep.APPROVE, seen=seen, reason="", now=NOW
        )
    there.step(there.second, number, ArticleStep.APPROVE)
    assert there.seen() == [number]


def test_r166_what_was_taken_over_says_from_whom_where_and_when(there: Newsroom) -> None:
    def origin(address: str, on: date | None) -> Origin:
        return Origin(Provenance.REPOSTED, "平度日报", address=address, on=on)

    good, day = "https://example.org/news/1", NOW.date()
    for address, on, code in (
        ("", day, ArticleRefusal.NO_ORIGIN),
        ("example.org", day, ArticleRefusal.BAD_ADDRESS),
        ("javascript:alert(1)", day, ArticleRefusal.BAD_ADDRESS),
        (good, None, ArticleRefusal.NO_ORIGIN),
        (good, day + 2 * DAY, ArticleRefusal.LATER),
    ):
        _refused(partial(there.write, origin=origin(address, on)), code)
    number = there.write(origin=origin(good, day))
    with there.database.write() as session, pytest.raises(IntegrityError):
        session.execute(update(ArticleVersion).values(origin_url=None))
    assert there.version(number).origin.address == good


def test_r192_a_typical_case_rests_on_a_closed_matter_and_names_nobody(there: Newsroom) -> None:
    with there.database.write() as session:
        reports.category(session)
        closed = reports.case(session, there.area, state=State.CLOSED, at=NOW - DAY).number
        running = reports.case(session, there.area, state=State.DISPATCHED, at=NOW - DAY).number
    write = partial(there.write, ArticleKind.CASE)
    _refused(partial(write, case_number=""), ArticleRefusal.NEEDS_CASE)
    _refused(partial(write, case_number=running), ArticleRefusal.NO_CASE)
    for words in ("鲁B12345 占道停放", "张三先生乱倒垃圾", "电话 13800138000 的广告"):
        hit = partial(write, case_number=closed, body=words)
        _refused(hit, ArticleRefusal.LEADS_TO_SOMEBODY)
    # somebody gives the reason, which whoever approves reads
    allowed = write(case_number=closed, body="咨询 13800138000", masked_why="办公电话")
    assert there.version(allowed).masked_why == "办公电话"
    number = write(case_number=closed)
    there.step(there.writer, number, ArticleStep.SEND)
    with there.database.write() as session:
        session.execute(
            update(Case).where(Case.number == closed).values(state=State.REOPENED, closed_at=None)
        )
    approve = partial(there.step, there.second, number, ArticleStep.APPROVE)
    _refused(approve, ArticleRefusal.NO_CASE)


def test_r105_a_policy_and_its_reading_lead_to_each_other(there: Newsroom) -> None:
    policy = there.write(ArticleKind.POLICY)
    reading = partial(there.write, ArticleKind.READING)
    _refused(partial(reading, policy_number=policy), ArticleRefusal.NO_POLICY)
    _refused(reading, ArticleRefusal.NEEDS_POLICY)
    there.step(there.writer, policy, ArticleStep.SEND)
    there.step(there.second, policy, ArticleStep.APPROVE)
    number = there.published(ArticleKind.READING, policy_number=policy)
    assert there.version(number).policy_id == there.row(policy).id
    with there.database.read() as session:
        assert [one.number for one in readings_of(session, there.row(policy).id)] == [number]


def test_a_correction_is_approved_anew_and_the_old_words_are_kept(there: Newsroom) -> None:
    number = there.published()
    with there.database.write() as session:
        version = session.scalars(select(ArticleVersion)).one()
        session.add(photo(session, version))
    _refused(lambda: there.step(there.third, number, ArticleStep.CORRECT), ArticleRefusal.NO_REASON)
    there.step(there.third, number, ArticleStep.CORRECT, WHY)
    with there.database.write() as session:
        edit_article(session, there.third, number, wish(title="更正"),
                     seen=there.version(number).mark, now=NOW)  # fmt: skip
    there.step(there.third, number, ArticleStep.SEND)
    assert there.row(number).shown_version == 1
    _refused(lambda: there.step(there.third, number, ArticleStep.APPROVE), ArticleRefusal.OWN)
    there.step(there.writer, number, ArticleStep.APPROVE, now=NOW + DAY)
    row, last = there.row(number), there.version(number)
    assert (row.shown_version, row.published_at) == (2, NOW)
    assert (last.title, last.change_why, last.approved_at) == ("更正", WHY, NOW + DAY)
    with there.database.read() as session:
        titles = session.scalars(select(ArticleVersion.title).order_by(ArticleVersion.version))
        assert titles.all() == [wish().title, "更正"]
        [kept] = photos_of(session, last.id)
        [old] = photos_of(session, version.id)
    assert (kept.blob_key, kept.code != old.code) == (old.blob_key, True)


def test_a_withdrawal_takes_a_reason_and_ends_it(there: Newsroom) -> None:
    number = there.published()
    withdraw = partial(there.step, there.writer, number, ArticleStep.WITHDRAW)
    _refused(withdraw, ArticleRefusal.NO_REASON)
    # everybody reads the reason, and nobody approves it
    telling = partial(withdraw, "本人来电13905320000要求撤下")
    _refused(telling, ArticleRefusal.REASON_LEADS)
    withdraw(WHY)
    row = there.row(number)
    assert (row.state, row.withdrawn_why, there.seen()) == (ArticleState.WITHDRAWN, WHY, [])
    with pytest.raises(Conflict):
        there.step(there.second, number, ArticleStep.CORRECT, WHY)


def test_of_an_approval_and_a_withdrawal_at_once_the_withdrawal_stands(there: Newsroom) -> None:
    for _ in range(3):
        number = there.write()
        there.step(there.writer, number, ArticleStep.SEND)
        approve = partial(_tried, there, number, ArticleStep.APPROVE)
        withdraw = partial(_tried, there, number, ArticleStep.WITHDRAW)
        _approved, gone = at_once(approve, withdraw)
        assert gone
        assert there.row(number).state is ArticleState.WITHDRAWN
        assert there.seen() == []


def _tried(there: Newsroom, number: str, step: ArticleStep) -> bool:
    seen = there.mark(number)
    try:
        with there.database.write() as session:
            step_article(session, there.second, number, step, seen=seen, reason=WHY, now=NOW)
    except Conflict:
        return False
    return True


# --- role models ----------------------------------------------------------------------------------


def test_L6_nobody_is_shown_before_she_agreed_to_the_very_words(there: Newsroom) -> None:
    number = there.about_her()
    approve = partial(there.step, there.second, number, ArticleStep.APPROVE)
    _refused(approve, ArticleRefusal.NOT_AGREED)
    there.agrees(number)
    # changed after she said yes: she is asked again
    there.step(there.second, number, ArticleStep.SEND_BACK, "补充时间")
    there.step(there.writer, number, ArticleStep.SEND)
    _refused(approve, ArticleRefusal.NOT_AGREED)
    with there.database.write() as session, pytest.raises(Conflict):
        agree(session, there.her, number, "老街坊", seen=(1, 1), now=NOW)
    with there.database.write() as session, pytest.raises(Missing):
        about_me(session, there.third, number)
    there.agrees(number)
    approve()
    assert there.seen() == [number]
    there.step(there.writer, number, ArticleStep.CORRECT, WHY)
    there.step(there.writer, number, ArticleStep.SEND)
    _refused(approve, ArticleRefusal.NOT_AGREED)
    assert there.row(number).shown_version == 1
    with there.database.write() as session, pytest.raises(IntegrityError):
        session.execute(update(Article).values(sealed_name=None))


def test_L6_her_name_has_no_number_and_stays_as_it_was_approved(there: Newsroom) -> None:
    number = there.about_her()

    def agreed(name: str) -> None:
        with there.database.write() as session:
            agree(session, there.her, number, name, seen=(1, 1), now=NOW)

    _refused(lambda: agreed("办证13905320000"), ArticleRefusal.BAD_NAME)
    agreed("老街坊")
    there.step(there.second, number, ArticleStep.APPROVE)
    _refused(lambda: agreed("别的名字"), ArticleRefusal.NAME_STAYS)
    agreed("老街坊")


def test_an_article_names_no_place_that_leads_to_a_door(there: Newsroom) -> None:
    _refused(lambda: there.write(place="370283001001G01"), ArticleRefusal.TOO_FINE)


def test_L6_whoever_is_not_known_to_be_of_age_is_not_shown(there: Newsroom) -> None:
    number = there.write(ArticleKind.ROLE_MODEL)
    _refused(lambda: there.step(there.writer, number, ArticleStep.SEND), ArticleRefusal.NO_PERSON)
    for band in (AgeBand.UNDER_14, AgeBand.UNDER_18, AgeBand.UNKNOWN):
        with there.database.write() as session:
            aged(session, there.model.id, band)
        with there.database.write() as session:
            name = partial(name_person, session, there.writer, number, there.model.number)
            _refused(name, ArticleRefusal.NOT_OF_AGE)
    with there.database.write() as session:
        aged(session, there.model.id, AgeBand.ADULT)
    waiting = there.about_her()
    with there.database.write() as session:
        aged(session, there.model.id, AgeBand.UNDER_18)
    _refused(lambda: there.agrees(waiting), ArticleRefusal.NOT_OF_AGE)


def test_L6_taking_the_agreement_back_takes_the_page_away_at_once(there: Newsroom) -> None:
    number = there.about_her()
    with there.database.write() as session:
        version = session.scalars(select(ArticleVersion)).one()
        one = photo(session, version)
        session.add(one)
        key = one.blob_key
    there.agrees(number)
    there.step(there.second, number, ArticleStep.APPROVE)
    with there.database.write() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
        take_back(session, there.her, number, now=NOW)
    row = there.row(number)
    assert (there.seen(), row.state) == ([], ArticleState.ERASED)
    assert (row.person_id, row.sealed_name, row.agreed_version) == (None, None, None)
    with there.database.read() as session:
        assert session.scalars(select(ArticleVersion.body)).all() == []
        assert session.scalars(select(ArticlePhoto.code)).all() == []
        assert session.scalars(select(OutboxMessage.sealed_to)).all() in ([], [None])
        with pytest.raises(KeyError):
            instance_of(session).blobs.open(key)


def test_P2_what_an_article_tells_of_somebody_is_handed_out_and_erased(there: Newsroom) -> None:
    number = there.about_her()
    there.agrees(number)
    with there.database.read() as session:
        whole = export_person(session, there.model.id, now=NOW)
        [record] = whole["records"]["article"]
        assert (record["title"], record["name"]) == ("热心邻里的人", "老街坊")
    with there.database.write() as session:
        erase_person(session, None, there.model.id, now=NOW)
    assert there.row(number).state is ArticleState.ERASED


def test_P1_a_page_about_somebody_that_nobody_published_goes_in_time(there: Newsroom) -> None:
    number, provider = there.about_her(), ArticlesOfAPerson()
    late = NOW + timedelta(days=KEEP_OPEN_DAYS)
    with there.database.write() as session:
        assert provider.due(session, late - DAY) == {"article": 0}
        assert provider.due(session, late) == {"article": 1}
        assert provider.expire(session, late) == 1
    assert there.row(number).state is ArticleState.ERASED


def test_nobody_writes_or_approves_a_page_about_herself(there: Newsroom) -> None:
    number = there.write(ArticleKind.ROLE_MODEL)
    with there.database.write() as session:
        assert there.writer.person_id is not None
        aged(session, there.writer.person_id, AgeBand.ADULT)
        own = session.get_one(type(there.model), there.writer.person_id).number
        name = partial(name_person, session, there.writer, number, own)
        _refused(name, ArticleRefusal.HERSELF)


# --- views ----------------------------------------------------------------------------------------


def test_r107_a_view_is_an_opening_by_a_browser(there: Newsroom) -> None:
    assert is_view("GET", BROWSER, "")
    for method, agent, purpose in (
        ("HEAD", BROWSER, ""), ("GET", "", ""), ("GET", BROWSER, "prefetch;prerender"),
        ("GET", "Baiduspider/2.0", ""), ("GET", "bingbot/2.0", ""), ("GET", "curl/8.5", ""),
    ):  # fmt: skip
        assert not is_view(method, agent, purpose)


def test_r107_views_are_summed_and_written_together_and_lead_to_nobody(there: Newsroom) -> None:
    counter, one, two = ViewCounter(), there.published(), there.published()
    ids = [there.row(number).id for number in (one, two)]
    counter.add(ids[0])
    first = counter.take_due()
    assert first == {ids[0]: 1}
    for _ in range(3):
        counter.add(ids[1])
    assert counter.take_due() == {}  # not a minute has passed
    with counter.until_written(first):
        raise Busy
    counter._written = float("-inf")
    assert counter.take_due() == {ids[0]: 1, ids[1]: 3}, "what was not written waits"
    acts = [partial(_write, there, {ids[0]: 5, ids[1]: 7}) for _ in range(3)]
    at_once(*acts)
    assert [there.row(number).views for number in (one, two)] == [15, 21]


def _write(there: Newsroom, counts: dict[UUID, int]) -> None:
    with there.database.write() as session:
        write_views(session, counts)
