"""Two installations: one that is kept, and an empty one of the other engine to restore into."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from credit.service.sealing import seal
from portal.accounts.models import Person, SecondFactor
from portal.kernel.blobs import BlobStore
from portal.kernel.clock import now
from portal.kernel.db import Base, Database
from portal.kernel.instance import Instance, open_for
from portal.kernel.vault import Vault
from portal.reports.models import Follower, ImportRun
from portal.reports.rules.following import FollowWay
from portal.reports.rules.import_runs import RunState
from portal.site import schema
from portal.site.backup import Written, write_backup
from portal.site.restore import Restored, restore_backup
from portal.site.rotate import CURRENT
from tests.engines import postgres_database
from tests.make.accounts import person
from tests.make.areas import small_tree
from tests.make.credit import account, given, posted, try_hold
from tests.make.reports import case, photo, reporter
from tests.make.reports import text as words


@dataclass
class House:
    """An installation with its database."""

    instance: Instance
    database: Database

    @property
    def folder(self) -> Path:
        return self.instance.config.instance

    def back_up(self, to: Path) -> Written:
        return write_backup(self.database, self.instance, to, now=now())

    def restore(self, source: Path, **erasures: str) -> Restored:
        return restore_backup(self.database, self.instance, source, erasures=erasures, now=now())


def house_at(instance: Instance, url: str, folder: Path, *, key: str | None = None) -> House:
    """An installation beside another one: same city, same SECRET_KEY unless another is given."""
    folder.mkdir(exist_ok=True)
    config = replace(
        instance.config, instance=folder, database_url=url, blobs=str(folder / "blobs"),
        secret_key=key or instance.config.secret_key,
    )  # fmt: skip
    other = replace(
        instance, config=config, vault=Vault(config.secret_key), blobs=BlobStore(config.blobs)
    )
    return House(other, open_for(other))


@pytest.fixture
def here(instance: Instance, database: Database) -> House:
    return House(instance, database)


@pytest.fixture
def filled(here: House) -> House:
    """A place, a person with a phone, a case with photo and words, and a sealed ledger."""
    with here.database.write() as session:
        place = small_tree(session)["370283001001"]
        holder = person(session, "王小明", phone="13800001201")
        matter = case(session, place, words=None, listed=True)
        words(session, matter, "路灯坏了")
        reporter(session, matter, phone="+8613800001202", name="李秀英")
        key = here.instance.blobs.put(b"a photo", "jpg")
        photo(session, matter, blob_key=key)
        mine = account(session, holder=holder.id, points=9)
        given(session, mine, 3)
        posted(try_hold(session, mine, 2))
    seal(here.database, now())
    return here


NewUrl = Callable[..., str]


@pytest.fixture
def new_url(request: pytest.FixtureRequest, here: House, tmp_path: Path) -> Iterator[NewUrl]:
    """Addresses of empty databases of the other engine than ``here``.

    ``tables=False``: without tables, so that a restore has to make them, which takes seconds.
    """
    with ExitStack() as made:

        def in_postgres(*, tables: bool = True) -> str:
            server = request.getfixturevalue("postgres_server")
            copied = {"template": request.getfixturevalue("postgres_template")} if tables else {}
            return made.enter_context(postgres_database(server, **copied))

        def in_sqlite(*, tables: bool = True) -> str:
            path = tmp_path / f"{uuid.uuid4().hex}.db"
            if tables:
                shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"

        yield in_postgres if here.database.is_sqlite else in_sqlite


@pytest.fixture
def there(here: House, new_url: NewUrl, tmp_path: Path) -> Iterator[House]:
    """An empty installation of the other engine."""
    house = house_at(here.instance, new_url(), tmp_path / "there")
    yield house
    house.database.dispose()


@pytest.fixture
def bare(here: House, new_url: NewUrl, tmp_path: Path) -> Iterator[House]:
    """An installation of the other engine whose database has no table yet."""
    house = house_at(here.instance, new_url(tables=False), tmp_path / "there")
    yield house
    house.database.dispose()


def counts(house: House) -> dict[str, int]:
    with house.database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def is_empty(house: House) -> bool:
    if schema.revision(house.database) is None:
        return True
    return not any(counts(house).values())


@pytest.fixture
def archive(filled: House, tmp_path: Path) -> Path:
    to = tmp_path / "day.tar"
    filled.back_up(to)
    return to


PHONE, MAIL = "+8613800001201", "Li@Example.cn"
ROW = UUID(int=77)


@pytest.fixture(autouse=True)
def no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)


@pytest.fixture
def kept(filled: House) -> House:
    """A house whose key lies in its folder, with something of everything that is sealed."""
    (filled.folder / CURRENT).write_text(f"{filled.instance.config.secret_key}\n")
    vault = filled.instance.vault
    with filled.database.write() as session:
        her = session.scalars(select(Person).where(Person.phone_hash == hashed(vault, PHONE))).one()
        session.add(SecondFactor(person_id=her.id, sealed_secret=vault.seal("S"), created_at=now()))
        moment = {"created_at": now(), "told_from": now(), "told_until": now(), "seen_at": now()}
        session.add(
            Follower(
                way=FollowWay.MAIL,
                sealed_to=vault.seal(MAIL),
                language="en",
                stop_hash="s" * 64,
                to_hash=vault.keyed_hash("mail", MAIL.casefold()),
                digest_on=now().date(),
                **moment,
            )
        )
        session.add(
            ImportRun(
                number="R1",
                state=RunState.HANDED,
                handed_by=her.id,
                handed_at=now(),
                file_name="o.csv",
                layout="",
                encoding="utf-8",
                blob_key=filled.instance.blobs.put(vault.seal("a file").encode(), "sealed"),
            )
        )
    return filled


def hashed(vault: Vault, phone: str) -> str:
    return vault.keyed_hash("phone", phone)


def anew(house: House) -> House:
    """The same installation, started again with the key that lies in its folder."""
    key = (house.folder / CURRENT).read_text().strip()
    return house_at(house.instance, house.instance.config.database_url, house.folder, key=key)


@dataclass
class Tools:
    """What commands get."""

    house: House

    @property
    def config(self) -> object:
        return self.house.instance.config

    @property
    def instance(self) -> object:
        return self.house.instance

    @property
    def database(self) -> object:
        return self.house.database


@pytest.fixture
def tools(kept: House) -> Tools:
    return Tools(kept)
