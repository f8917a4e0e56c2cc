"""A backup from before a release: it is put back as it was, and its noise never drawn anew."""

import json
import shutil
from pathlib import Path

import pytest

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.reports.jobs import close_months, put_back_releases, release_month
from portal.satisfaction.queries.releases import budget_left, cells, release_file
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.files import FILES
from portal.satisfaction.rules.release import ReleaseRefusal
from portal.satisfaction.service.storing import FOLDER, copy_again, lost_copies
from tests.keeping.conftest import House
from tests.make.releases import MONTH, NOVEMBER, rate_many, release, town

EARLIER = "2026-09"


@pytest.fixture
def behind(here: House, there: House) -> House:
    """October was released and corrected, and this database, taken back, knows nothing of it."""
    for house in (here, there):
        with house.database.write() as session:
            rate_many(session, town(session)["first"].path, 40)
    released_since(here, there)
    return there


def released_since(here: House, there: House) -> None:
    release(here.database)
    release(here.database, reason="a street was missing")
    shutil.copytree(here.folder / FOLDER, there.folder / FOLDER)


def told(database: Database, slug: str) -> object:
    with database.read() as session:
        rows = cells(session, slug)
        return [release_file(session, slug, name) for name in FILES], rows


def test_what_was_released_since_the_backup_is_put_back_byte_for_byte(
    here: House, there: House, tmp_path: Path
) -> None:
    with here.database.write() as session:
        rate_many(session, town(session)["first"].path, 40)
    here.back_up(tmp_path / "day.tar")
    released_since(here, there)
    there.restore(tmp_path / "day.tar")
    made = close_months(there.database, NOVEMBER)
    # what was never released is released now
    assert MONTH not in made
    assert "2026-10-shift" in made
    for slug in (MONTH, f"{MONTH}-r2"):
        assert told(there.database, slug) == told(here.database, slug)
    with there.database.read() as session:
        assert budget_left(session, SubjectKind.CASE, 2026) == 12_000
    assert put_back_releases(there.database, now=NOVEMBER) == []


def test_by_hand_too_nothing_is_drawn_a_second_time(here: House, behind: House) -> None:
    found = release_month(behind.database, SubjectKind.CASE, MONTH, now=NOVEMBER)
    assert found is None
    assert told(behind.database, MONTH) == told(here.database, MONTH)


def test_what_cannot_be_put_back_yet_is_not_drawn_anew_either(behind: House) -> None:
    with pytest.raises(Refused) as refused:
        release(behind.database)
    assert refused.value.code is ReleaseRefusal.KEPT


def test_where_the_copies_are_lost_nothing_is_drawn_until_somebody_has_looked(
    here: House, there: House, tmp_path: Path
) -> None:
    with here.database.write() as session:
        rate_many(session, town(session)["first"].path, 40)
    release(here.database, EARLIER)
    here.back_up(tmp_path / "day.tar")
    release(here.database)
    there.restore(tmp_path / "day.tar")
    with pytest.raises(Refused) as refused:
        release_month(there.database, SubjectKind.CASE, MONTH, now=NOVEMBER)
    assert refused.value.code is ReleaseRefusal.COPIES_LOST
    assert close_months(there.database, NOVEMBER) == []
    with there.database.read() as session:
        assert lost_copies(session) == [EARLIER]
        copy_again(session, EARLIER)
        assert lost_copies(session) == []
    copies = [
        json.loads((house.folder / FOLDER / f"{EARLIER}.json").read_text("utf-8"))
        for house in (here, there)
    ]
    assert copies[0]["release"] == copies[1]["release"]
    rows = [sorted(copy["cells"], key=lambda row: row["position"]) for copy in copies]
    assert rows[0] == rows[1]
    assert release(there.database) == MONTH


def test_without_the_copies_the_month_would_be_drawn_anew(here: House, behind: House) -> None:
    """Why they are kept: the test of the tests above. A database that knows no release at all
    cannot miss a copy."""
    shutil.rmtree(behind.folder / FOLDER)
    assert release(behind.database) == MONTH
    assert told(behind.database, MONTH) != told(here.database, MONTH)
