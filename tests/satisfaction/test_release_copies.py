"""Copies of releases: one that is damaged keeps its own month only, and says which file it is."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import Instance
from portal.kernel.words import say
from portal.reports import jobs
from portal.reports.jobs import close_months, put_back_releases, release_month
from portal.satisfaction.models import ReleaseBudget
from portal.satisfaction.queries.releases import releases
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.copies import is_slug
from portal.satisfaction.rules.release import YEAR_MILLI, ReleaseRefusal
from portal.satisfaction.service import storing
from portal.satisfaction.service.release import draw_up
from portal.satisfaction.service.storing import FOLDER, UNSEEN
from tests.make.releases import MIDDLE, MONTH, NOVEMBER, kept_only, rate_many, town
from tests.make.together import at_once

EARLIER = "2026-09"
SHIFT = f"{MONTH}-shift"
LATER = MIDDLE.replace(month=9)
Told = dict[str, Any]


@pytest.fixture
def folder(app: Flask, database: Database, instance: Instance) -> Path:
    """Where the copies lie: September and October are kept, and the database knows neither."""
    with database.write() as session:
        first = town(session)["first"]
        rate_many(session, first.path, 5, ends=LATER)
        rate_many(session, first.path, 5, ends=MIDDLE)
    for month in (EARLIER, MONTH):
        assert kept_only(database, month) == month
    return instance.config.instance / FOLDER


def known(database: Database) -> set[str]:
    with database.read() as session:
        return {row.slug for row in releases(session)}


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def _binary(path: Path) -> None:
    path.write_bytes(b"\xff\x00" * 40)


def _changed(change: Callable[[Told], object]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        told = json.loads(path.read_text("utf-8"))
        change(told)
        path.write_text(json.dumps(told), "utf-8")

    return damage


def _unreadable(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "cut off": _cut,
    "not text": _binary,
    "a folder": _unreadable,
    "empty": lambda path: path.write_text(""),
    "a list": lambda path: path.write_text("[]"),
    "another table": _changed(lambda told: told["release"].update(data_csv="a,b\r\n")),
    "another hash": _changed(lambda told: told["release"].update(digest="0" * 64)),
    "another month": _changed(lambda told: told["release"].update(month="2026-08")),
    "a reason without a correction": _changed(lambda told: told["release"].update(reason="x")),
    "no rows": _changed(lambda told: told["cells"].clear()),
    "a row too short": _changed(lambda told: told["cells"][0].pop("path")),
    "words for a number": _changed(lambda told: told["cells"][0].update(position="x")),
    "the same row twice": _changed(lambda told: told["cells"].append(told["cells"][0])),
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_copy_keeps_its_own_month_only_and_the_refusal_names_the_file(
    app: Flask, database: Database, folder: Path, how: str
) -> None:
    DAMAGES[how](folder / f"{EARLIER}.json")
    assert put_back_releases(database, now=NOVEMBER) == [MONTH]
    with pytest.raises(Refused) as refused:
        release_month(database, SubjectKind.CASE, EARLIER, now=NOVEMBER)
    assert refused.value.code is ReleaseRefusal.COPY_DAMAGED
    with app.test_request_context():
        words = say(refused.value.code, **refused.value.facts)
    assert f"{FOLDER}/{EARLIER}.json" in words
    # the job goes on with what was never released, and draws the damaged month by no means
    made = close_months(database, NOVEMBER)
    assert EARLIER not in made
    assert SHIFT in made
    assert EARLIER not in known(database)


def test_while_nobody_has_looked_no_month_is_counted_hour_by_hour(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[object] = []
    monkeypatch.setattr(jobs, "draw_up", lambda *given, **_named: counted.append(given))
    (folder / UNSEEN).touch()
    assert close_months(database, NOVEMBER) == []
    assert counted == []
    # what is kept is put back meanwhile
    assert known(database) == {EARLIER, MONTH}


def test_a_file_of_somebody_else_in_the_folder_is_no_release(
    database: Database, folder: Path
) -> None:
    for name in ("notes.json", "2026-13.json", "2026-10 copy.json", f"{MONTH}-r1.json"):
        (folder / name).write_text("{}", "utf-8")
    assert put_back_releases(database, now=NOVEMBER) == [EARLIER, MONTH]


def test_every_release_has_a_name_that_is_known_as_one() -> None:
    for good in ("2026-10", "2026-10-r2", "2026-10-self-government", "2026-10-shift-r3"):
        assert is_slug(good)
    for bad in ("2026-10-r1", "2026-10-weather", "2026-10-case", "2026-1", "２０２６-10", ""):
        assert not is_slug(bad)


def test_a_spent_budget_keeps_one_release_and_the_others_are_put_back(
    database: Database, folder: Path
) -> None:
    assert kept_only(database, kind=SubjectKind.SHIFT) == SHIFT
    (folder / f"{MONTH}.json").unlink()
    with database.write() as session:
        spent = {"subject_kind": SubjectKind.CASE, "year": "2026", "spent_milli": YEAR_MILLI}
        session.execute(insert(ReleaseBudget).values(**spent))
    assert put_back_releases(database, now=NOVEMBER) == [SHIFT]


def test_of_two_that_put_back_at_once_each_release_is_put_back_once(
    database: Database, folder: Path
) -> None:
    assert folder.is_dir()
    both = [lambda: put_back_releases(database, now=NOVEMBER)] * 2
    found = at_once(*both)
    assert sorted(found[0] + found[1]) == [EARLIER, MONTH]


def test_who_is_second_while_a_month_is_released_is_told_that_it_is_released(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job has written its copy and not committed; the command counted before, and goes on."""
    for slug in (EARLIER, MONTH):
        (folder / f"{slug}.json").unlink()
    kept, counted = threading.Event(), threading.Event()
    keep = storing._keep

    def slow(*given: Any) -> None:
        keep(*given)
        kept.set()
        # on SQLite the second waits for the lock from here on, on PostgreSQL for the row
        counted.wait(1)

    def patient(*given: Any, **named: Any) -> Any:
        draft = draw_up(*given, **named)
        if threading.current_thread().name == "second":
            assert kept.wait(10)
        return draft

    monkeypatch.setattr(storing, "_keep", slow)
    monkeypatch.setattr(jobs, "draw_up", patient)

    def second() -> str | None:
        threading.current_thread().name = "second"
        return release_month(database, SubjectKind.CASE, MONTH, now=NOVEMBER)

    def first() -> str | None:
        return release_month(database, SubjectKind.CASE, MONTH, now=NOVEMBER)

    assert at_once(first, second) == [MONTH, None]
    assert known(database) == {MONTH}
