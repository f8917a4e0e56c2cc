"""What of the tree the public may read: tiles of the checkpoint that is served, and no others."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from credit.rules.checkpoint import Checkpoint, read_checkpoint
from credit.rules.note import read_note
from credit.rules.tiles import BadTile, Tile, TiledTree, tiles_of
from credit.service.logfiles import LogFiles
from credit.service.sealing import seal
from portal.kernel.db import Database
from portal.kernel.ids import id_at
from tests.credit.test_sealing import Killed, check, files_of, give, kill
from tests.make.credit import NOW, given


def in_public(files: LogFiles) -> set[str]:
    """Every tile of a small tree that is handed out, whether it should be or not."""
    found = set[str]()
    for level in range(3):
        for index in range(4):
            for width in range(1, 257):
                path = Tile(level, index, width).path
                with suppress(FileNotFoundError):
                    files.public_tile(path)
                    found.add(path)
    return found


def test_the_tiles_in_public_are_those_of_the_checkpoint_in_public(database: Database) -> None:
    files = files_of(database)
    assert in_public(files) == set()
    give(database, 300)
    seal(database, NOW)
    served = read_checkpoint(read_note(files.published() or b"").text)
    assert TiledTree(300, files.public_tile).root() == served.root
    found = in_public(files)
    assert {tile.path for tile in tiles_of(300)} <= found
    # narrower ones of an earlier size may be asked for as long as they are part of this tree
    assert found == {
        *(Tile(0, 0, width).path for width in range(1, 257)),
        *(Tile(0, 1, width).path for width in range(1, 45)),
        "tile/1/000.p/1",
    }


def test_what_is_written_ahead_of_the_checkpoint_is_not_in_public(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, mine = files_of(database), give(database, 2)
    seal(database, NOW)
    give(database, 300, mine)
    before = in_public(files)
    with monkeypatch.context() as patch:
        patch.setattr(LogFiles, "note", kill)
        with pytest.raises(Killed):
            seal(database, NOW)
    assert (files.public / "tile/0/000").exists()
    assert in_public(files) == before == {"tile/0/000.p/1", "tile/0/000.p/2"}


def test_a_tile_of_a_sealing_that_came_to_nothing_is_never_in_public(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its place is taken by another order of entries; the file still lies there."""
    files, mine = files_of(database), give(database, 2)
    seal(database, NOW)
    give(database, 2, mine)
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "signed", kill)
        with pytest.raises(Killed):
            seal(database, NOW)
    left = files.read_tile("tile/0/000.p/4")
    with database.write() as session:
        given(session, mine, 1, entry_id=id_at(NOW - timedelta(days=1)))
    seal(database, NOW)
    assert check(database) == 5
    assert files.read_tile("tile/0/000.p/4") == left
    whole = files.public_tile("tile/0/000.p/5")
    assert files.public_tile("tile/0/000.p/4") == whole[: 4 * 32] != left


@pytest.mark.parametrize(
    "path", ["", "checkpoint", "../key", "tile/0/../../../key", "tile/entries/000", "tile/0/000/"]
)
def test_what_is_no_address_of_a_tile_opens_no_file(database: Database, path: str) -> None:
    give(database, 1)
    seal(database, NOW)
    with pytest.raises(BadTile):
        files_of(database).public_tile(path)


def test_a_tile_that_was_cut_and_a_checkpoint_that_is_none_are_not_handed_out(
    database: Database,
) -> None:
    give(database, 3)
    seal(database, NOW)
    files = files_of(database)
    tile: Path = files.public / "tile/0/000.p/3"
    tile.write_bytes(tile.read_bytes()[:-1])
    with pytest.raises(BadTile, match="95 bytes"):
        files.public_tile("tile/0/000.p/2")
    (files.public / "checkpoint").write_bytes(b"none")
    with pytest.raises(BadTile, match="checkpoint"):
        files.public_tile("tile/0/000.p/2")
