"""The lists of voluntary service: what the policy texts name, and fixed days that come round."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.areas.rules import Keeper
from portal.organisations.service import end_organisation
from tests.make.accounts import actor, staff
from tests.make.organisations import unit
from tests.make.volunteers import NOW
from tests.pages import Browser
from tests.volunteers.planning import STREET, Town
from volunteers.labels.activities import ACTIVITY_KINDS, DUTY_KINDS, TEAM_KINDS
from volunteers.labels.teams import PARTNER_KINDS
from volunteers.models import Activity, Team
from volunteers.rules.activities import DutyKind, qualifications, tags
from volunteers.rules.fixed_days import fixed_days, fixed_days_from
from volunteers.rules.roster_file import NEEDED, column_names, columns_of
from volunteers.rules.teams import PartnerKind, TeamWish
from volunteers.rules.tours import BadTour, TourRefusal, read_tour
from volunteers.service.teams import add_partner, register_team


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("campaign", {"civilised_city", "garden_city", "hygienic_city", "transit_city"}),
        ("mean", {"household_visits", "shop_initiative", "community_rule", "self_discipline"}),
        ("theme", {"waste_sorting", "green_travel", "night_lights", "disaster_drill"}),
    ],
)
def test_campaigns_means_and_themes_are_tags(group: str, codes: set[str]) -> None:
    assert codes <= {tag.code for tag in tags().values() if tag.group == group}


def test_every_kind_of_the_policy_texts_has_words() -> None:
    assert {"open_day", "theme", "assistant_warden", "old_estate", "inspection_group", "drill",
            "campaign"} <= {kind.value for kind in ACTIVITY_KINDS}  # fmt: skip
    assert set(DUTY_KINDS) == set(DutyKind)
    assert {"helper", "volunteer", "mass_security"} <= {kind.value for kind in TEAM_KINDS}
    assert set(PARTNER_KINDS) == set(PartnerKind)
    assert "social_work" in qualifications()


@given(st.dates(date(2024, 1, 1), date(2040, 1, 1)))
def test_the_next_fixed_days_are_not_over_and_in_order(day: date) -> None:
    found = fixed_days_from(day, 3)
    assert [one.first for one in found] == sorted(one.first for one in found)
    assert all(one.last >= day for one in found)
    assert found[0].first - day < timedelta(days=366)


def test_the_day_of_disaster_reduction_is_shown_with_its_theme(town: Town) -> None:
    assert any((row.month, row.day, row.tag) == (5, 12, "disaster_drill") for row in fixed_days())
    page = Browser(town.app).in_language("en").get("/volunteers/", status=200)
    assert "Days of the year" in page.text


def test_a_file_may_call_its_columns_in_three_languages() -> None:
    for language in ("zh_Hans", "zh_Hant", "en"):
        header = tuple(names[language] for names in column_names().values())
        assert set(NEEDED) <= columns_of(header).keys()


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", TourRefusal.NO_STOPS, 0),
        ("noon market", TourRefusal.BAD_LINE, 1),
        ("09:00 market\n\n09:00 park", TourRefusal.BACKWARDS, 3),
        ("\n".join(f"{9 + at // 60:02}:{at % 60:02} stop" for at in range(31)),
         TourRefusal.MANY_STOPS, 0),
    ],
)  # fmt: skip
def test_a_tour_that_cannot_be_walked_is_refused_by_line(
    text: str, code: TourRefusal, line: int
) -> None:
    with pytest.raises(BadTour) as bad:
        read_tour(text)
    assert (bad.value.code, bad.value.line) == (code, line)


@pytest.mark.parametrize("kind", list(PartnerKind))
def test_an_organisation_that_takes_part_stands_in_the_public_directory(
    town: Town, kind: PartnerKind
) -> None:
    with town.database.write() as session:
        unit(session, "HELPERS", "邻里互助会", area=town.tree[STREET])
        desk = actor(session, staff(session, "street_desk", area=town.tree[STREET]))
        add_partner(session, desk, "HELPERS", kind.value, now=NOW)
    page = Browser(town.app).in_language("en").get("/volunteers/teams", status=200)
    assert "邻里互助会" in page.text


def test_r004_what_a_unit_organised_belongs_to_its_successor_when_it_is_saved_again(
    town: Town,
) -> None:
    with town.database.write() as session:
        unit(session, "OLD-1", "旧中心")
        heir = unit(session, "NEW-1", "新中心").id
    activity = town.activity(organisation="OLD-1")
    with town.database.write() as session:
        team = register_team(
            session, town.actor(session), TeamWish("volunteer", {"zh_Hans": "志愿队"}, "OLD-1", ""),
            area_code=STREET, now=NOW,
        )  # fmt: skip
        end_organisation(
            session, Keeper(None, None), "OLD-1", on=date(2026, 11, 1), successor_code="NEW-1",
            now=NOW,
        )  # fmt: skip
    desk = town.browser()
    for path in (f"/desk/volunteers/{activity}/edit", f"/desk/volunteers/teams/{team}/edit"):
        form = desk.get(path, status=200).form(button="Save")
        assert form.values["organisation"] == "NEW-1"
        form.send(status=200)
    with town.database.read() as session:
        assert session.scalars(select(Activity.organisation_id)).one() == heir
        assert session.scalars(select(Team.organisation_id)).one() == heir
