"""An alliance's life: founded, joined, left; groups, notices, help, a covenant that is signed."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from credit.models import Entry
from credit.rules.kinds import Kind
from pledges.models import AllianceLink, AllianceSignOn, PremisesOperator, Standing
from pledges.queries.alliance_life import (
    covenants_of,
    help_of,
    links_of,
    notices_of,
    offers_of,
    sign_ons_of,
    standing_of,
)
from pledges.queries.alliances import alliance_by_number, alliances_around, head_of, members_of
from pledges.queries.elections import election_by_number
from pledges.queries.premises import premises_by_number
from pledges.rules.alliances import (
    NOTICES_A_DAY,
    AllianceRefusal,
    LinkKind,
    alliance_standing,
    clean_link,
)
from pledges.rules.elections import ElectionKind, Outcome
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import OperatorWish
from pledges.service.alliance_help import ask_help, close_help, offer_help
from pledges.service.alliance_lead import (
    add_link,
    choose_messages,
    end_link,
    end_notice,
    post_notice,
)
from pledges.service.alliances import (
    AllianceWish,
    change_alliance,
    end_alliance,
    found_alliance,
    join,
    leave,
)
from pledges.service.covenants import (
    draft_covenant,
    publish_covenant,
    sign_on,
    withdraw_sign_on,
)
from pledges.service.elections import call_election
from pledges.service.premises import change_tenant
from portal.accounts.queries import phones_of
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage, OutboxState
from tests.make.alliances import STREET, Road, road
from tests.make.pledges import NOW, TODAY
from tests.make.together import at_once

LINK = "https://weixin.qq.com/g/AbCdEf123"
TEXTS = {"zh_Hans": "一起保持门前整洁。", "zh_Hant": "", "en": ""}


@pytest.fixture
def made(database: Database) -> Road:
    return road(database, 3, led=True)


def within(made: Road, query: Any) -> Any:
    """A query about the alliance of the road."""
    with made.database.read() as session:
        row = alliance_by_number(session, made.number)
        assert row is not None
        return query(session, row)


def test_a_street_founds_one_in_its_places_alone(made: Road) -> None:
    wish = AllianceWish({"zh_Hans": "夜市联盟"}, STREET, inspects=True)
    number = made.do(found_alliance, made.desk, wish)
    row = made.read(alliance_by_number, number)
    assert (row.names["en"], row.inspects, row.members) == ("夜市联盟", True, 0)
    with pytest.raises(Refused) as told:
        made.do(found_alliance, made.far_desk, wish)
    assert told.value.code is PledgeRefusal.NOT_YOUR_PLACE
    with pytest.raises(Missing):
        made.do(change_alliance, made.far_desk, number, wish)


def test_an_owner_joins_with_her_shop_and_leaves(database: Database) -> None:
    made = road(database, 2, joined=False)
    member = made.do(join, made.owners[0], made.number, made.shops[0])
    with pytest.raises(Conflict):
        made.do(join, made.owners[0], made.number, made.shops[0])
    # nobody joins with the shop of another one
    with pytest.raises(Missing):
        made.do(join, made.owners[0], made.number, made.shops[1])
    made.do(leave, made.owners[0], made.number, member)
    assert within(made, members_of) == []
    assert made.do(join, made.owners[0], made.number, made.shops[0]) != member


def test_of_two_who_join_with_one_shop_at_once_one_is_in(app: Flask, database: Database) -> None:
    made = road(database, 1, joined=False)

    def run() -> str:
        try:
            made.do(join, made.owners[0], made.number, made.shops[0])
        except Conflict:
            return "lost"
        return "done"

    assert sorted(at_once(run, run)) == ["done", "lost"]


def test_a_shop_of_another_street_does_not_join(made: Road) -> None:
    far = AllianceWish({"zh_Hans": "远处的联盟"}, "370283002", inspects=False)
    number = made.do(found_alliance, made.far_desk, far)
    with pytest.raises(Refused) as told:
        made.do(join, made.owners[0], number, made.shops[0])
    assert told.value.code is AllianceRefusal.ELSEWHERE
    with made.database.read() as session:
        door = premises_by_number(session, made.shops[0])
        assert door is not None
        found = [row.number for row in alliances_around(session, [door.place_path])]
    assert found == [made.number]


def test_a_change_of_tenant_ends_membership_term_and_signature(made: Road) -> None:
    made.do(draft_covenant, made.owners[0], made.number, TEXTS)
    made.do(publish_covenant, made.owners[0], made.number)
    made.do(sign_on, made.owners[0], made.number, made.members[0], 1, "王秀英")
    with made.database.read() as session:
        runs = session.scalars(
            select(PremisesOperator).where(PremisesOperator.person_id == made.owners[0].id)
        ).one()
        seen = runs.number
    who = OperatorWish("李四", None, sole_trader=True)
    made.do(change_tenant, made.desk, made.shops[0], who, seen=seen)
    assert len(within(made, members_of)) == 2
    assert within(made, lambda s, row: head_of(s, row, TODAY)) is None
    assert within(made, sign_ons_of) == {}


def test_r281_a_covenant_is_published_sealed_and_signed_by_members(made: Road) -> None:
    head, other = made.owners[:2]
    with pytest.raises(Forbidden):
        made.do(draft_covenant, other, made.number, TEXTS)
    made.do(draft_covenant, head, made.number, TEXTS)
    # nobody signs a draft
    with pytest.raises(Conflict):
        made.do(sign_on, other, made.number, made.members[1], 1, "李四")
    made.do(publish_covenant, head, made.number)
    made.do(sign_on, other, made.number, made.members[1], 1, "李四")
    with pytest.raises(Conflict):
        made.do(sign_on, other, made.number, made.members[1], 1, "李四")
    with pytest.raises(Missing):
        made.do(sign_on, other, made.number, made.members[2], 1, "李四")
    made.do(draft_covenant, head, made.number, TEXTS)
    with pytest.raises(Refused) as told:
        made.do(publish_covenant, head, made.number)
    assert told.value.code is AllianceRefusal.SAME_TEXT
    made.do(draft_covenant, head, made.number, {**TEXTS, "zh_Hans": "一起保持门前整洁，互相帮助。"})
    made.do(publish_covenant, head, made.number)
    versions = within(made, covenants_of)
    assert [(one.version, one.sealed) for one in versions] == [(2, True), (1, True)]
    assert versions[1].texts["zh_Hans"] == TEXTS["zh_Hans"]
    # the page showed the old one
    with pytest.raises(Conflict):
        made.do(sign_on, head, made.number, made.members[0], 1, "王秀英")
    assert {one.version for one in within(made, sign_ons_of).values()} == {1}
    with made.database.read() as session:
        kinds = session.scalars(select(Entry.kind)).all()
        row = session.scalars(select(AllianceSignOn)).one()
    assert kinds.count(Kind.COVENANT_PUBLISHED) == 2
    assert kinds.count(Kind.COVENANT_SIGNED) == 1
    assert "李四" not in (row.sealed_signature or "")


def test_L5_a_signature_is_withdrawn_as_easily(made: Road) -> None:
    made.do(draft_covenant, made.owners[0], made.number, TEXTS)
    made.do(publish_covenant, made.owners[0], made.number)
    made.do(sign_on, made.owners[1], made.number, made.members[1], 1, "李四")
    made.do(withdraw_sign_on, made.owners[1], made.number, made.members[1])
    assert within(made, sign_ons_of) == {}
    with pytest.raises(Conflict):
        made.do(withdraw_sign_on, made.owners[1], made.number, made.members[1])


def test_of_two_who_sign_for_one_member_at_once_one_does(app: Flask, made: Road) -> None:
    made.do(draft_covenant, made.owners[0], made.number, TEXTS)
    made.do(publish_covenant, made.owners[0], made.number)

    def run() -> str:
        try:
            made.do(sign_on, made.owners[1], made.number, made.members[1], 1, "李四")
        except Conflict:
            return "lost"
        return "done"

    assert sorted(at_once(run, run)) == ["done", "lost"]


def test_the_links_of_groups_are_sealed_and_go_when_they_are_taken_away(made: Road) -> None:
    given = (made.number, LinkKind.WECHAT, "商户群", LINK)
    for who, told in ((made.owners[1], Forbidden), (made.desk, Missing)):
        with pytest.raises(told):
            made.do(add_link, who, *given)
    made.do(add_link, made.owners[0], *given)
    (one,) = within(made, links_of)
    assert one.link == LINK
    made.do(end_link, made.owners[0], made.number, one.number)
    assert within(made, links_of) == []
    with made.database.read() as session:
        kept = session.scalars(select(AllianceLink)).one()
        assert "AbCdEf123" not in kept.sealed_link


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (LinkKind.WECHAT, LINK, True),
        (LinkKind.QQ, "https://qm.qq.com/q/Ab12", True),
        (LinkKind.QQ, " 123456789 ", True),
        (LinkKind.OTHER, "98765432", True),
        (LinkKind.WECHAT, "123456789", False),
        (LinkKind.WECHAT, "http://weixin.qq.com/g/x", False),
        (LinkKind.WECHAT, "https://weixin.qq.com.evil.example/g/x", False),
        (LinkKind.WECHAT, "https://weixin.qq.com@evil.example/g/x", False),
        (LinkKind.WECHAT, "https://weixin.qq.com:8443/g/x", False),
        (LinkKind.WECHAT, "https://qm.qq.com/q/x", False),
        (LinkKind.QQ, "https://qm.qq.com/", False),
        (LinkKind.QQ, "javascript:alert(1)", False),
        # a mobile number is a person
        (LinkKind.QQ, "13900000017", False),
        (LinkKind.OTHER, "https://weixin.qq.com/g/x", False),
        (LinkKind.QQ, "https://qm.qq.com/" + "a" * 300, False),
        (LinkKind.QQ, "https://[qm.qq.com/x", False),
    ],
)
def test_what_is_the_link_of_a_group(kind: LinkKind, typed: str, *, kept: bool) -> None:
    assert clean_link(kind, typed) == (typed.strip() if kept else None)


def test_notices_are_of_the_head_or_the_street_and_lead_to_nobody(made: Road) -> None:
    with pytest.raises(Forbidden):
        made.do(post_notice, made.owners[1], made.number, "例会", "周三下午在社区开会")
    made.do(post_notice, made.owners[0], made.number, "例会", "周三下午在社区开会")
    made.do(post_notice, made.desk, made.number, "检查", "下周检查")
    with pytest.raises(Refused) as told:
        made.do(post_notice, made.desk, made.number, "例会", "请联系 13900000017")
    assert told.value.code is PledgeRefusal.LEADS_TO_PERSON
    rows = within(made, notices_of)
    assert {row.title for row in rows} == {"例会", "检查"}
    made.do(end_notice, made.owners[0], made.number, rows[0].number)
    assert len(within(made, notices_of)) == 1


def messages(made: Road) -> list[OutboxMessage]:
    with made.database.read() as session:
        statement = select(OutboxMessage).where(OutboxMessage.template == "alliance.notice")
        return list(session.scalars(statement.order_by(OutboxMessage.created_at)))


def test_a_notice_is_told_to_the_members_who_want_it(made: Road) -> None:
    head, other = made.owners[0], made.owners[1]
    made.do(choose_messages, other, made.number, wanted=False)
    with pytest.raises(Missing):
        made.do(choose_messages, made.desk, made.number, wanted=False)
    made.do(post_notice, head, made.number, "例会", "周三下午在社区开会")
    # everybody but the writer and whoever muted it
    rows = messages(made)
    assert len(rows) == len(made.owners) - 2
    with made.database.read() as session:
        vault = instance_of(session).vault
        told = {vault.unseal(row.sealed_to or "") for row in rows}
        assert told == set(phones_of(session, [one.id for one in made.owners[2:]]).values())
        [facts] = {vault.unseal(row.sealed_facts or "") for row in rows}
    # the city sends it, and says nothing that the head of an alliance wrote
    assert "例会" not in facts
    assert "胜利路门前五包联盟" in facts
    assert f"/me/alliances/{made.number}" in facts
    made.do(choose_messages, other, made.number, wanted=True)
    made.do(post_notice, made.desk, made.number, "检查", "下周检查")
    assert len(messages(made)) == len(rows) + len(made.owners)
    # taken down before the morning: nobody is told any more
    night = NOW.replace(hour=15)
    made.do(post_notice, made.desk, made.number, "夜间", "明早清扫", now=night)
    waiting = [row for row in messages(made) if row.created_at == night]
    assert {row.due_at for row in waiting} == {NOW + timedelta(days=1)}
    newest = within(made, notices_of)[0].number
    made.do(end_notice, made.desk, made.number, newest, now=night)
    late = [row for row in messages(made) if row.created_at == night]
    assert {row.state for row in late} == {OutboxState.CANCELLED}


def test_an_alliance_does_not_ring_all_day(made: Road) -> None:
    for at in range(NOTICES_A_DAY):
        made.do(post_notice, made.owners[0], made.number, f"通知{at}", "清扫")
    sent = len(messages(made))
    with pytest.raises(Refused) as told:
        made.do(post_notice, made.owners[0], made.number, "再次", "清扫")
    assert told.value.code is AllianceRefusal.NOTICES_A_DAY
    assert len(messages(made)) == sent
    assert len(within(made, notices_of)) == NOTICES_A_DAY
    made.do(post_notice, made.owners[0], made.number, "次日", "清扫", now=NOW + timedelta(days=1))


def test_help_is_asked_offered_and_done(made: Road) -> None:
    asked = made.do(ask_help, made.owners[1], made.number, made.members[1], "谁能借一把梯子？")
    with pytest.raises(Refused):
        made.do(offer_help, made.owners[1], asked, "我自己")
    with pytest.raises(Missing):
        made.do(offer_help, made.desk, asked, "我")
    made.do(offer_help, made.owners[2], asked, "我店里有")
    with made.database.read() as session:
        row = alliance_by_number(session, made.number)
        assert row is not None
        (one,) = help_of(session, row)
        assert [offer.words for offer in offers_of(session, [one])[one.id]] == ["我店里有"]
    with pytest.raises(Forbidden):
        made.do(close_help, made.owners[2], asked)
    made.do(close_help, made.owners[1], asked)
    with pytest.raises(Conflict):
        made.do(close_help, made.owners[0], asked)
    assert within(made, help_of) == []


def test_an_end_ends_everything_in_it(made: Road) -> None:
    made.do(add_link, made.owners[0], made.number, LinkKind.WECHAT, "商户群", LINK)
    made.do(ask_help, made.owners[1], made.number, made.members[1], "谁能借一把梯子？")
    election = made.do(call_election, made.desk, made.number, ElectionKind.HEAD, 7, 365)
    made.do(end_alliance, made.desk, made.number)
    for query in (help_of, links_of, notices_of):
        assert within(made, query) == []
    assert made.read(election_by_number, election).outcome is Outcome.CALLED_OFF
    assert within(made, members_of) == []
    with pytest.raises(Missing):
        made.do(leave, made.owners[0], made.number, made.members[0])
    with pytest.raises(Conflict):
        made.do(join, made.owners[0], made.number, made.shops[0])
    with pytest.raises(Conflict):
        made.do(end_alliance, made.desk, made.number)


def test_the_standing_is_that_of_members_and_says_when_too_little_is_known(made: Road) -> None:
    assert within(made, standing_of) is None
    stars = ((5, 4.2, 5.0), (4, 3.1, 4.6), (3, 2.0, 4.0))
    with made.database.write() as session:
        row = alliance_by_number(session, made.number)
        assert row is not None
        for member, (given, low, high) in zip(members_of(session, row), stars, strict=True):
            session.add(
                Standing(
                    district=row.district, premises_id=member.premises_id, quarter="2026-3",
                    place_path=row.place_path, stars=given, low=low, high=high, inspections=3,
                    reports=0, figures="{}", formula="1", computed_at=NOW,
                )
            )  # fmt: skip
    found = within(made, standing_of)
    assert (found.stars, found.low, found.high) == (4.0, 3.1, 4.5)
    few = alliance_standing("2026-3", [(5, 4.0, 5.0), (5, 4.0, 5.0)], 9)
    assert (few.stars, few.known, few.members) == (None, 2, 9)
