"""Lines of the register of premises, and what takes them in."""

from collections.abc import Mapping

from pledges.rules.register import PremisesFlaw, PremisesWish, read_cells
from pledges.service.premises import add_premises
from pledges.service.premises_import import Imported, import_premises
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.sheets import Encoding
from tests.make import pledges as make
from tests.make.accounts import actor
from tests.make.pledges import NOW, PHONE

STREET, OTHER = "370283001", "370283002"
LINE = {
    "title": "东阁早点铺", "kind": "店铺", "trade": "餐饮", "road": "胜利路", "door": "12号",
    "place": STREET, "duty_words": "从店门到路沿石", "operator": "王秀英", "phone": PHONE,
    "sole_trader": "是",
}  # fmt: skip


def wish(**changes: str) -> PremisesWish:
    found, flaws = read_cells(LINE | changes)
    assert found is not None, flaws
    return found


def enter(database: Database, desk: Person, **changes: str) -> str:
    with database.write() as session:
        return add_premises(session, actor(session, desk), wish(**changes), now=NOW)


def csv_of(*lines: Mapping[str, str], header: tuple[str, ...] = tuple(LINE)) -> bytes:
    rows = [",".join(header), *(",".join(line.get(name, "") for name in header) for line in lines)]
    return "\n".join(rows).encode()


def take_in(database: Database, desk: Person, content: bytes) -> Imported:
    with database.write() as session:
        return import_premises(session, actor(session, desk), content, Encoding.UTF8, now=NOW)


def told(found: Imported) -> list[tuple[int, PremisesFlaw, str]]:
    return [(flaw.line, flaw.code, flaw.column) for flaw in found.flaws]


def pledged(database: Database, tree: Mapping[str, Area]) -> tuple[str, str]:
    """A shop that pledged behind a plaque; its number and that of who runs it."""
    with database.write() as session:
        door = make.premises(session, tree[STREET])
        runs = make.operator(session, door)
        text = make.clauses(session, tree[STREET])
        make.pledge(session, runs, text, place_path=door.place_path)
        make.hang(session, make.plaque(session, tree[STREET]), door, runs)
        return door.number, runs.number
