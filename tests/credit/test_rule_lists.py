"""A city's list of rules: each row a version, nothing retroactive, a bad row refuses the file."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from credit.queries.rulebook import all_rules
from credit.rules.rulebook import Rule
from credit.service.rule_lists import import_rules, load_city_rules
from portal.kernel.city import City, load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.errors import BadData
from tests.make.credit import DISTRICT, NOW

HEAD = "code,fact,points,title,source,evidence,life_days,valid_from\n"
SHIFT = "shift,shift_done,2,志愿服务,第三条,签到记录,365,\n"
DAY = timedelta(days=1)


@pytest.fixture
def city() -> City:
    return load_city(DEFAULT_CITY)


def take(database: Database, city: City, rows: str, at: datetime = NOW) -> int:
    with database.write() as session:
        return import_rules(session, (HEAD + rows).encode(), "rules.csv", city=city, now=at)


def rules(database: Database) -> list[Rule]:
    with database.read() as session:
        return all_rules(session, DISTRICT)


def test_the_list_of_the_demo_city_is_published_once(database: Database, city: City) -> None:
    for expected in (7, 0):
        with database.write() as session:
            assert load_city_rules(session, city, NOW).published == expected
    assert {rule.fact for rule in rules(database)} >= {"shift_done", "report_confirmed"}
    assert all(rule.sealed_at is None for rule in rules(database))


def test_a_row_that_changed_is_the_next_version_and_one_that_did_not_is_nothing(
    database: Database, city: City
) -> None:
    patrol = "patrol,patrol_done,1,巡查,第三条,巡查记录,,\n"
    assert take(database, city, SHIFT + patrol) == 2
    assert take(database, city, SHIFT.replace(",2,", ",3,") + patrol, NOW + DAY) == 1
    found = [(rule.name, rule.points, rule.valid_from) for rule in rules(database)]
    assert found == [
        ("patrol@1", 1, NOW), ("shift@1", 2, NOW), ("shift@2", 3, NOW + DAY),
    ]  # fmt: skip


def test_N6_a_day_that_is_over_means_now_and_one_to_come_is_kept(
    database: Database, city: City
) -> None:
    take(database, city, SHIFT.replace("365,", "365,2020-01-01"))
    take(database, city, "care,plot_cared,1,养护,第四条,养护记录,,2027-01-01\n")
    begin = {rule.code: rule.valid_from for rule in rules(database)}
    assert begin["shift"] == NOW
    assert begin["care"] == datetime(2027, 1, 1, tzinfo=city.zone)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,x_done,many,一,二,三,,\n", "line 2: invalid literal"),
        ("x,x_done,1,一,二,三,,tomorrow\n", "line 2: Invalid isoformat"),
        ("X Y,x_done,1,一,二,三,,\n", "line 2: code: rule.bad_code"),
        ("x,x_done,1,一,,三,,\n", "line 2: source_text: rule.no_source"),
        ("x,x_done,1,一,二,三,4000,\n", "line 2: life_days: rule.bad_life"),
        ("x,a,1,一,二,三,,\ny,a,1,一,二,三,,\n", "line 3: fact: rule.other_fact"),
    ],
)
def test_a_bad_row_refuses_the_file_with_its_line(
    database: Database, city: City, row: str, reason: str
) -> None:
    with pytest.raises(BadData, match=reason):
        take(database, city, row)
    assert rules(database) == []


def test_who_may_propose_is_a_role_that_there_is(database: Database, city: City) -> None:
    head = HEAD.replace("valid_from", "valid_from,proposers")
    for proposers, made in (("street_desk city_centre", 1), ("street_desk nobody_here", None)):
        content = f"{head}{proposers[-3:]},x_done{made},1,一,二,三,,,{proposers}\n".encode()
        with database.write() as session:
            if made:
                assert import_rules(session, content, "r.csv", city=city, now=NOW) == made
                continue
            with pytest.raises(BadData, match="line 2: proposers: nobody_here is no role"):
                import_rules(session, content, "r.csv", city=city, now=NOW)


def test_every_district_of_a_city_gets_the_rules(database: Database, city: City) -> None:
    both = replace(city, roots=("370283", "370284"))
    assert take(database, both, SHIFT) == 2


def test_a_list_that_is_missing_is_told(database: Database, city: City, tmp_path: Path) -> None:
    lost = replace(city, folder=tmp_path, raw={"lists": {"credit_rules": ["gone.csv"]}})
    with pytest.raises(BadData, match="cannot be read"), database.write() as session:
        load_city_rules(session, lost, NOW)
