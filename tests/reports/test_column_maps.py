"""A file whose columns no map knows: staff say what they mean, and save that under a name."""

import csv
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.geo import System
from portal.kernel.instance import Instance, instance_of
from portal.reports.models import Case, ImportRun
from portal.reports.queries.column_maps import saved_maps
from portal.reports.rules.codes import Source
from portal.reports.rules.column_maps import (
    OFFERED,
    MapRefusal,
    MapWish,
    fitting,
    likely,
    what_is_wrong_with,
)
from portal.reports.rules.import_runs import RunState
from portal.reports.rules.layouts import Says, read_layout
from portal.reports.service.categories import load_categories
from portal.reports.service.exchange.maps import (
    end_map,
    find_map,
    load_map,
    save_map,
    shipped_maps,
    time_formats,
    usual_names,
)
from portal.reports.service.import_runs import run_imports
from portal.site.cli import cli
from tests.make import accounts, orders
from tests.make.desk import City, small_city
from tests.make.neighbours import race
from tests.pages import Browser, Page

COLUMNS = {
    "工单编号": Says.NUMBER, "受理时间": Says.FOUND_AT, "诉求内容": Says.WORDS,
    "问题小类": Says.KIND, "来电人": Says.UNREAD,
}  # fmt: skip
ROW = {
    "工单编号": "GD-1", "受理时间": "2026年11月20日 09:32", "诉求内容": "垃圾堆了三天",
    "问题小类": "暴露垃圾", "来电人": "王某",
}  # fmt: skip
WISH = MapWish("新热线", "hotline", Source.HOTLINE_12345, COLUMNS, "%Y年%m月%d日 %H:%M")
CHECK = "Check the file"


@pytest.fixture
def city(app: Flask, database: Database) -> City:
    town = small_city(app, database)
    with database.write() as session:
        load_categories(session, instance_of(session).city, clock.now())
    return town


def test_every_lack_of_a_map_is_told_and_a_whole_one_reads_like_a_file() -> None:
    def without(**changes: object) -> list[tuple[str, MapRefusal]]:
        return what_is_wrong_with(MapWish(**{**WISH.__dict__, **changes}), time_formats())

    assert without() == []
    assert without(name="") == [("name", MapRefusal.NO_NAME)]
    assert without(name="长" * 61) == [("name", MapRefusal.NO_NAME)]
    assert without(system="") == [("system", MapRefusal.NO_SYSTEM)]
    assert without(format="%d") == [("format", MapRefusal.NO_FORMAT)]
    without_kind = {**COLUMNS, "问题小类": Says.UNREAD}
    assert without(columns=without_kind) == [("category", MapRefusal.NO_KIND)]
    assert without(columns=without_kind, category="litter") == []
    assert [why for _, why in without(columns={"a": Says.KIND})] == [
        MapRefusal.NO_NUMBER, MapRefusal.NO_TIME,
    ]  # fmt: skip
    twice = {**COLUMNS, "来电人": Says.WORDS}
    assert without(columns=twice) == [
        ("column_2", MapRefusal.TWICE), ("column_4", MapRefusal.TWICE),
    ]  # fmt: skip
    assert without(columns={**COLUMNS, "经度": Says.LON}) == [("point", MapRefusal.HALF_POINT)]
    read = read_layout("x", MapWish(**{**WISH.__dict__, "point": System.BD09}).spec({}))
    assert (read.system, read.columns, read.point) == ("hotline", COLUMNS, System.BD09)


def test_usual_names_are_likely_and_no_column_is_guessed_twice() -> None:
    assert set(usual_names().values()) <= set(OFFERED)
    header = [*COLUMNS, "工单号", "taskid", "随便"]
    found = likely(header, [load_map(name) for name in shipped_maps()], usual_names())
    assert found == {name: says for name, says in COLUMNS.items() if says is not Says.UNREAD}
    # what a map of the city calls so comes first
    task = likely(["taskid"], [load_map(orders.TASKS)], {})
    assert task == {"taskid": Says.NUMBER}


def test_a_file_is_recognised_by_the_map_that_reads_most_of_it() -> None:
    whole, part = read_layout("whole", WISH.spec({})), {**COLUMNS, "诉求内容": Says.UNREAD}
    less = read_layout("less", MapWish(**{**WISH.__dict__, "columns": part}).spec({}))
    assert fitting(list(COLUMNS), [less, whole]) == ["whole"]
    assert fitting(["工单编号", "受理时间", "问题小类"], [less, whole]) == ["less"]
    assert fitting(["工单编号"], [less, whole]) == []
    assert fitting(list(COLUMNS), [whole, read_layout("twin", WISH.spec({}))]) == ["whole", "twin"]


def _hand_in(browser: Browser, path: Path, layout: str = "") -> Page:
    form = browser.get("/desk/import", status=200).form(button=CHECK)
    form.attach("file", path.read_bytes(), path.name, "text/csv")
    return form.fill(layout=layout).send(CHECK, status=200)


def _checked(city: City) -> ImportRun:
    run_imports(city.database, clock.now())
    with city.database.read() as session:
        return session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).all()[0]


def test_columns_that_no_map_knows_are_explained_once_and_saved_under_a_name(
    city: City, tmp_path: Path
) -> None:
    path = orders.csv_file(tmp_path / "new.csv", [ROW])
    centre = city.browser(city.centre)
    address = _hand_in(centre, path).path
    assert _checked(city).state is RunState.REFUSED
    page = centre.get(address, status=200)
    assert "No map fits the columns" in page.text
    form = page.click("Say what each column means", status=200).form()
    # what is likely is chosen, and nothing that was chosen is lost
    assert [form.values[f"column_{at}"] for at in range(5)] == list(COLUMNS.values())
    wrong = form.fill(column_4="words", name="新热线").send("Save and check the file", status=422)
    assert "Two columns cannot say the same." in wrong.text
    assert "Choose how times are written" in wrong.text
    good = wrong.form().fill(column_4="unread", system="hotline", format=WISH.format)
    good.send("Save and check the file", status=200)
    assert _checked(city).state is RunState.CHECKED
    page = centre.get(address, status=200)
    assert "新热线" in page.text
    page.form(button="Take over").send("Take over", status=200)
    assert _checked(city).state is RunState.DONE
    with city.database.read() as session:
        made = session.scalars(select(Case).where(Case.external_number == "GD-1")).one()
        assert (made.source, made.category_code) == (Source.HOTLINE_12345, "litter")
    _is_known_from_now_on(city, centre, path)


def _is_known_from_now_on(city: City, centre: Browser, path: Path) -> None:
    """The next file is recognised; the map goes out too, is not saved twice, and is taken away."""
    assert "1 are here already" in _again(city, centre, path).text
    out = centre.get("/desk/export", status=200).form(button="Download")
    with city.database.read() as session:
        [row] = saved_maps(session)
    file = out.fill(kind="csv", layout=row.code, since="2026-11-01").send("Download")
    table = list(csv.DictReader(file.response.get_data(as_text=True).lstrip("\ufeff").splitlines()))
    assert [one["工单编号"] for one in table] == ["GD-1"]
    page = centre.get("/desk/import", status=200).click("Take away", status=200)
    page.form().send("Take it away", status=200)
    assert "No map fits" in _again(city, centre, path).text
    # what was read with it is still called so
    assert "新热线" in centre.get("/desk/import").text
    with city.database.read() as session:
        noted = select(AuditEntry.action).where(AuditEntry.action.startswith("orders:map"))
        assert sorted(session.scalars(noted)) == ["orders:map", "orders:map-end"]


def _again(city: City, centre: Browser, path: Path) -> Page:
    address = _hand_in(centre, path).path
    _checked(city)
    return centre.get(address, status=200)


def test_a_chosen_map_that_does_not_fit_leads_to_the_columns_too(
    city: City, tmp_path: Path
) -> None:
    path = orders.csv_file(tmp_path / "new.csv", [ROW])
    centre = city.browser(city.centre)
    address = _hand_in(centre, path, orders.TASKS).path
    _checked(city)
    page = centre.get(address, status=200)
    assert "The file has no column" in page.text
    page.click("Say what each column means", status=200)
    city.browser(city.desk).get(f"{address}/columns", status=403)
    # a file that a map fits has no such page
    fitting_one = orders.csv_file(tmp_path / "tasks.csv", [orders.task()])
    known = _hand_in(centre, fitting_one).path
    assert _checked(city).layout == orders.TASKS
    centre.get(f"{known}/columns", status=404)


def test_of_two_maps_with_one_name_one_is_saved_and_only_the_whole_city_may(city: City) -> None:
    with city.database.write() as session:
        centre, desk = (accounts.actor(session, one) for one in (city.centre, city.desk))
    now = clock.now()
    told = race(
        city.database,
        [lambda session: save_map(session, WISH, actor=centre, now=now) for _ in range(2)],
    )
    assert told == ["done", "map.name_taken"]
    with city.database.write() as session:
        [row] = saved_maps(session)
        assert find_map(session, "新热线").code == find_map(session, row.code).code == row.code
        named = MapWish(**{**WISH.__dict__, "name": orders.TASKS})
        with pytest.raises(Refused):
            save_map(session, named, actor=centre, now=now)
        with pytest.raises(Forbidden):
            save_map(session, WISH, actor=desk, now=now)
        with pytest.raises(Forbidden):
            end_map(session, row.code, actor=desk, now=now)
        end_map(session, row.code, actor=centre, now=now)
        with pytest.raises(Conflict):
            end_map(session, row.code, actor=centre, now=now)
        with pytest.raises(Refused):
            find_map(session, "新热线")
        assert find_map(session, row.code).system == "hotline"
        save_map(session, WISH, actor=centre, now=now)


def test_the_command_line_knows_a_saved_map_by_its_name(
    city: City, instance: Instance, app: Flask, tmp_path: Path
) -> None:
    with city.database.write() as session:
        save_map(session, WISH, actor=accounts.actor(session, city.centre), now=clock.now())
    path = orders.csv_file(tmp_path / "new.csv", [ROW])
    line = ["reports", "import", str(path), "--map", "新热线"]
    done = CliRunner().invoke(
        cli, line, obj=SimpleNamespace(instance=instance, database=city.database, app=app)
    )
    assert done.exit_code == 0, done.output
    assert "1 new cases" in done.output
