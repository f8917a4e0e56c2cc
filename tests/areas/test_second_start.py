"""Every start loads the city's lists: what administrators changed since must survive that."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from portal.areas.models import Area, AreaShape, GridCard, PermittedPlace
from portal.areas.queries import area_by_code
from portal.areas.service import load_city_places
from portal.kernel.city import City, load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.errors import BadData
from portal.organisations.models import Organisation
from portal.organisations.queries import organisation_by_code
from portal.organisations.service import load_city_organisations

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATER = datetime(2026, 12, 1, tzinfo=UTC)
PINGDU = load_city(DEFAULT_CITY)
STREET = "370283001"
LIST = f"level,code,name,parent_code\nstreet,{STREET},东阁街道,370283\n"


def start(database: Database, city: City, now: datetime = NOW) -> int:
    """What ``city init`` does with places and units; how many places it added."""
    with database.write() as session:
        report = load_city_places(session, city, now)
        load_city_organisations(session, city, now)
    return report.places


def name_of(database: Database, code: str) -> str:
    with database.read() as session:
        area = area_by_code(session, code)
    assert area is not None
    return area.names["zh_Hans"]


@pytest.fixture
def small(tmp_path: Path) -> City:
    """A city with one list of its own, which a new edition can replace."""
    (tmp_path / "areas.csv").write_text(LIST)
    raw = {**PINGDU.raw, "lists": {"areas": ["areas.csv"]}}
    return replace(PINGDU, folder=tmp_path, raw=raw, features=())


def test_a_second_start_leaves_what_administrators_changed(database: Database) -> None:
    assert start(database, PINGDU) > 500
    with database.write() as session:
        session.execute(update(Area).values(name_zh_hans="改过的名", name_zh_hant="改過的名"))
        session.execute(update(GridCard).values(responsible="新来的人"))
        session.execute(update(Organisation).values(phone="19900009999"))
        session.execute(delete(AreaShape))
        session.execute(delete(PermittedPlace))
    assert start(database, PINGDU, LATER) == 0
    with database.read() as session:
        assert session.scalars(select(Area.name_zh_hans).distinct()).all() == ["改过的名"]
        assert session.scalars(select(Area.name_zh_hant).distinct()).all() == ["改過的名"]
        assert session.scalars(select(GridCard.responsible).distinct()).all() == ["新来的人"]
        unit = organisation_by_code(session, "PD-HW")
        assert unit is not None
        assert unit.phone == "19900009999"
        for table in (AreaShape, PermittedPlace):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_new_edition_of_a_list_is_loaded(database: Database, small: City) -> None:
    assert start(database, small) == 2
    (small.folder / "areas.csv").write_text(LIST.replace("东阁街道", "新东阁街道"))
    start(database, small, LATER)
    assert name_of(database, STREET) == "新东阁街道"


def test_a_list_is_read_anew_when_the_city_file_names_other_roots(
    database: Database, small: City
) -> None:
    assert start(database, replace(small, roots=("370285",))) == 1, "the root alone"
    assert start(database, replace(small, roots=("370285", "370283"))) == 2
    assert name_of(database, STREET) == "东阁街道"


def test_a_damaged_list_is_not_remembered_as_loaded(database: Database, small: City) -> None:
    (small.folder / "areas.csv").write_text(LIST + "street,370283002,,370283\n")
    for _ in range(2):
        with pytest.raises(BadData):
            start(database, small)
    (small.folder / "areas.csv").write_text(LIST)
    start(database, small)
    assert name_of(database, STREET) == "东阁街道"
