"""Links that open one case to a helper of the unit; their end, races, secrets."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Permission
from portal.kernel import clock
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.logs import scrub_path
from portal.kernel.outbox import OutboxMessage
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import Case, CasePass, CasePassEntry, CasePassPhoto, CasePhoto
from portal.reports.queries.passes import pass_by_code
from portal.reports.rules.codes import Closing, Event, Means, Review, State, Target
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.passes import (
    KEEP,
    EntryKind,
    EntryState,
    PassKind,
    PassRefusal,
    Standing,
    lies_with,
    shows_photo,
    why_closed,
)
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.handling import close_case, take_step
from portal.reports.service.pass_desk import forget_passes
from portal.reports.service.pass_use import hand_in_work
from portal.reports.service.passes import HelperWish, let_in_helper, take_back_pass
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.make.links import at_once, holder, let_in
from tests.make.photos import jpeg

PHONE, HELPER = "13800001261", "13800001262"
SPOKEN = "三号楼下的垃圾，电话13800001261"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def test_r288_a_helper_opens_one_case_hands_in_and_a_colleague_takes_it_over(city: City) -> None:
    number = city.case(state=State.DISPATCHED, phone=PHONE, words=SPOKEN, sealed=True)
    other = city.case(state=State.DISPATCHED)
    address = let_in(city, number, hours="8", name="王师傅", phone=HELPER, words="清走并消毒")
    phone = holder(city)
    page = phone.get(address, status=200)
    assert "三号楼下的垃圾" in page.text
    assert "清走并消毒" in page.text
    assert PHONE not in page.html
    assert other not in page.html
    assert page.response.headers["Cache-Control"] == "no-store"
    # on the way: the unit's first response, and a second press changes nothing
    way = page.form(button="I am on the way")
    assert "on the way" in way.send("I am on the way", status=200).text
    assert city.row(number).responded_at is not None
    assert "on the way" in way.send("I am on the way", status=200).text
    assert city.events(number).count(Event.RESPOND) == 1
    # nothing typed is lost where the photo is missing
    form = phone.get(address).form(button="Hand it in").fill(words="垃圾已清走")
    missing = form.send("Hand it in", status=422)
    assert any("Add a photo" in error for error in missing.errors)
    assert "垃圾已清走" in missing.html
    again = missing.form(button="Hand it in").attach("photos", jpeg())
    assert "垃圾已清走" in again.send("Hand it in", status=200).text
    again.send("Hand it in", status=200)
    with city.database.read() as session:
        assert len(session.scalars(select(CasePassPhoto)).all()) == 1
        assert session.scalars(select(CasePhoto)).all() == []
    taken_over(city, number)


def taken_over(city: City, number: str) -> None:
    """A colleague of whoever made the link stands for the work; the maker does not verify it."""
    with city.database.write() as session:
        mate = accounts.staff(session, "handling_unit", organisation=city.unit, name="同事")
    desk = city.browser(mate)
    assert number in desk.get("/desk/?task=handed_in", status=200).text
    came = desk.get(f"/desk/cases/{number}").click("Look at it", status=200)
    empty = came.form().fill(words="您的留言已收悉").send("Report the work as done", status=422)
    assert any("no answer" in error for error in empty.errors)
    done = empty.form().fill(words="垃圾已清走并消毒").send("Report the work as done", status=200)
    assert "垃圾已清走并消毒" in done.text
    assert number not in desk.get("/desk/?task=handed_in", status=200).text
    row = city.row(number)
    assert (row.state, row.handler_id) == (State.HANDLED, mate.id)
    with city.database.write() as session:
        assert len(session.scalars(select(CasePhoto)).all()) == 1
        assert session.scalars(select(CasePassPhoto)).all() == []
        # whoever let the helper in has become a verifier meanwhile, and left the unit
        maker = reports.staff(Permission.REPORT_VERIFY, person=city.worker)
        with pytest.raises(Refused) as refusal:
            close_case(session, row, actor=maker, now=clock.now(), means=Means.SERVICE)
    assert refusal.value.code is Refusal.HANDLED_IT


def over(city: City, address: str, said: str, **typed: str) -> None:
    """The page of a link that is over says why and whom to ask, and shows what was typed."""
    page = holder(city).get(address, status=410)
    assert said in page.text
    assert page.soup.select(".ways a[href^='tel:']")
    if typed:
        late = holder(city).post(address, typed, status=410)
        assert typed["words"] in late.text


def test_a_link_that_is_over_says_so_and_whom_to_ask(city: City) -> None:
    number = city.case(state=State.DISPATCHED)
    address = let_in(city, number, name="李师傅")
    desk = city.browser(city.worker).get(f"/desk/cases/{number}", status=200)
    assert "李师傅" in desk.text
    open_page = holder(city).get(address, status=200)
    back = desk.form(button="Take the link back")
    assert "taken back" in back.send("Take the link back", status=200).text
    # whoever had the page open loses nothing of what she typed
    form = open_page.form(button="Hand it in").fill(words="白跑一趟")
    assert "白跑一趟" in form.send("Hand it in", status=410).text
    over(city, address, "taken back", words="做完了")
    late = let_in(city, number)
    with city.database.write() as session:
        gone = clock.now() - timedelta(minutes=1)
        session.execute(update(CasePass).values(expires_at=gone))
    over(city, late, "The time of this link is over")
    moved = let_in(city, number)
    with city.database.write() as session:
        made = reports.row_of(
            session, session.get_one(Case, (reports.DISTRICT, city.row(number).id))
        )
        take_step(
            session, made, Event.RETURN, actor=reports.handler(city.unit), now=clock.now(),
            reason=Reason.NOT_OURS,
        )  # fmt: skip
    over(city, moved, "moved on")
    unknown = holder(city).get("/l/no-such-link-as-this-one", status=404)
    assert "not a link of ours" in unknown.text
    with city.database.read() as session:
        noted = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert noted.count("pass:make:helper") == 3
    assert noted.count("pass:revoke:helper") == 1


def test_only_who_can_do_the_work_lets_somebody_in_and_others_see_no_link(city: City) -> None:
    number = city.case(state=State.DISPATCHED)
    let_in(city, number, name="王师傅")
    assert city.browser(city.lead).get(f"/desk/cases/{number}/helper").status == 403
    city.browser(city.desk).get(f"/desk/cases/{number}/helper", status=403)
    grid = city.case(state=State.ACCEPTED)
    page = city.browser(city.lead).get(f"/desk/cases/{grid}/helper", status=200)
    assert "/l/" in page.form().send("Make the link", status=200).text
    with city.database.write() as session:
        made = session.scalars(select(CasePass).where(CasePass.sealed_name.is_not(None))).one()
        entry = CasePassEntry(
            district=made.district, pass_id=made.id, case_id=made.case_id, kind=EntryKind.DONE,
            words="清走了", state=EntryState.WAITING, cycle=1, at=clock.now(),
        )  # fmt: skip
        session.add(entry)
        # its code is made with it
        session.flush()
        code, came = made.code, entry.code
    # the grid lead works in the place, but what the unit has is not hers to send back
    for who in (city.verifier, city.lead):
        browser = city.browser(who)
        assert "王师傅" not in browser.get(f"/desk/cases/{number}", status=200).text
        assert number not in browser.get("/desk/?task=handed_in").text
        browser.check = False
        assert browser.post(f"/desk/links/{code}/revoke").status == 404
        assert browser.get(f"/desk/came/{came}").status == 404


def test_P5_a_helper_reads_nothing_that_was_written_of_a_person_or_a_shop(city: City) -> None:
    with city.database.write() as session:
        reports.category(session, "shop_overflow", target=Target.PERSON_OR_SHOP)
    number = city.case(state=State.DISPATCHED, category_code="shop_overflow", words="王家面馆占道")
    page = holder(city).get(let_in(city, number, words="请到现场看看"), status=200)
    assert "请到现场看看" in page.text
    assert "王家面馆" not in page.html
    with city.database.write() as session:
        inward = reports.case(session, city.area, category_code="behaviour", unit=city.unit,
                              state=State.DISPATCHED)  # fmt: skip
        row = reports.row_of(session, inward)
        who, wish = reports.handler(city.unit), HelperWish(8)
        with pytest.raises(Refused) as refusal:
            let_in_helper(session, row, wish, actor=who, now=clock.now())
    assert refusal.value.code is PassRefusal.INWARD
    address = let_in(city, number, words="请到现场看看")
    with city.database.write() as session:
        session.execute(update(Case).where(Case.number == number).values(category_code=BEHAVIOUR))
    closed = holder(city).get(address, status=410)
    assert "请到现场看看" not in closed.html


def test_taking_a_link_back_comes_before_or_after_a_hand_in_and_never_between(city: City) -> None:
    with city.database.write() as session:
        reports.category(session, "noise", closing=Closing.WORDS)
    number = city.case(state=State.DISPATCHED, category_code="noise")
    case, actor = city.row(number), reports.handler(city.unit)
    mine = reports.staff(Permission.REPORT_HANDLE, unit=city.unit, person=city.worker)
    with city.database.write() as session:
        made = let_in_helper(session, case, HelperWish(8), actor=mine, now=clock.now())
        row = pass_by_code(session, made.code)
    assert row is not None

    def hand_in(session: Session) -> object:
        return hand_in_work(
            session, made.token, words="已处理", photos=KeptPhotos(), now=clock.now()
        )

    def revoke(session: Session) -> object:
        return take_back_pass(session, case, row, actor=actor, now=clock.now())

    came, *others = at_once(city.database, [hand_in, revoke, revoke])
    assert sorted(others) == [PassRefusal.REVOKED.value, "won"]
    with city.database.read() as session:
        entries = session.scalars(select(CasePassEntry)).all()
    assert len(entries) == (1 if came == "won" else 0)
    assert came in {"won", PassRefusal.REVOKED.value}


def test_a_link_is_kept_as_a_hash_alone_and_is_forgotten_with_what_came_by_it(city: City) -> None:
    number = city.case(state=State.DISPATCHED)
    address = let_in(city, number, name="王师傅", phone=HELPER)
    token = address.removeprefix("/l/")
    page = holder(city).get(address).form(button="Hand it in").attach("photos", jpeg())
    page.send("Hand it in", status=200)
    assert token not in scrub_path(f"{address}/photos/7K3M9-QX2HD")
    with city.database.read() as session:
        for table in inspect(session.get_bind()).get_table_names():
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                assert token not in str(row)
                assert "王师傅" not in str(row)
        key = session.scalars(select(CasePassPhoto.blob_key)).one()
    with city.database.write() as session:
        assert forget_passes(session, now=clock.now() + timedelta(days=7)) == 0
        assert instance_of(session).blobs.open(key)
    with city.database.write() as session:
        assert forget_passes(session, now=clock.now() + KEEP + timedelta(days=8)) == 1
        for model in (CasePass, CasePassEntry, CasePassPhoto):
            assert session.scalars(select(model)).all() == []
        with pytest.raises(KeyError):
            instance_of(session).blobs.open(key)


def test_a_link_is_good_while_the_case_lies_with_whom_it_was_made_for() -> None:
    unit, other, gone = new_id(), new_id(), new_id()
    helper, outside = PassKind.HELPER, PassKind.OUTSIDE
    for state, here in ((State.DISPATCHED, True), (State.REWORK, True), (State.HANDLED, False)):
        assert lies_with(helper, unit, Standing(state, unit)) is here
    assert not lies_with(helper, unit, Standing(State.DISPATCHED, other))
    assert lies_with(helper, None, Standing(State.ACCEPTED, None))
    assert not lies_with(helper, None, Standing(State.DISPATCHED, unit))
    assert lies_with(outside, gone, Standing(State.HANDED_OVER, None, gone))
    assert not lies_with(outside, gone, Standing(State.ACCEPTED, None, gone))
    assert not lies_with(outside, gone, Standing(State.HANDED_OVER, None, other))
    given = {"revoked_at": None, "expires_at": NOW, "still_there": True}
    assert why_closed(**given, now=NOW - timedelta(seconds=1)) is None
    assert why_closed(**given, now=NOW) is PassRefusal.OVER
    assert why_closed(**{**given, "revoked_at": NOW}, now=NOW) is PassRefusal.REVOKED


def test_P5_which_photos_a_link_shows() -> None:
    def shown(kind: PassKind, review: Review, reason: str | None, protected: bool) -> bool:
        return shows_photo(kind, review, reason, protected=protected)

    helper, outside, about = PassKind.HELPER, PassKind.OUTSIDE, Reason.ABOUT_A_PERSON_OR_SHOP.value
    assert shown(helper, Review.PENDING, None, False)
    assert not shown(helper, Review.WITHHELD, Reason.FACES_OR_PLATES.value, False)
    assert not shown(helper, Review.PENDING, None, True)
    assert shown(outside, Review.APPROVED, None, False)
    assert not shown(outside, Review.PENDING, None, False)
    assert shown(outside, Review.WITHHELD, about, True)
    assert not shown(outside, Review.WITHHELD, Reason.INSULT.value, True)


def test_whoever_is_written_to_reads_her_own_language_where_it_is_known(city: City) -> None:
    number = city.case(state=State.DISPATCHED)
    with city.database.write() as session:
        accounts.person(session, phone=f"+86{HELPER}").language = "en"
        session.merge(city.worker).language = "zh_Hant"
    address = let_in(city, number, hours="8", phone=HELPER)
    let_in(city, number, hours="8", phone="13800001264")
    page = holder(city).get(address, status=200).form(button="Hand it in")
    page.fill(words="清走了").attach("photos", jpeg()).send("Hand it in", status=200)
    with city.database.read() as session:
        sent = select(OutboxMessage.template, OutboxMessage.language).order_by(OutboxMessage.id)
        told = [tuple(row) for row in session.execute(sent)]
    assert told[-3:] == [
        ("pass.helper", "en"),
        # a stranger is written to in the city's language
        ("pass.helper", "zh_Hans"),
        ("desk.handed_in", "zh_Hant"),
    ]
