"""Dated campaigns, the forms of taking part, old estates (R018, R021, R022, R053, R148, R212)."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from portal.accounts.rules import AgeBand
from portal.areas.models import AreaTag
from portal.areas.rules import Tag
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing, Refused
from tests.make import volunteers as make
from tests.make.accounts import person
from tests.make.volunteers import NOW
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted
from tests.volunteers.planning import OTHER, STREET, Town, activity_wish, in_days
from volunteers.labels.teams import PARTNER_KINDS
from volunteers.models import Activity, CampaignDays, ShiftPost
from volunteers.queries.activities import activity
from volunteers.queries.campaigns import campaign_of, parts_of
from volunteers.rules.activities import ActivityKind, DutyKind, qualifications, tags
from volunteers.rules.campaigns import LONGEST, CampaignRefusal, Days, flaw_of_days
from volunteers.rules.signing_up import SignUpRefusal
from volunteers.rules.teams import PartnerKind
from volunteers.service.activities import change_activity
from volunteers.service.campaigns import join_campaign, set_days
from volunteers.service.signing_up import sign_up


def today() -> date:
    return clock.now().date()


def titled(kind: str, title: str, **changes: object) -> Mapping[str, object]:
    return {"kind": kind, "titles": {"zh_Hans": title}, **changes}


def campaign(town: Town, title: str = "爱国卫生月", *, first: date, last: date) -> str:
    number = town.activity(**titled("campaign", title))
    with town.database.write() as session:
        set_days(session, town.actor(session), number, first, last, seen=2, now=NOW)
    return number


def joined(town: Town, part: str, to: str, *, seen: int = 2) -> None:
    with town.database.write() as session:
        join_campaign(session, town.actor(session), part, to, seen=seen, now=NOW)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (None, in_days(1), CampaignRefusal.NO_DAY),
        (in_days(1), None, CampaignRefusal.NO_DAY),
        (in_days(2), in_days(1), CampaignRefusal.ENDS_BEFORE),
        (in_days(0), in_days(0) + LONGEST + timedelta(days=1), CampaignRefusal.TOO_LONG),
        (in_days(0), in_days(0), None),
        (in_days(0), in_days(0) + LONGEST, None),
    ],
)
def test_days_of_a_campaign(
    first: date | None, last: date | None, said: CampaignRefusal | None
) -> None:
    flaw = flaw_of_days(first, last)
    assert (flaw[0] if flaw else None) is said


def test_r022_a_dated_campaign_groups_activities_and_their_shifts(town: Town) -> None:
    first, last = today() + timedelta(days=1), today() + timedelta(days=7)
    of = campaign(town, first=first, last=last)
    part = town.activity(**titled("theme", "河边清洁"))
    stranger = town.activity(**titled("theme", "别的活动"))
    joined(town, part, of)
    with town.database.write() as session:
        for number, places in ((part, ("期内", "期外")), (stranger, ("别处",))):
            row = session.query(Activity).filter_by(number=number).one()
            for place, ahead in zip(places, (3, 9), strict=False):
                at = clock.now() + timedelta(days=ahead)
                make.shift(session, row, starts_at=at, meeting_place=place)
    visitor = Browser(town.app).in_language("en")
    listed = visitor.get("/volunteers/campaigns", status=200)
    page = listed.click("爱国卫生月", status=200)
    assert "河边清洁" in page.text
    assert "期内" in page.text
    for outside in ("期外", "别的活动", "别处"):
        assert outside not in page.text
    back = page.click("河边清洁", status=200)
    assert "爱国卫生月" in back.text


def test_r022_the_desk_gives_days_and_puts_activities_in(town: Town) -> None:
    number, part = town.activity(**titled("campaign", "清洁月")), town.activity()
    desk = town.browser().get(f"/desk/volunteers/{number}", status=200)
    assert "no days yet" in desk.text
    form = desk.click("Days of the campaign").form()
    first, last = today(), today() + timedelta(days=6)
    wrong = form.fill(first=last.isoformat(), last=first.isoformat()).send(status=422)
    assert "The last day is before the first" in wrong.errors[0]
    kept = wrong.form().fill(first=first.isoformat(), last=last.isoformat()).send(status=200)
    assert "no days yet" not in kept.text
    mine = town.browser().get(f"/desk/volunteers/{part}", status=200)
    done = mine.click("Campaign", status=200).form().fill(campaign=number).send(status=200)
    assert "清洁月" in done.text
    gone = done.click("Campaign", status=200).form().fill(campaign="").send(status=200)
    assert "清洁月" not in gone.text


def test_r022_a_campaign_of_elsewhere_or_unseen_takes_nothing_in(town: Town) -> None:
    of = campaign(town, first=in_days(0), last=in_days(7))
    part, over = town.activity(), campaign(town, "旧", first=in_days(-9), last=in_days(-1))
    with town.database.write() as session:
        elsewhere = make.activity(session, town.tree[OTHER], kind=ActivityKind.CAMPAIGN)
        session.add(CampaignDays(
            activity_id=elsewhere.id, first_on=in_days(0), last_on=in_days(2)
        ))  # fmt: skip
        other = elsewhere.number
    for foreign in (other, over, "none", part):
        with pytest.raises(Refused) as refused:
            joined(town, part, foreign)
        assert refused.value.code is CampaignRefusal.NO_CAMPAIGN
    joined(town, part, of)
    with pytest.raises(Conflict):
        joined(town, part, "", seen=2)
    with pytest.raises(Missing):
        joined(town, of, of, seen=3)
    with town.database.read() as session:
        row = activity(session, part)
        assert row is not None
        found = campaign_of(session, row)
        assert found is not None
        assert found.number == of
        assert found.days == Days(in_days(0), in_days(7))
        assert [one.number for one in parts_of(session, found.id)] == [part]


def test_what_is_no_campaign_any_more_groups_nothing(town: Town) -> None:
    of, part = campaign(town, first=in_days(0), last=in_days(7)), town.activity()
    joined(town, part, of)
    with town.database.write() as session:
        wish = activity_wish(kind="drill")
        change_activity(session, town.actor(session), of, wish, seen=3, now=NOW)
    with town.database.read() as session:
        row = activity(session, part)
        assert row is not None
        assert campaign_of(session, row) is None


def test_a_campaign_is_shown_with_as_few_queries_however_much_belongs_to_it(
    town: Town, database: Database
) -> None:
    of = campaign(town, first=today(), last=today() + timedelta(days=7))
    visitor, sizes = Browser(town.app).in_language("en"), []
    for many in (1, 12):
        for _part in range(many):
            part = town.activity()
            joined(town, part, of)
            with town.database.write() as session:
                row = session.query(Activity).filter_by(number=part).one()
                make.shift(session, row, starts_at=clock.now() + timedelta(days=2))
        visitor.get(f"/volunteers/activities/{of}", status=200)
        with counted(database) as sent:
            visitor.get(f"/volunteers/activities/{of}", status=200)
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]


def test_r148_five_forms_of_taking_part_each_have_a_kind_or_a_part_of_their_own(
    town: Town,
) -> None:
    kinds = ("open_day", "theme", "old_estate", "assistant_warden")
    with town.database.write() as session:
        for kind in kinds:
            row = make.activity(
                session, town.tree[STREET], kind=ActivityKind(kind), title_zh_hans=f"形式{kind}"
            )
            make.shift(session, row, starts_at=clock.now() + timedelta(days=2))
    visitor = Browser(town.app).in_language("en")
    for kind in kinds:
        page = visitor.get(f"/volunteers/?kind={kind}", status=200)
        assert [other for other in kinds if f"形式{other}" in page.text] == [kind]
        page.click(f"形式{kind}", status=200)
    # the fifth: residents adopt green space
    green = visitor.get("/volunteers/", status=200).click("Adopt green space", status=200)
    assert "Choose a plot" in green.text


def test_r212_a_drill_is_written_joined_and_its_skills_are_checked(town: Town) -> None:
    with town.database.write() as session:
        of = make.activity(
            session, town.tree[STREET], kind=ActivityKind.DRILL, title_zh_hans="疏散演练"
        )
        on = make.shift(session, of, starts_at=clock.now() + timedelta(days=2))
        make.post(session, on).qualification = "first_aid"
        make.shift(session, make.activity(session, town.tree[STREET]))
        who, number = make.volunteer(session), on.number
    page = Browser(town.app).in_language("en").get("/volunteers/?kind=drill", status=200)
    assert "疏散演练" in page.text
    assert "文明劝导" not in page.text
    # emergency skills: who has not shown them is told so and takes no seat
    asked = town.browser(who).get(f"/volunteers/shifts/{number}", status=200)
    skill = qualifications()["first_aid"].names["en"]
    assert f"needs {skill}" in asked.text
    refused = asked.click("Sign up").form().fill(has_read="y").send(status=422)
    assert skill in refused.errors[0]
    assert tags()["disaster_drill"].group == "theme"


@pytest.mark.parametrize(
    ("row", "tag"), [("R018", "green_travel"), ("R021", "waste_sorting")], ids=["r018", "r021"]
)
def test_r018_r021_green_travel_and_waste_sorting_are_themes_one_can_choose(
    town: Town, row: str, tag: str
) -> None:
    plain = town.activity(titles={"zh_Hans": "无主题"})
    number = town.activity(titles={"zh_Hans": f"主题{row}"}, tags=frozenset({tag}))
    with town.database.write() as session:
        for one in (plain, number):
            of = session.query(Activity).filter_by(number=one).one()
            at = clock.now() + timedelta(days=2)
            make.shift(session, of, starts_at=at, duty=DutyKind.PUBLICITY)
    page = Browser(town.app).in_language("en").get(f"/volunteers/?tag={tag}", status=200)
    assert f"主题{row}" in page.text
    assert "无主题" not in page.text
    shown = page.click(f"主题{row}", status=200).click(f"主题{row}", status=200)
    assert tags()[tag].names["en"] in shown.text


def test_r053_an_old_estate_has_a_page_that_says_how_to_take_part(town: Town) -> None:
    with town.database.write() as session:
        session.add(AreaTag(area_id=town.tree[STREET].id, tag=Tag.OLD_ESTATE))
        for place, kind, title in (
            (STREET, ActivityKind.OLD_ESTATE, "楼道清理"),
            (STREET, ActivityKind.THEME, "别的主题"),
            (OTHER, ActivityKind.OLD_ESTATE, "别的小区"),
        ):
            of = make.activity(session, town.tree[place], kind=kind, title_zh_hans=title)
            make.shift(session, of, starts_at=clock.now() + timedelta(days=2))
    visitor = Browser(town.app).in_language("en")
    listed = visitor.get("/volunteers/old-estates", status=200)
    assert "1 activity is open" in listed.text
    page = visitor.get(f"/volunteers/old-estates/{STREET}", status=200)
    for there in ("楼道清理", "When help is wanted", "How to take part"):
        assert there in page.text
    for elsewhere in ("别的主题", "别的小区"):
        assert elsewhere not in page.text
    page.click("楼道清理", status=200).click("Old estates", status=200)
    # what bears no such mark has no such page
    visitor.get(f"/volunteers/old-estates/{OTHER}", status=404)
    visitor.get("/volunteers/old-estates/none", status=404)
    visitor.get("/volunteers/old-estates?after=..", status=200)


def test_r113_who_takes_part_is_known_as_far_as_it_needs(town: Town) -> None:
    with town.database.write() as session:
        on = make.shift(
            session, make.activity(session, town.tree[STREET], youngest=AgeBand.ADULT),
            starts_at=clock.now() + timedelta(days=2), seats={"member": 9},
        ).number  # fmt: skip
        unknown, grown = person(session), make.volunteer(session)
        young = make.volunteer(session, age=AgeBand.UNDER_18)
    # anybody reads; who signs up is signed in, has registered, and is as old as the work needs
    stranger = Browser(town.app).in_language("en").get(f"/volunteers/shifts/{on}", status=200)
    assert "Sign in" in stranger.click("Sign up", status=200).html
    refused = {}
    for who in (unknown, young, grown):
        with town.database.write() as session:
            post = session.query(ShiftPost).one()
            try:
                sign_up(session, who.id, post.id, has_read=True, now=NOW)
            except Refused as why:
                refused[who.id] = why.code
    assert refused == {
        unknown.id: SignUpRefusal.NOT_REGISTERED, young.id: SignUpRefusal.TOO_YOUNG
    }  # fmt: skip
    # helpers, volunteers and the media are participants of kinds of their own
    assert {PartnerKind.MEDIA, PartnerKind.SOCIAL_SERVICE} <= set(PARTNER_KINDS)
