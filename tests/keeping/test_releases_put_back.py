"""A backup from before a release: it is put back as it was, and its noise never drawn anew."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.reports.jobs import close_months, put_back_releases, release_month
from portal.satisfaction.queries.releases import budget_left, cells, release_file
from portal.satisfaction.queries.releases import release as release_line
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.files import FILES, MEASUREMENTS, METADATA, as_json
from portal.satisfaction.rules.release import ReleaseRefusal
from portal.satisfaction.service.storing import FOLDER, copy_again, lost_copies
from portal.site.releases import satisfaction
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
    assert not there.restore(tmp_path / "day.tar").needs_look
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
    assert there.restore(tmp_path / "day.tar").needs_look
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


def files_of(house: House, slug: str, folder: Path) -> Path:
    """The four files of a release in a folder, as somebody downloaded them."""
    (folder / slug).mkdir(parents=True)
    with house.database.read() as session:
        for name in FILES:
            text = release_file(session, slug, name) or ""
            (folder / slug / name).write_bytes(text.encode())
    return folder / slug


def run(house: House, *line: str) -> Result:
    tools = SimpleNamespace(database=house.database, config=house.instance.config)
    return CliRunner().invoke(satisfaction, line, obj=tools)


@pytest.fixture
def bare(here: House, there: House, tmp_path: Path) -> House:
    """Restored from a backup of before the very first release, without the folder of copies."""
    with here.database.write() as session:
        rate_many(session, town(session)["first"].path, 40)
    here.back_up(tmp_path / "first.tar")
    assert release_month(here.database, SubjectKind.CASE, MONTH, now=NOVEMBER) == MONTH
    assert there.restore(tmp_path / "first.tar").needs_look
    return there


def test_after_a_restore_that_finds_no_release_nothing_is_drawn_until_somebody_has_looked(
    bare: House,
) -> None:
    assert close_months(bare.database, NOVEMBER) == []
    with pytest.raises(Refused) as refused:
        release_month(bare.database, SubjectKind.CASE, MONTH, now=NOVEMBER)
    assert refused.value.code is ReleaseRefusal.NOT_LOOKED
    found = run(bare, "copies")
    assert (found.exit_code, "nobody has looked" in found.output) == (1, True)
    assert run(bare, "copies", "--nothing-newer").exit_code == 0
    assert run(bare, "copies").exit_code == 0
    assert MONTH in close_months(bare.database, NOVEMBER)


def test_files_that_somebody_downloaded_become_the_release_again_byte_for_byte(
    here: House, bare: House, tmp_path: Path
) -> None:
    folder = files_of(here, MONTH, tmp_path / "mirror")
    found = run(bare, "adopt", str(folder))
    with here.database.read() as session:
        line = release_line(session, MONTH)
    assert line is not None
    assert found.output == f"{MONTH}: taken in; metadata.json {line.digest}\n"
    assert told(bare.database, MONTH) == told(here.database, MONTH)
    with bare.database.read() as session:
        assert budget_left(session, SubjectKind.CASE, 2026) == 13_000
    # other months may have been published as well: that is still for somebody to say
    assert close_months(bare.database, NOVEMBER) == []
    again = run(bare, "adopt", str(tmp_path / "mirror"))
    assert again.output == f"known already; nothing was changed; metadata.json {line.digest}\n"
    run(bare, "copies", "--nothing-newer")
    assert MONTH not in close_months(bare.database, NOVEMBER)
    assert told(bare.database, MONTH) == told(here.database, MONTH)


def test_a_correction_comes_back_from_an_archive_with_the_reason_of_its_page(
    here: House, bare: House, tmp_path: Path
) -> None:
    release_month(here.database, SubjectKind.CASE, MONTH, now=NOVEMBER, reason="late")
    slug = f"{MONTH}-r2"
    for one in (MONTH, slug):
        files_of(here, one, tmp_path / "package" / "satisfaction")
    archive = shutil.make_archive(str(tmp_path / "package"), "zip", tmp_path / "package")
    refused = run(bare, "adopt", archive).exception
    assert isinstance(refused, Refused)
    assert refused.code is ReleaseRefusal.NO_REASON
    assert run(bare, "adopt", archive, "--reason", "late").exit_code == 0
    for one in (MONTH, slug):
        assert told(bare.database, one) == told(here.database, one)


def _refusal(house: House, folder: Path) -> ReleaseRefusal:
    refused = run(house, "adopt", str(folder)).exception
    assert isinstance(refused, Refused)
    assert isinstance(refused.code, ReleaseRefusal)
    return refused.code


def test_files_that_were_changed_are_not_taken_in(here: House, bare: House, tmp_path: Path) -> None:
    for name in FILES:
        folder = files_of(here, MONTH, tmp_path / name)
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole.replace(b"0", b"1"))
        assert _refusal(bare, folder) is ReleaseRefusal.NOT_WHOLE
        (folder / name).unlink()
        assert _refusal(bare, folder) is ReleaseRefusal.NOT_WHOLE
    empty = tmp_path / "empty"
    empty.mkdir()
    assert _refusal(bare, empty) is ReleaseRefusal.NOT_WHOLE


@pytest.mark.parametrize(("name", "key", "value"), [
    (MEASUREMENTS, "period", "../../2026-10"),  # the release would be called so, and its copy
    (METADATA, "created", "2026-11-02T00:00:00"),  # of no zone
])  # fmt: skip
def test_a_release_called_like_a_folder_or_of_no_moment_is_not_taken_in(
    here: House, bare: House, tmp_path: Path, name: str, key: str, value: str
) -> None:
    folder = files_of(here, MONTH, tmp_path / "made up")
    told = {one: json.loads((folder / one).read_text("utf-8")) for one in (MEASUREMENTS, METADATA)}
    told[name][key] = value
    for one in told.values():
        one["release"] = told[MEASUREMENTS]["period"]
    (folder / MEASUREMENTS).write_text(as_json(told[MEASUREMENTS]), "utf-8")
    hashed = sha256((folder / MEASUREMENTS).read_bytes()).hexdigest()
    for one in told[METADATA]["resources"]:
        if one["path"] == MEASUREMENTS:
            one["hash"] = f"sha256:{hashed}"
    (folder / METADATA).write_text(as_json(told[METADATA]), "utf-8")
    assert _refusal(bare, folder) is ReleaseRefusal.NOT_WHOLE
    assert not (bare.folder / FOLDER / value).with_suffix(".json").exists()


def test_a_month_that_was_drawn_twice_is_not_overwritten_but_said(
    here: House, bare: House, tmp_path: Path
) -> None:
    run(bare, "copies", "--nothing-newer")
    assert MONTH in close_months(bare.database, NOVEMBER)
    before = told(bare.database, MONTH)
    folder = files_of(here, MONTH, tmp_path / "mirror")
    assert _refusal(bare, folder) is ReleaseRefusal.OTHER_FIGURES
    assert told(bare.database, MONTH) == before


def test_files_of_another_city_are_not_taken_in(here: House, there: House, tmp_path: Path) -> None:
    with here.database.write() as session:
        rate_many(session, town(session)["first"].path, 40)
    release_month(here.database, SubjectKind.CASE, MONTH, now=NOVEMBER)
    assert _refusal(there, files_of(here, MONTH, tmp_path)) is ReleaseRefusal.UNKNOWN_PLACE


def test_a_damaged_copy_is_named_and_what_the_database_knows_is_written_again(
    here: House, behind: House
) -> None:
    damaged = here.folder / FOLDER / f"{MONTH}.json"
    whole = json.loads(damaged.read_text("utf-8"))["release"]
    damaged.write_text("{", "utf-8")
    found = run(here, "copies")
    line = f"{MONTH}: the copy {FOLDER}/{MONTH}.json is damaged\n"
    assert (found.exit_code, found.output) == (1, line)
    assert run(here, "copies", "--nothing-newer").output == f"{MONTH}: copied again\n"
    assert json.loads(damaged.read_text("utf-8"))["release"] == whole
    # where the database knows nothing of it, nobody can but who holds the files
    (behind.folder / FOLDER / f"{MONTH}.json").write_text("{", "utf-8")
    for options in ([], ["--nothing-newer"]):
        found = run(behind, "copies", *options)
        assert (found.exit_code, found.output) == (1, line)


def test_without_the_copies_the_month_would_be_drawn_anew(here: House, behind: House) -> None:
    """Why they are kept: the test of the tests above. A database that knows no release at all
    cannot miss a copy."""
    shutil.rmtree(behind.folder / FOLDER)
    assert release(behind.database) == MONTH
    assert told(behind.database, MONTH) != told(here.database, MONTH)
