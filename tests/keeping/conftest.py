"""Two installations: one that is kept, and an empty one of the other engine to restore into."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from credit.service.sealing import seal
from portal.kernel.blobs import BlobStore
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.instance import Instance, open_for
from portal.kernel.vault import Vault
from portal.site.backup import Written, write_backup
from portal.site.restore import Restored, restore_backup
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


@pytest.fixture
def new_url(
    request: pytest.FixtureRequest, here: House, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Addresses of databases without tables, of the other engine than ``here``."""
    if not here.database.is_sqlite:
        yield lambda: f"sqlite:///{tmp_path}/{uuid.uuid4().hex}.db"
        return
    server = request.getfixturevalue("postgres_server")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make() -> str:
        made.append(f"gongzhi_{uuid.uuid4().hex[:12]}")
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{made[-1]}"'))
        return make_url(server).set(database=made[-1]).render_as_string(hide_password=False)

    yield make
    with admin.connect() as connection:
        for name in made:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def there(here: House, new_url: Callable[[], str], tmp_path: Path) -> Iterator[House]:
    """An empty installation of the other engine."""
    house = house_at(here.instance, new_url(), tmp_path / "there")
    yield house
    house.database.dispose()
