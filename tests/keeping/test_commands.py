"""The commands that keep an installation: one at a time, in one sentence when they refuse."""

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from portal.accounts.queries.people import person_by_phone
from portal.kernel import in_use
from portal.kernel.instance import instance_of
from portal.site.cli import cli
from portal.site.unfinished import refuse_unfinished
from tests.keeping.conftest import (
    PHONE,
    House,
    Tools,
    anew,
    house_at,
)
from tests.keeping.test_rotate import check
from tests.make.together import at_once


def test_the_command_wants_the_portal_stopped(tools: Tools) -> None:
    with in_use.sharing(tools.house.folder) as shares:
        assert shares
        for line in (["keys", "rotate"], ["restore", __file__, "--no-erasures"]):
            refused = CliRunner().invoke(cli, line, obj=tools)
            assert "The portal is running here" in refused.output
    with in_use.alone(tools.house.folder) as is_alone, in_use.sharing(tools.house.folder) as shares:
        assert is_alone
        assert not shares
    done = CliRunner().invoke(cli, ["keys", "rotate"], obj=tools)
    assert done.exit_code == 0, done.output
    assert "The old key is in" in done.output


def test_backup_and_restore_by_command(tools: Tools, bare: House, tmp_path: Path) -> None:
    to = tmp_path / "day.tar"
    made = CliRunner().invoke(cli, ["backup", str(to)], obj=tools)
    assert made.exit_code == 0, made.output
    again = CliRunner().invoke(cli, ["backup", str(to)], obj=tools)
    assert isinstance(again.exception, FileExistsError)
    other = Tools(bare)
    whole = CliRunner().invoke(cli, ["restore", str(to), "--check"], obj=other)
    assert "is whole" in whole.output
    asked = CliRunner().invoke(cli, ["restore", str(to)], obj=other)
    assert "There is no list of erasures here" in asked.output
    listed = tmp_path / "erasures.txt"
    listed.write_text("")
    done = CliRunner().invoke(cli, ["restore", str(to), "--erasures", str(listed)], obj=other)
    assert done.exit_code == 0, done.output
    assert "Put the private key of the log back" in done.output
    with bare.database.read() as session:
        assert instance_of(session) is bare.instance
        assert person_by_phone(session, PHONE) is not None
    to.write_bytes(to.read_bytes()[:5000])
    broken = CliRunner().invoke(cli, ["restore", str(to), "--check"], obj=other)
    assert "The backup is damaged: " in broken.output


def test_of_two_restores_at_once_one_does_it(tools: Tools, bare: House, tmp_path: Path) -> None:
    to = tmp_path / "day.tar"
    assert CliRunner().invoke(cli, ["backup", str(to)], obj=tools).exit_code == 0
    second = house_at(bare.instance, bare.instance.config.database_url, bare.folder)
    line = ["restore", str(to), "--no-erasures"]

    def by(house: House) -> Callable[[], Result]:
        return lambda: CliRunner().invoke(cli, line, obj=Tools(house))

    done = at_once(by(bare), by(second))
    assert sorted(result.exit_code for result in done) == [0, 1]
    with bare.database.read() as session:
        assert person_by_phone(session, PHONE) is not None
    refuse_unfinished(bare.folder)
    second.database.dispose()


def test_of_two_rotations_at_once_one_does_it(tools: Tools) -> None:
    old = tools.house.instance.vault
    second = anew(tools.house)

    def by(house: House) -> Callable[[], Result]:
        return lambda: CliRunner().invoke(cli, ["keys", "rotate"], obj=Tools(house))

    done = at_once(by(tools.house), by(second))
    second.database.dispose()
    assert sorted(result.exit_code for result in done) == [0, 1]
    there = anew(tools.house)
    check(there, old)
    there.database.dispose()
