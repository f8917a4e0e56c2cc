"""A month's release: what is counted, paid and kept; made once, by whoever comes first."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from credit.queries.entries import entry
from credit.rules.kinds import Kind
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.reports.jobs import close_months
from portal.satisfaction.models import (
    MonthRelease,
    ReleaseBudget,
    ReleaseCell,
    SatisfactionRelease,
)
from portal.satisfaction.queries.releases import (
    Cell,
    budget_left,
    cells,
    release_file,
    releases,
)
from portal.satisfaction.rules import FigureRefusal, SubjectKind
from portal.satisfaction.rules.files import FILES
from portal.satisfaction.rules.release import Bound, BoundBy, ReleaseRefusal
from portal.satisfaction.service import bound_to
from portal.satisfaction.service.demo import plant_ratings
from portal.satisfaction.service.release import kinds_due
from tests.make.accounts import person
from tests.make.releases import MIDDLE, MONTH, NOVEMBER, no_noise, rate_many, rating, release, town
from tests.make.together import at_once

END = datetime.fromisoformat("2026-11-01T00:00:00+08:00")


def rows(database: Database, slug: str = MONTH, span: str = "month") -> dict[str, Cell]:
    with database.read() as session:
        return {row.code: row for row in cells(session, slug) if row.span == span}


def files(database: Database, slug: str = MONTH) -> dict[str, str]:
    with database.read() as session:
        found = {name: release_file(session, slug, name) for name in FILES}
    return {name: text for name, text in found.items() if text is not None}


def counted(database: Database, slug: str = MONTH) -> dict[str, int]:
    """How many were counted in each cell, of a release without noise."""
    measured = json.loads(files(database, slug)["measurements.json"])
    return {cell["code"]: sum(cell["counts"]) for cell in measured["cells"]}


def test_a_rating_counts_in_its_place_in_all_above_and_in_its_kind(database: Database) -> None:
    with database.write() as session:
        tree = town(session)
        plant_ratings(session, [rating(tree["grid"].path), rating(tree["east"].path)])
        plant_ratings(session, [rating(tree["west"].path, category="unheard_of")])
        plant_ratings(session, [rating(tree["city"].path, category="noise")])
    release(database, noise=no_noise)
    found = counted(database)
    assert found == {
        "370283": 4, "370283001": 2, "370283002": 1, "370283*": 1, "370283001001": 1,
        "370283001002": 0, "370283001*": 1, "litter": 2, "noise": 1, "*": 1,
    }  # fmt: skip


def test_one_resident_counts_once_and_another_tap_never(database: Database) -> None:
    with database.write() as session:
        tree = town(session)
        path = tree["first"].path
        plant_ratings(session, (rating(path, who="one", result=5) for _ in range(500)))
        plant_ratings(session, [rating(path, who=None), rating(path, who="two")])
        shift = rating(path, who="one", kind=SubjectKind.SHIFT)
        plant_ratings(session, [shift])
    release(database, noise=no_noise)
    found = counted(database)
    assert (found["370283"], found["370283001"], found["370283001001"]) == (2, 2, 2)
    release(database, noise=no_noise, kind=SubjectKind.SHIFT)
    assert counted(database, "2026-10-shift")["370283"] == 1


def test_all_levels_take_the_same_rating_of_a_resident(database: Database) -> None:
    with database.write() as session:
        tree = town(session)
        for place, category in (("first", "litter"), ("second", "noise"), ("west", "litter")):
            many = (rating(tree[place].path, who="one", category=category) for _ in range(7))
            plant_ratings(session, many)
    release(database, noise=no_noise)
    found = counted(database)
    streets = [code for code in ("370283001", "370283002") if found[code]]
    assert len(streets) == 1
    assert found["370283"] == 1 == found["litter"] + found["noise"]
    assert (found["370283001"] == 1) == (found["370283001001"] + found["370283001002"] == 1)
    if streets == ["370283002"]:
        assert found["litter"] == 1


def test_a_rating_belongs_to_the_month_in_which_its_window_ends(database: Database) -> None:
    with database.write() as session:
        tree = town(session)
        # a window that ends with its month, at midnight, is of that month
        begin, moment = END - timedelta(days=31), timedelta(microseconds=1)
        for place, ends in (
            ("west", begin + moment), ("west", END), ("first", begin), ("second", END + moment),
        ):  # fmt: skip
            plant_ratings(session, [rating(tree[place].path, ends=ends)])
    release(database, noise=no_noise)
    found = counted(database)
    assert (found["370283"], found["370283002"], found["370283001"]) == (2, 2, 0)


@pytest.mark.parametrize("month", ["2026-13", "october", ""])
def test_what_is_no_month_is_refused(database: Database, month: str) -> None:
    with pytest.raises(Refused) as refused:
        release(database, month)
    assert refused.value.code is FigureRefusal.BAD_MONTH


def test_an_open_month_is_refused_for_an_hour_more(database: Database) -> None:
    with database.write() as session:
        town(session)
    with pytest.raises(Refused) as refused:
        release(database, now=END + timedelta(minutes=59))
    assert refused.value.code is FigureRefusal.MONTH_OPEN
    assert release(database, now=END + timedelta(hours=1)) == MONTH


def test_a_month_of_the_first_table_is_not_released_again(database: Database) -> None:
    with database.write() as session:
        town(session)
        session.execute(
            insert(MonthRelease).values(
                month=MONTH, released_by="1/8", computed_at=NOVEMBER, window_days=14,
                satisfied_levels=3, smallest_cell=10,
            )
        )  # fmt: skip
    with pytest.raises(Refused) as refused:
        release(database)
    assert refused.value.code is ReleaseRefusal.OLD_TABLE
    # it showed reports alone
    assert release(database, kind=SubjectKind.SHIFT) == "2026-10-shift"


def test_a_second_call_changes_nothing_and_serves_the_same_bytes(database: Database) -> None:
    with database.write() as session:
        rate_many(session, town(session)["first"].path, 30)
    release(database)
    before, table = files(database), rows(database)
    with database.write() as session:
        rate_many(session, "/370283/370283002/", 30)
    with pytest.raises(Conflict):
        release(database)
    assert files(database) == before
    assert rows(database) == table
    with database.read() as session:
        assert budget_left(session, SubjectKind.CASE, 2026) == 13_000


def test_a_correction_is_a_release_of_its_own_and_is_paid(database: Database) -> None:
    with database.write() as session:
        town(session)
    with pytest.raises(Refused) as refused:
        release(database, reason="a street was missing")
    assert refused.value.code is ReleaseRefusal.NOT_RELEASED
    release(database)
    before = files(database)
    assert release(database, reason="a street was missing") == "2026-10-r2"
    assert files(database) == before
    with database.read() as session:
        told = [(row.slug, row.newest, row.reason) for row in releases(session)]
        assert budget_left(session, SubjectKind.CASE, 2026) == 12_000
    assert told == [("2026-10-r2", True, "a street was missing"), ("2026-10", False, None)]


def test_a_year_pays_for_fourteen_releases_and_the_database_refuses_more(
    database: Database,
) -> None:
    with database.write() as session:
        town(session)
        _spend(session, 14_000)
    with pytest.raises(Refused) as refused:
        release(database)
    assert refused.value.code is ReleaseRefusal.BUDGET_SPENT
    with pytest.raises(DBAPIError), database.write() as session:
        session.execute(update(ReleaseBudget).values(spent_milli=14_001))
    # every kind has a line of its own, and so has every year
    assert release(database, kind=SubjectKind.SHIFT) == "2026-10-shift"


def _spend(session: Session, milli: int) -> None:
    values = {"subject_kind": SubjectKind.CASE, "year": "2026", "spent_milli": milli}
    session.execute(insert(ReleaseBudget).values(**values))


def test_two_processes_at_once_release_a_month_once(database: Database) -> None:
    with database.write() as session:
        town(session)

    def one() -> str:
        try:
            return release(database)
        except Conflict:
            return "second"

    assert sorted(at_once(*[one] * 4)) == [MONTH, "second", "second", "second"]
    with database.read() as session:
        assert budget_left(session, SubjectKind.CASE, 2026) == 13_000


def test_two_processes_at_once_cannot_overspend_the_budget(database: Database) -> None:
    with database.write() as session:
        town(session)
        _spend(session, 12_000)

    def of(month: str) -> str:
        try:
            return release(database, month)
        except Refused as refused:
            return str(refused.code)

    months = ["2026-07", "2026-08", "2026-09", "2026-10"]
    found = at_once(*(lambda month=month: of(month) for month in months))
    assert found.count("release.budget_spent") == 2
    with database.read() as session:
        assert budget_left(session, SubjectKind.CASE, 2026) == 0
        assert session.scalar(select(func.count()).select_from(SatisfactionRelease)) == 2


def test_the_database_refuses_to_change_a_release_or_to_pay_back(database: Database) -> None:
    with database.write() as session:
        town(session)
    release(database)
    for statement in (
        update(SatisfactionRelease).values(data_csv=""),
        delete(ReleaseCell),
        update(ReleaseCell).values(answered=7),
        delete(SatisfactionRelease),
        update(ReleaseBudget).values(spent_milli=0),
        delete(ReleaseBudget),
    ):
        with pytest.raises(DBAPIError), database.write() as session:
            session.execute(statement)


def test_the_hash_of_a_release_is_sealed(database: Database) -> None:
    with database.write() as session:
        town(session)
    release(database)
    texts = files(database)
    described = json.loads(texts["metadata.json"])
    for resource in described["resources"]:
        raw = texts[resource["path"]].encode()
        told = (resource["bytes"], resource["hash"])
        assert told == (len(raw), f"sha256:{sha256(raw).hexdigest()}")
    with database.read() as session:
        made = session.scalars(select(SatisfactionRelease)).one()
        sealed = entry(session, "370283", made.entry_id)
        assert sealed is not None
        assert (sealed.kind, sealed.digest.hex()) == (Kind.RELEASE, made.digest)
        assert made.digest == sha256(made.metadata_json.encode()).hexdigest()


def test_the_program_rebuilds_the_table_byte_for_byte(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        tree = town(session)
        for name, times in (("first", 900), ("second", 40), ("west", 300)):
            rate_many(session, tree[name].path, times)
    release(database, closed={(tree["first"].path, "litter"): 1000, (tree["west"].path, "x"): 9})
    texts = files(database)
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode())
    # -I -S: nothing of this environment, only the standard library
    command = [sys.executable, "-I", "-S", "rebuild.py"]
    made = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stdout
    assert made == texts["data.csv"].encode()
    assert made.startswith(b"\xef\xbb\xbfperiod,span,level,code")


def test_a_quarter_adds_up_three_months_at_no_further_cost(database: Database) -> None:
    with database.write() as session:
        tree = town(session)
        for ends in ("2026-07-15", "2026-08-15", "2026-09-15"):
            at = datetime.fromisoformat(f"{ends}T00:00:00+00:00")
            rate_many(session, tree["first"].path, 400, ends=at)
    for month in ("2026-07", "2026-08", "2026-09"):
        release(database, month, noise=no_noise, closed={(tree["first"].path, "litter"): 500})
    assert rows(database, "2026-08", "quarter") == {}
    month, quarter = rows(database, "2026-09"), rows(database, "2026-09", "quarter")
    code = "370283001001"
    assert (month[code].published, month[code].look_at) == (False, "370283001")
    assert (quarter[code].answered, quarter[code].closed) == (1200, 1500)
    assert quarter[code].satisfied_share == pytest.approx(0.9)
    with database.read() as session:
        assert budget_left(session, SubjectKind.CASE, 2026) == 11_000


def test_what_is_due_is_every_kind_from_the_first_counted_month_on(database: Database) -> None:
    with database.read() as session:
        assert kinds_due(session, NOVEMBER) == []
    with database.write() as session:
        rate_many(session, town(session)["first"].path, 1, ends=MIDDLE)
    with database.read() as session:
        assert kinds_due(session, END) == []
        due = kinds_due(session, NOVEMBER)
    assert due == [(MONTH, kind) for kind in SubjectKind]
    release(database)
    with database.read() as session:
        assert (MONTH, SubjectKind.CASE) not in kinds_due(session, NOVEMBER)


def test_two_corrections_a_year_with_a_reason_and_no_more(database: Database) -> None:
    with database.write() as session:
        town(session)
    release(database)
    for said in ("  ", "长" * 301):
        with pytest.raises(Refused) as nothing:
            release(database, reason=said)
        assert nothing.value.code is ReleaseRefusal.NO_REASON
    assert [release(database, reason="a street was missing") for _ in range(2)] == [
        "2026-10-r2", "2026-10-r3",
    ]  # fmt: skip
    with pytest.raises(Refused) as enough:
        release(database, reason="once more")
    assert enough.value.code is ReleaseRefusal.CORRECTED
    # what is left is for the months to come
    with database.read() as session:
        assert budget_left(session, SubjectKind.CASE, 2026) == 11_000


def test_two_corrections_a_year_though_three_come_at_once(database: Database) -> None:
    with database.write() as session:
        town(session)
    months = ["2026-08", "2026-09", "2026-10"]
    for month in months:
        release(database, month)
    release(database, reason="a street was missing")

    def correct(month: str) -> str:
        try:
            return release(database, month, reason="a street was missing")
        except Refused as refused:
            return str(refused.code)

    found = at_once(*(lambda month=month: correct(month) for month in months))
    assert found.count("release.corrected") == 2
    with database.read() as session:
        assert budget_left(session, SubjectKind.CASE, 2026) == 9_000


def test_a_month_that_is_refused_keeps_no_other(database: Database) -> None:
    with database.write() as session:
        tree = town(session)
        # a kind that is rated alone is released as well
        rate_many(session, tree["first"].path, 3, kind=SubjectKind.SHIFT)
        _spend(session, 14_000)
    with database.read() as session:
        assert (MONTH, SubjectKind.CASE) in kinds_due(session, NOVEMBER)
    made = close_months(database, NOVEMBER)
    assert "2026-10-shift" in made
    assert MONTH not in made


def test_one_resident_is_one_by_account_and_by_her_telephone(database: Database) -> None:
    with database.write() as session:
        known, bare = person(session, phone="19900000177"), person(session)
        bare.phone_hash = bare.sealed_phone = bare.phone_verified_at = None
        session.flush()
        by_report = instance_of(session).vault.keyed_hash("phone", "+8619900000177")
        own = bound_to(session, person_id=known.id)
        assert own == bound_to(session, person_id=None, phone_hash=by_report, link=new_id())
        assert own is not None
        assert own.by is BoundBy.PHONE
        alone = bound_to(session, person_id=bare.id)
        assert alone == Bound(BoundBy.ACCOUNT, str(bare.id))
        link = new_id()
        assert bound_to(session, person_id=None, link=link) == Bound(BoundBy.LINK, str(link))
        assert bound_to(session, person_id=None) is None
