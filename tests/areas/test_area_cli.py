"""`gongzhi areas`, called as the command line calls it."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from portal.areas.cli import areas
from portal.areas.queries import area_by_code, count_by_level
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.errors import BadData
from portal.kernel.instance import Instance
from tests.make.areas import small_tree

DATA = DEFAULT_CITY.parents[1]
HEAD = "level,code,name,parent_code\n"
GOOD = HEAD + "district,370283,平度市,3702\nstreet,370283001,东阁街道,370283\n"


@pytest.fixture
def run(database: Database, instance: Instance, tmp_path: Path) -> "Run":
    return Run(SimpleNamespace(database=database, instance=instance), tmp_path)


class Run:
    """Call the command in a folder of the test's own."""

    def __init__(self, obj: SimpleNamespace, folder: Path) -> None:
        self.obj = obj
        self.folder = folder

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(areas, list(words), obj=self.obj)


def test_the_real_lists_and_outlines_come_in_and_are_counted(run: Run, database: Database) -> None:
    result = run(
        "import", str(DATA / "divisions.csv"), "--boundaries", str(DATA / "districts.geojson")
    )
    assert result.exit_code == 0, result.output
    assert "382 added" in result.output
    assert "4409 rows of other cities left out" in result.output
    assert "1 outlines, 18 of other cities left out" in result.output
    with database.read() as session:
        assert count_by_level(session, "/")["community"] == 363
    again = run("import", str(DATA / "divisions.csv"))
    assert "0 added, 0 changed, 382 as before" in again.output


def test_a_damaged_list_raises_its_lines_and_leaves_nothing(run: Run, database: Database) -> None:
    bad = run.file("bad.csv", GOOD + "street,370283001,又一个,370283\n")
    result = run("import", bad)
    assert isinstance(result.exception, BadData)
    assert "bad.csv: line 4: 370283001 was on line 3 already" in str(result.exception)
    with database.read() as session:
        assert area_by_code(session, "370283") is None


def test_damaged_outlines_take_the_list_back_too(run: Run, database: Database) -> None:
    outlines = run.file("o.geojson", json.dumps({"features": [{"properties": {"code": "370283"}}]}))
    result = run("import", run.file("good.csv", GOOD), "--boundaries", outlines)
    assert isinstance(result.exception, BadData)
    with database.read() as session:
        assert area_by_code(session, "370283") is None


def test_days_are_days(run: Run) -> None:
    result = run("import", run.file("good.csv", GOOD), "--since", "tomorrow")
    assert result.exit_code == 2
    assert "a day like 2026-07-01" in result.output


def test_places_the_list_dropped_end_when_asked(run: Run, database: Database) -> None:
    run("import", run.file("a.csv", GOOD), "--since", "2026-01-01")
    fewer = run.file("b.csv", HEAD + "street,370283002,李园街道,370283\n")
    result = run("import", fewer, "--close-missing", "2026-06-01")
    assert "1 ended" in result.output
    with database.read() as session:
        row = area_by_code(session, "370283001")
        assert row is not None
        assert str(row.valid_to) == "2026-06-01"


def test_check_reports_flaws_and_fails(run: Run, database: Database) -> None:
    with database.write() as session:
        small_tree(session)
    assert run("check").exit_code == 0
    shape = json.dumps(
            {
                "features": [
                    {
                        "properties": {"code": "370283002"},
                        "geometry": {
                            "type": "Polygon",
                            "coordinates": [
                                [[119.9, 36.6], [120.1, 36.6], [120.1, 36.9], [119.9, 36.9],
                                 [119.9, 36.6]],
                            ],
                        },
                    }
                ]
            }
        )  # fmt: skip
    run("import", run.file("good.csv", GOOD), "--boundaries", run.file("o.geojson", shape))
    result = run("check")
    assert result.exit_code == 1
    assert "overlap: 370283001 and 370283002" in result.output
    assert "gap: 370283" in result.output
    assert "outside: 370283002M1 and 370283002" in result.output


@pytest.mark.parametrize("command", ["import", "check"])
def test_every_command_shows_an_example(run: Run, command: str) -> None:
    assert "Example: gongzhi areas" in " ".join(run(command, "--help").output.split())
