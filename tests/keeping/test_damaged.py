"""A backup that is not what was written is refused by part and line, and nothing is loaded."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from portal.kernel.archive import ArchiveWriter, Damaged, Part, pack_lines, read_parts
from portal.kernel.clock import now
from portal.site import schema
from portal.site.restore import CannotRestore, check_archive
from portal.site.unfinished import refuse_unfinished
from tests.keeping.conftest import (
    House,
    counts,
    house_at,
    is_empty,
)


def test_no_bit_of_what_is_kept_can_change_unseen(
    archive: Path, here: House, tmp_path: Path
) -> None:
    whole, before = archive.read_bytes(), list(read_parts(archive))
    chance, spoilt, seen = Random(4), tmp_path / "spoilt.tar", 0
    # behind the signature there is only the padding of the tar
    end = whole.rindex(b"manifest.mac") + 600
    for _ in range(300):
        data = bytearray(whole)
        data[chance.randrange(end)] ^= 1 << chance.randrange(8)
        spoilt.write_bytes(data)
        try:
            check_archive(here.instance, spoilt)
        except (Damaged, CannotRestore):
            seen += 1
        else:
            # it was padding between two parts
            assert list(read_parts(spoilt)) == before
    assert seen > 150


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.97])
def test_a_backup_that_was_cut_off_is_refused(
    archive: Path, there: House, tmp_path: Path, share: float
) -> None:
    cut = tmp_path / "cut.tar"
    whole = archive.read_bytes()
    cut.write_bytes(whole[: int(whole.rindex(b"manifest.mac") * share)])
    with pytest.raises(Damaged, match=r"cut off|cannot be read on|not as it was"):
        there.restore(cut)
    assert is_empty(there)


def rewritten(archive: Path, to: Path, change: Callable[[Part], Part | None]) -> Path:
    """The archive with other parts, each with the right hash of its own; the old manifest."""
    with tarfile.open(archive) as old, tarfile.open(to, "w", format=tarfile.PAX_FORMAT) as new:
        for entry in old:
            file = old.extractfile(entry)
            assert file is not None
            part = change(Part(entry.name, file.read()))
            if part is None:
                continue
            entry.pax_headers = {"GONGZHI.sha256": hashlib.sha256(part.content).hexdigest()}
            entry.size = len(part.content)
            new.addfile(entry, io.BytesIO(part.content))
    return to


def test_a_damaged_row_is_named_by_part_and_line(
    archive: Path, there: House, tmp_path: Path
) -> None:
    def spoil(part: Part) -> Part:
        if not part.name.startswith("tables/person/"):
            return part
        lines = gzip.decompress(part.content).split(b"\n")
        lines[1] = lines[1].replace("王小明".encode(), "王小朋".encode())
        return Part(part.name, gzip.compress(b"\n".join(lines)))

    found = rewritten(archive, tmp_path / "spoilt.tar", spoil)
    # the tar's own hash of the part is right, so it is the manifest that tells
    with pytest.raises(Damaged, match="tables"):
        there.restore(found)

    with tarfile.open(archive) as tar:
        entry = next(each for each in tar if each.name.startswith("tables/person/"))
        at = entry.offset_data
    data = bytearray(archive.read_bytes())
    data[at + entry.size - 30] ^= 1
    (tmp_path / "bit.tar").write_bytes(data)
    with pytest.raises(Damaged) as caught:
        there.restore(tmp_path / "bit.tar")
    assert caught.value.part == entry.name
    assert caught.value.line is not None
    assert is_empty(there)


def test_a_part_that_is_missing_is_noticed(archive: Path, there: House, tmp_path: Path) -> None:
    def drop(part: Part) -> Part | None:
        return None if part.name.startswith("blobs/") else part

    with pytest.raises(Damaged, match="blobs: 0 parts where the manifest has 1"):
        there.restore(rewritten(archive, tmp_path / "less.tar", drop))


def made_of(house: House, to: Path, revision: str, *parts: Part, rows: dict[str, int]) -> Path:
    """An archive of an installation's own, with chosen parts."""
    with to.open("wb") as file:
        archive = ArchiveWriter(file)
        for part in parts:
            archive.add(part.name, part.content)
        manifest = archive.finish(
            {
                "made_at": now().isoformat(), "revision": revision, "tables": rows,
                "key": house.instance.vault.key_id, "checkpoint": None,
            }
        )  # fmt: skip
        archive.sign(house.instance.vault.keyed_hash("backup", manifest.decode()))
    return to


COLUMNS = '{"name": "text", "fingerprint": "text", "loaded_at": "time"}'
HEAD = f'{{"table": "loaded_list", "columns": {COLUMNS}}}'
GOOD = '["a","f","2026-11-29T00:00:00+00:00"]'


def lines_part(*lines: str) -> Part:
    return Part("tables/loaded_list/0000000001.jsonl.gz", pack_lines(lines))


def test_an_older_backup_is_loaded_in_its_own_shape_and_upgraded(
    bare: House, tmp_path: Path
) -> None:
    to = made_of(
        bare, tmp_path / "old.tar", "0026", lines_part(HEAD, GOOD), rows={"loaded_list": 1}
    )
    assert bare.restore(to).rows == 1
    assert schema.revision(bare.database) == schema.head()
    assert counts(bare)["loaded_list"] == 1


@pytest.mark.parametrize(
    ("lines", "rows", "line"),
    [
        ((HEAD, GOOD, GOOD), 2, 3),  # its key is there already
        ((HEAD, '["a","f"]'), 1, 2),
        ((HEAD, '["a","f","yesterday"]'), 1, 2),
        ((HEAD, "no row"), 1, 2),
        ((HEAD.replace("fingerprint", "finger"), GOOD), 1, 1),
        ((HEAD.replace("loaded_list", "unloaded_list"), GOOD), 1, 1),
        ((HEAD, GOOD), 2, None),  # fewer than were told
    ],
)
def test_a_row_that_cannot_be_loaded_is_named_and_nothing_is(
    there: House, tmp_path: Path, lines: tuple[str, ...], rows: int, line: int | None
) -> None:
    head = schema.head()
    assert head is not None
    to = made_of(there, tmp_path / "bad.tar", head, lines_part(*lines), rows={"loaded_list": rows})
    with pytest.raises(Damaged, match="tables/loaded_list") as caught:
        there.restore(to)
    assert caught.value.line == line
    assert is_empty(there)
    refuse_unfinished(there.folder)


def test_a_backup_of_another_key_or_a_newer_version_is_refused(
    archive: Path, here: House, there: House, tmp_path: Path
) -> None:
    other = house_at(
        here.instance, str(there.database.url), tmp_path / "other", key="another-key-" + "1" * 40
    )
    with pytest.raises(CannotRestore, match="another SECRET_KEY"):
        other.restore(archive)
    other.database.dispose()
    newer = made_of(there, tmp_path / "newer.tar", "9999", rows={})
    with pytest.raises(CannotRestore, match="newer version"):
        there.restore(newer)


def test_a_manifest_that_somebody_else_wrote_is_refused(
    here: House, there: House, tmp_path: Path
) -> None:
    def other_mac(part: Part) -> Part:
        return Part(part.name, b"0" * 64) if part.name == "manifest.mac" else part

    head = schema.head()
    assert head is not None
    to = made_of(here, tmp_path / "own.tar", head, rows={})
    with pytest.raises(CannotRestore, match="has not the SECRET_KEY"):
        there.restore(rewritten(to, tmp_path / "forged.tar", other_mac))
