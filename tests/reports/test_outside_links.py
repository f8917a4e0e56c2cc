"""Links by which another authority reads one case, confirms that it has it, and answers once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.kernel import clock
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import CaseOutside, CasePass, CasePassEntry
from portal.reports.queries.desk import desk_counts, desk_page
from portal.reports.rules.codes import State, Target
from portal.reports.rules.desk import Task
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.passes import DeclineReason, EntryState, PassRefusal
from portal.reports.service.pass_use import answer_from_outside, open_pass
from portal.reports.service.passes import ForwardWish, forward_case
from tests.make import accounts, reports
from tests.make.desk import City, small_city
from tests.make.links import at_once, hand_over, holder, made_link

PHONE = "13800001261"
SPOKEN = "三号楼下的垃圾，电话13800001261"


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    return small_city(app, database)


def test_r152_another_authority_reads_confirms_and_answers_once(city: City) -> None:
    number = city.case(state=State.ACCEPTED, phone=PHONE, words=SPOKEN, listed=True)
    hand_over(city, number, answer_by=None)
    page = city.browser(city.centre).get(f"/desk/cases/{number}/forward", status=200)
    form = page.form().fill(mail="env@example.org", words="请查处", names=True)
    refused = form.send("Make the link", status=422)
    assert any("how and when" in error for error in refused.errors)
    made = refused.form().fill(consent="11月24日电话同意").send("Make the link", status=200)
    address = made_link(made)
    body = holder(city)
    first = body.get(address, status=200)
    assert "三号楼下的垃圾" in first.text
    assert PHONE not in first.html
    seen = first.form(button="Confirm that you received it").send(status=200)
    assert PHONE in seen.html
    answer = seen.form(button="Send the answer")
    assert answer.send("Send the answer", status=422).errors
    nothing = answer.fill(what="decline").send("Send the answer", status=422)
    assert any("why you do not take" in error for error in nothing.errors)
    answer.fill(what="answer", words="已立案查处，联系13800001263")
    thanks = answer.send("Send the answer", status=200)
    assert "given once" in thanks.text
    assert "已立案查处" not in holder(city).get(f"/reports/{number}").text
    passed_on(city, number)


def passed_on(city: City, number: str) -> None:
    """The desk reads the answer first; then it stands in the history, and the reporter is told."""
    desk = city.browser(city.desk)
    assert number in desk.get("/desk/?task=outside", status=200).text
    came = desk.get(f"/desk/cases/{number}").click("Look at it", status=200)
    assert "已立案查处" in came.html
    came.form().send("Pass on to the reporter", status=200)
    public = holder(city).get(f"/reports/{number}", status=200)
    assert "已立案查处" in public.text
    assert "13800001263" not in public.html
    assert number not in desk.get("/desk/?task=outside", status=200).text
    with city.database.read() as session:
        told = session.scalars(select(OutboxMessage.template)).all()
        looked = session.scalars(select(AuditEntry).where(AuditEntry.action == "identity:look"))
        assert [entry.reason for entry in looked] == ["11月24日电话同意"]
    assert {"pass.outside", "report.outside_answer"} <= set(told)


def test_R259_no_link_opens_a_report_on_conduct_to_another_authority(city: City) -> None:
    with city.database.write() as session:
        reports.category(session, BEHAVIOUR, target=Target.PERSON_OR_SHOP, name="不文明行为")
    number = city.case(state=State.ACCEPTED, category_code=BEHAVIOUR, words="李四扔垃圾")
    hand_over(city, number, answer_by=None)
    city.browser(city.centre).get(f"/desk/cases/{number}/forward", status=403)
    with city.database.write() as session, pytest.raises(Refused) as refusal:
        forward_case(session, city.row(number), ForwardWish(), actor=reports.desk(),
                     now=clock.now())  # fmt: skip
    assert refusal.value.code is PassRefusal.INWARD


def test_a_link_to_another_authority_has_an_end_within_a_year(city: City) -> None:
    """It shows who reported: one asked to answer in 2999 was good until then."""
    number = city.case(state=State.ACCEPTED, phone=PHONE)
    hand_over(city, number, answer_by=None)
    page = city.browser(city.centre).get(f"/desk/cases/{number}/forward", status=200)
    for day in ("2999-01-01", "9999-12-31"):
        page = page.form().fill(answer_by=day).send("Make the link", status=422)
        assert page.errors
    with city.database.read() as session:
        assert session.scalars(select(CasePass)).all() == []


def test_no_answer_in_time_stands_on_the_desks_list_until_there_is_one(city: City) -> None:
    number = city.case(state=State.ACCEPTED)
    hand_over(city, number, answer_by=None)
    page = city.browser(city.desk).get(f"/desk/cases/{number}/forward", status=200)
    # a street desk may not see who reported, so it cannot tell others either
    assert not page.soup.select("[name=names]")
    page.form().send("Make the link", status=200)
    desk = city.browser(city.desk)
    assert number not in desk.get("/desk/?task=outside", status=200).text
    with city.database.write() as session:
        past = clock.now().date() - timedelta(days=1)
        session.execute(update(CaseOutside).values(answer_by=past))
    assert number in desk.get("/desk/?task=outside", status=200).text
    step = desk.get(f"/desk/cases/{number}/outside-answer", status=200)
    step.form().fill(words="来函答复：已处理").send("Pass on an answer from outside", status=200)
    assert number not in desk.get("/desk/?task=outside", status=200).text


def test_the_day_of_an_answer_ends_with_the_citys_midnight(city: City) -> None:
    number = city.case(state=State.ACCEPTED)
    hand_over(city, number, answer_by=None)
    with city.database.write() as session:
        session.execute(update(CaseOutside).values(answer_by=date(2026, 11, 24)))
        actor = accounts.actor(session, city.desk)
    for at, listed in (((15, 59), []), ((16, 0), [number])):
        # 23:59 on the day itself in the city, and midnight; in UTC it is the day itself still
        moment = datetime(2026, 11, 24, *at, tzinfo=UTC)
        with city.database.read() as session:
            page = desk_page(session, actor, Task.OUTSIDE, moment)
            counts = desk_counts(session, actor, moment)
        assert [row.number for row in page.rows] == listed
        assert counts[Task.OUTSIDE] == len(listed)


def test_of_two_answers_at_once_one_is_kept(city: City) -> None:
    number = city.case(state=State.ACCEPTED)
    hand_over(city, number, answer_by=None)
    case = city.row(number)
    with city.database.write() as session:
        first = forward_case(session, case, ForwardWish(), actor=reports.desk(), now=clock.now())
        made = forward_case(session, case, ForwardWish(), actor=reports.desk(), now=clock.now())
        # of one hand-over only the newest link is good
        assert open_pass(session, first.token, clock.now()).closed is PassRefusal.REVOKED

    def say(words: str, decline: DeclineReason | None) -> Callable[[Session], object]:
        return lambda session: answer_from_outside(
            session, made.token, words=words, decline=decline, declines=decline is not None,
            now=clock.now(),
        )  # fmt: skip

    ended = at_once(city.database, [say("已办", None), say("", DeclineReason.NOT_OURS)])
    assert sorted(ended) == [PassRefusal.ANSWERED.value, "won"]
    with city.database.read() as session:
        entry = session.scalars(select(CasePassEntry)).one()
        assert entry.state is EntryState.WAITING
    with city.database.write() as session, pytest.raises(Conflict):
        forward_case(session, case, ForwardWish(), actor=reports.desk(), now=clock.now())
