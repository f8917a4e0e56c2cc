"""A backup goes into the other engine and comes back the same; what is damaged is named."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from credit.rules.standing import LogStop
from credit.service.accounts import give_consent
from credit.service.sealing import Stopped, seal
from portal.accounts.models import LoginSession, Person
from portal.accounts.service import erase_person, write_erasure_list
from portal.accounts.service.privacy import erasure_hash
from portal.kernel.archive import ArchiveWriter, Damaged, Part, pack_lines, read_parts, unpack_lines
from portal.kernel.clock import now
from portal.kernel.db import Base
from portal.kernel.dump import kind_of
from portal.kernel.outbox import Channel, OutboxMessage, OutboxState, post_message
from portal.reports.jobs import close_months
from portal.reports.models import Case, CaseSearch, MapCell, MapChange
from portal.reports.rules.cells import FINEST
from portal.site import reindex, schema
from portal.site.backup import LEFT_OUT, write_backup
from portal.site.demo.load import draw_pictures, load_demo
from portal.site.packages import load_city_data
from portal.site.restore import CannotRestore, check_archive
from portal.site.unfinished import RESTORE, Unfinished, refuse_unfinished
from tests.keeping.conftest import House, house_at
from tests.make.accounts import person
from tests.make.credit import DISTRICT, adult

NOBODY = {"--": "--"}


def parts_of(archive: Path, *groups: str) -> dict[str, bytes]:
    return {part.name: part.content for part in read_parts(archive) if part.group in groups}


def counts(house: House) -> dict[str, int]:
    with house.database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def points_on_the_map(house: House) -> int:
    with house.database.read() as session:
        folded = session.scalar(select(func.sum(MapCell.points)).where(MapCell.zoom == FINEST))
        return (folded or 0) + (session.scalar(select(func.sum(MapChange.points))) or 0)


def is_empty(house: House) -> bool:
    if schema.revision(house.database) is None:
        return True
    return not any(counts(house).values())


@pytest.fixture
def archive(filled: House, tmp_path: Path) -> Path:
    to = tmp_path / "day.tar"
    filled.back_up(to)
    return to


def with_key(house: House, other: House) -> None:
    """The log's private key, brought by hand as the documents say."""
    (other.folder / "ledger").mkdir(exist_ok=True)
    (other.folder / "ledger" / "key").write_bytes((house.folder / "ledger" / "key").read_bytes())


def test_a_season_of_a_city_comes_back_the_same_on_the_other_engine(
    here: House, there: House, tmp_path: Path
) -> None:
    with here.database.write() as session:
        list(load_city_data(session, here.instance.city, now()))
        load_demo(session, draw_pictures(looks=1), now=now(), residents=30, cases=120)
    close_months(here.database, now())
    seal(here.database, now())
    first, second = tmp_path / "first.tar", tmp_path / "second.tar"
    written = here.back_up(first)
    before = counts(here)
    with_key(here, there)
    restored = there.restore(first)
    assert restored.stop is None
    assert not restored.needs_log_key
    assert restored.rows == written.rows
    there.back_up(second)
    # line by line: every table of the one engine is that of the other
    assert parts_of(first, "tables") == parts_of(second, "tables")
    assert parts_of(first, "blobs") == parts_of(second, "blobs")
    assert parts_of(first, "ledger") == parts_of(second, "ledger")
    assert len(parts_of(first, "blobs")) == written.photos > 0
    after = counts(there)
    for name, count in before.items():
        assert name in LEFT_OUT or after[name] == count
    assert points_on_the_map(here) == points_on_the_map(there) > 0
    # the search was made anew, and is the same
    assert after["case_search"] == before["case_search"] > 0
    assert schema.differences(there.database) == []
    with there.database.read() as session:
        assert reindex.stale(session) == []
    with there.database.write() as session:
        person(session)
    assert seal(there.database, now()) == 0


def test_guards_and_references_stand_again_after_a_restore(
    archive: Path, filled: House, there: House
) -> None:
    with_key(filled, there)
    there.restore(archive)
    for wrong in ("DELETE FROM credit_entry", "UPDATE credit_sealed SET seq = seq + 1"):
        with pytest.raises(Exception, match="only added to"), there.database.write() as session:
            session.execute(text(wrong))
    entry = Base.metadata.tables["credit_detail"]
    orphan = {
        "district": "370283", "entry_id": Person.__table__.c.id.type.python_type(int=7),
        "salt": b"s", "sealed_details": "x",
    }  # fmt: skip
    with pytest.raises(Exception, match=r"(?i)foreign key"), there.database.write() as session:
        session.execute(insert(entry).values(orphan))


def test_a_database_that_is_not_empty_is_left_alone(archive: Path, there: House) -> None:
    schema.upgrade(there.database)
    with there.database.write() as session:
        person(session)
    before = counts(there)
    with pytest.raises(CannotRestore, match="not empty: person"):
        there.restore(archive)
    assert counts(there) == before
    refuse_unfinished(there.folder)


def test_sessions_links_and_words_of_messages_are_in_no_backup(
    filled: House, there: House, tmp_path: Path
) -> None:
    with filled.database.write() as session:
        who = person(session)
        session.add(
            LoginSession(
                person_id=who.id,
                token_hash="t" * 64,
                way="code",
                device="",
                created_at=now(),
                seen_at=now(),
                expires_at=now() + timedelta(days=1),
            )
        )
        post_message(
            session, channel=Channel.SMS, to="+8613800001203", template="x", facts={"link": "/r/1"},
            now=now(),
        )  # fmt: skip
    to = tmp_path / "day.tar"
    assert filled.back_up(to).silenced == 1
    there.restore(to)
    with there.database.read() as session:
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 0
        message = session.scalars(select(OutboxMessage)).one()
        assert (message.state, message.sealed_to, message.sealed_facts) == (
            OutboxState.CANCELLED, None, None,
        )  # fmt: skip
    secret = filled.instance.config.secret_key.encode()
    log_key = (filled.folder / "ledger" / "key").read_bytes().strip()
    for part in read_parts(to):
        content = part.content
        if part.group == "tables":
            content = gzip.decompress(content)
        assert secret not in content
        assert log_key not in content
    assert oct(to.stat().st_mode)[-3:] == "600"


def test_a_backup_is_of_one_moment_while_others_write(filled: House, tmp_path: Path) -> None:
    before = counts(filled)
    written: list[str] = []

    def somebody_writes(words: str) -> None:
        written.append(words)
        with filled.database.write() as session:
            person(session)

    to = tmp_path / "day.tar"
    write_backup(filled.database, filled.instance, to, now=now(), say=somebody_writes)
    assert len(written) > 3
    assert counts(filled)["person"] == before["person"] + len(written)
    rows = sum(
        1
        for part in read_parts(to)
        if part.name.startswith("tables/person/")
        for number, _ in unpack_lines(part)
        if number > 1
    )
    assert rows == before["person"]


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
    there: House, tmp_path: Path
) -> None:
    to = made_of(
        there, tmp_path / "old.tar", "0026", lines_part(HEAD, GOOD), rows={"loaded_list": 1}
    )
    assert there.restore(to).rows == 1
    assert schema.revision(there.database) == schema.head()
    assert counts(there)["loaded_list"] == 1


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


def test_yesterdays_backup_beside_todays_state_is_said_and_nothing_is_sealed(
    archive: Path, filled: House, new_url: Callable[[], str]
) -> None:
    with filled.database.write() as session:
        # a consent is a statement of its own
        give_consent(session, DISTRICT, adult(session).id, now=now())
    assert seal(filled.database, now()) > 0
    again = house_at(filled.instance, new_url(), filled.folder)
    restored = again.restore(archive)
    assert restored.stop is LogStop.DATABASE_BEHIND
    with pytest.raises(Stopped):
        seal(again.database, now())
    again.database.dispose()


def test_who_was_erased_since_is_erased_again_before_anybody_looks(
    archive: Path, filled: House, new_url: Callable[[], str], tmp_path: Path
) -> None:
    with filled.database.write() as session:
        her = session.scalars(select(Person).where(Person.display_name == "王小明")).first()
        assert her is not None
        erase_person(session, None, her.id, now=now())
    with filled.database.read() as session:
        write_erasure_list(session)
    same = house_at(filled.instance, new_url(), filled.folder)
    assert same.restore(archive).erased == 1
    same.database.dispose()
    # elsewhere the list that was kept beside the backups says it
    listed = {erasure_hash_of(filled, her.id): "2026-11-30T00:00:00+00:00"}
    elsewhere = house_at(filled.instance, new_url(), tmp_path / "elsewhere")
    with_key(filled, elsewhere)
    assert elsewhere.restore(archive, **listed).erased == 1
    assert set(listed) <= set((elsewhere.folder / "erasures.txt").read_text().split())
    with elsewhere.database.read() as session:
        row = session.get_one(Person, her.id)
        assert (row.sealed_phone, row.phone_hash) == (None, None)
        assert row.erased_at is not None
    elsewhere.database.dispose()


def erasure_hash_of(house: House, person_id: Any) -> str:
    with house.database.read() as session:
        return erasure_hash(session, person_id)


def test_a_restore_that_was_cut_off_lets_nobody_in_and_goes_on(
    archive: Path, filled: House, there: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(filled, there)

    def full(_content: bytes, _extension: str) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(there.instance.blobs, "put", full)
        with pytest.raises(OSError, match="No space"):
            there.restore(archive)
    assert (there.folder / RESTORE).exists()
    with pytest.raises(Unfinished, match="gongzhi restore"):
        refuse_unfinished(there.folder)
    with there.database.read() as session:
        matters = session.scalar(select(func.count()).select_from(Case))
    there.restore(archive)
    refuse_unfinished(there.folder)
    with there.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == matters
        assert session.scalar(select(func.count()).select_from(CaseSearch)) == 1
    assert there.instance.blobs.open(next(there.instance.blobs.every_key())) == b"a photo"


def test_a_file_that_is_there_is_not_written_over(archive: Path, filled: House) -> None:
    before = archive.read_bytes()
    with pytest.raises(FileExistsError):
        filled.back_up(archive)
    assert archive.read_bytes() == before


def test_every_column_has_a_kind_and_nothing_leads_to_what_is_left_out() -> None:
    assert set(LEFT_OUT) <= set(Base.metadata.tables)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            assert kind_of(column.type)
        if table.name not in LEFT_OUT:
            assert not {key.column.table.name for key in table.foreign_keys} & set(LEFT_OUT)
