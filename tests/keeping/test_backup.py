"""A backup goes into the other engine and comes back the same; what is damaged is named."""

import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from credit.rules.flaws import Flaw
from credit.rules.standing import LogStop
from credit.service.accounts import give_consent
from credit.service.logfiles import logs_in
from credit.service.resuming import resume_after_loss
from credit.service.sealing import Stopped, seal
from credit.service.verifying import verify
from portal.accounts.models import LoginSession, Person
from portal.accounts.service import erase_person, write_erasure_list
from portal.accounts.service.privacy import erasure_hash
from portal.kernel.archive import read_parts, unpack_lines
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
from portal.site.restore import CannotRestore
from portal.site.unfinished import RESTORE, Unfinished, refuse_unfinished
from tests.credit.tamper import Copy
from tests.keeping.conftest import (
    House,
    NewUrl,
    counts,
    house_at,
)
from tests.make.accounts import person
from tests.make.credit import DISTRICT, adult

CLOSED_BY_A_RESTORE = {"credit_honour"}


def parts_of(archive: Path, *groups: str) -> dict[str, bytes]:
    return {part.name: part.content for part in read_parts(archive) if part.group in groups}


def _tables_that_differ(first: Path, second: Path) -> set[str]:
    one, other = parts_of(first, "tables"), parts_of(second, "tables")
    names = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    return {name.split("/")[1] for name in names}


def points_on_the_map(house: House) -> int:
    with house.database.read() as session:
        folded = session.scalar(select(func.sum(MapCell.points)).where(MapCell.zoom == FINEST))
        return (folded or 0) + (session.scalar(select(func.sum(MapChange.points))) or 0)


def with_key(house: House, other: House) -> None:
    """The log's private key, brought by hand as the documents say."""
    (other.folder / "ledger").mkdir(exist_ok=True)
    (other.folder / "ledger" / "key").write_bytes((house.folder / "ledger" / "key").read_bytes())


def test_a_season_of_a_city_comes_back_the_same_on_the_other_engine(
    here: House, bare: House, tmp_path: Path
) -> None:
    with here.database.write() as session:
        list(load_city_data(session, here.instance.city, now()))
        load_demo(session, draw_pictures(looks=1), now=now(), residents=30, cases=120)
    close_months(here.database, now())
    seal(here.database, now())
    first, second = tmp_path / "first.tar", tmp_path / "second.tar"
    written = here.back_up(first)
    before = counts(here)
    with_key(here, bare)
    restored = bare.restore(first)
    assert restored.stop is None
    assert not restored.needs_log_key
    assert restored.rows == written.rows
    bare.back_up(second)
    # line by line: every table of the one engine is that of the other, but for those in which a
    # restore closes what waited, like the link to somebody who was nominated
    assert _tables_that_differ(first, second) <= CLOSED_BY_A_RESTORE
    assert parts_of(first, "blobs") == parts_of(second, "blobs")
    assert parts_of(first, "ledger") == parts_of(second, "ledger")
    assert len(parts_of(first, "blobs")) == written.photos > 0
    after = counts(bare)
    for name, count in before.items():
        assert name in LEFT_OUT or after[name] == count
    assert points_on_the_map(here) == points_on_the_map(bare) > 0
    # the search was made anew, and is the same
    assert after["case_search"] == before["case_search"] > 0
    assert schema.differences(bare.database) == []
    with bare.database.read() as session:
        assert reindex.stale(session) == []
    with bare.database.write() as session:
        person(session)
    assert seal(bare.database, now()) == 0


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
        "sealed_details": "x",
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


def test_yesterdays_backup_beside_todays_state_is_said_and_nothing_is_sealed(
    archive: Path, filled: House, new_url: NewUrl
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
    archive: Path, filled: House, new_url: NewUrl, tmp_path: Path
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
    archive: Path, filled: House, bare: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(filled, bare)

    def full(_content: bytes, _extension: str) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(bare.instance.blobs, "put", full)
        with pytest.raises(OSError, match="No space"):
            bare.restore(archive)
    assert (bare.folder / RESTORE).exists()
    with pytest.raises(Unfinished, match="gongzhi restore"):
        refuse_unfinished(bare.folder)
    with bare.database.read() as session:
        matters = session.scalar(select(func.count()).select_from(Case))
    bare.restore(archive)
    refuse_unfinished(bare.folder)
    with bare.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == matters
        assert session.scalar(select(func.count()).select_from(CaseSearch)) == 1
    assert bare.instance.blobs.open(next(bare.instance.blobs.every_key())) == b"a photo"


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


def test_a_log_that_was_begun_after_a_loss_is_in_the_backup_with_the_one_before(
    filled: House, there: House, tmp_path: Path
) -> None:
    yesterday = Copy.of(filled.database, tmp_path / "copy")
    with filled.database.write() as session:
        two = [adult(session).id, adult(session).id]
        give_consent(session, DISTRICT, two[0], now=now())
    seal(filled.database, now())
    yesterday.put_back(filled.database, files=False)
    assert resume_after_loss(filled.database, two, "disk", now=now()).number == 2
    filled.back_up(tmp_path / "day.tar")
    names = set(parts_of(tmp_path / "day.tar", "ledger"))
    assert {"ledger/state", "ledger/2/state", "ledger/2/log/checkpoint"} <= names
    assert not any(name.endswith("key") for name in names)
    for log in logs_in(filled.folder):
        folder = there.folder / log.folder.relative_to(filled.folder)
        folder.mkdir(parents=True)
        (folder / "key").write_bytes((log.folder / "key").read_bytes())
    restored = there.restore(tmp_path / "day.tar")
    assert restored.stop is None
    assert not restored.needs_log_key
    with there.database.write() as session:
        give_consent(session, DISTRICT, adult(session).id, now=now())
    assert seal(there.database, now()) > 0
    found = {problem.flaw for problem in verify(there.database, now=now()).problems}
    assert found <= {Flaw.RULE}, "the fixture gives points without a rule"
