"""Work orders handed in on a page: a job looks at the file, somebody confirms, a job takes it over.

The file may hold what people wrote: it lies sealed, and is deleted after a few days at most. Taking
it over again does nothing twice: each order's number is taken once (decision 0016).
"""

import json
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.db import Database, changed_rows
from portal.kernel.errors import BadData, Conflict, Forbidden, Refused
from portal.kernel.ids import new_number
from portal.kernel.instance import instance_of
from portal.kernel.sheets import Encoding, open_sheet
from portal.kernel.uploads import register_blob_keeper
from portal.reports.models import ExternalOrder, ImportRun
from portal.reports.queries.import_runs import RunRow, run_by_number, waiting_runs
from portal.reports.rules.column_maps import BY_COLUMNS, MapWish, fitting
from portal.reports.rules.exchange import ExchangeRefusal
from portal.reports.rules.import_runs import (
    KEEP_FILE,
    KEEP_RUN,
    MOST_COLUMNS,
    MOST_ROWS_SHOWN,
    SILENT,
    WAITING,
    RunRefusal,
    RunState,
    extension_of,
    why_not_confirm,
    why_not_file,
)
from portal.reports.service.exchange.files import Checked, Handed, check_file, import_file
from portal.reports.service.exchange.maps import find_map, offered_maps, save_map
from portal.reports.service.exchange.writing import Taken
from portal.reports.service.whole_city import may_in_whole_city

TELL_EVERY = 1000
_SOME = 500
_SEALED = "sealed"


@dataclass(frozen=True)
class HandedIn:
    """A file as it came with the form."""

    name: str
    content: bytes
    layout: str
    encoding: Encoding = Encoding.UTF8


def _may(session: Session, actor: Actor) -> None:
    """An import reaches everywhere, so only who works for the whole city does it."""
    if not may_in_whole_city(session, actor, Permission.ORDER_EXCHANGE):
        raise Forbidden


def hand_in(session: Session, file: HandedIn, *, actor: Actor, now: datetime) -> str:
    """Keep a file to be looked at; the number of its run."""
    _may(session, actor)
    refusal = why_not_file(file.name, len(file.content))
    if refusal is not None:
        raise Refused(refusal, field="file")
    layout = find_map(session, file.layout).code if file.layout else BY_COLUMNS
    instance = instance_of(session)
    sealed = instance.vault.seal(b64encode(file.content).decode())
    row = ImportRun(
        number=new_number(),
        state=RunState.HANDED,
        handed_by=actor.person_id,
        handed_at=now,
        file_name=Path(file.name).name[:200],
        blob_key=instance.blobs.put(sealed.encode(), _SEALED),
        layout=layout,
        encoding=file.encoding.value,
    )
    session.add(row)
    return row.number


def confirm_run(
    session: Session, run: RunRow, *, partial: bool, actor: Actor, now: datetime
) -> None:
    """Have the good rows taken over; ``partial``: although some are bad."""
    _may(session, actor)
    refusal = why_not_confirm(run.state, run.rows, run.bad, partial=partial)
    if refusal is RunRefusal.STALE:
        raise Conflict(refusal)
    if refusal is not None:
        raise Refused(refusal)
    values = {"state": RunState.CONFIRMED, "partial": partial, "worked_at": None, "done": 0}
    _move(session, run, RunState.CHECKED, **values, taken_at=now)
    note_action(
        session,
        at=now,
        actor_id=actor.person_id,
        action="orders:import",
        subject=f"import:{run.number}",
        reason=f"{run.layout}, {run.rows - run.bad}/{run.rows}",
    )


def drop_run(session: Session, run: RunRow, *, actor: Actor, now: datetime) -> None:
    """Delete a file that is not wanted any more, as long as nothing of it was taken over."""
    _may(session, actor)
    if run.state in {RunState.CONFIRMED, RunState.DONE}:
        raise Conflict(RunRefusal.STALE)
    left = {"blob_key": None, "worked_at": now, "found": _without_cells(run.found)}
    _move(session, run, run.state, state=RunState.DROPPED, **left)
    _delete_file(session, run.blob_key)


def map_run(session: Session, run: RunRow, wish: MapWish, *, actor: Actor, now: datetime) -> None:
    """Save what the columns of a file say, and have it looked at again with that map."""
    _may(session, actor)
    code = save_map(session, wish, actor=actor, now=now)
    again = {"state": RunState.HANDED, "layout": code, "found": None, "worked_at": None}
    _move(session, run, RunState.REFUSED, **again)


def _move(session: Session, run: RunRow, before: RunState, **values: Any) -> None:
    """Of two at once the first has the say."""
    claimed = (
        update(ImportRun)
        .where(ImportRun.number == run.number, ImportRun.state == before)
        .values(**values)
    )
    if changed_rows(session, claimed) != 1:
        raise Conflict(RunRefusal.STALE)


def _delete_file(session: Session, key: str | None) -> None:
    """Each file is sealed by itself, so that no two have one key."""
    if key is not None:
        instance_of(session).blobs.delete(key)


# --- the job --------------------------------------------------------------------------------------


def run_imports(database: Database, now: datetime) -> int:
    """Look at what was handed in, and take over what was confirmed; how many files."""
    with database.read() as session:
        waiting = waiting_runs(session, now - SILENT)
    return sum(_work_on(database, number, now) for number in waiting)


def _work_on(database: Database, number: str, now: datetime) -> bool:
    """One file, unless another worker was quicker. A worker that dies leaves it to the next."""
    with database.write() as session:
        free = or_(ImportRun.worked_at.is_(None), ImportRun.worked_at <= now - SILENT)
        mine = (ImportRun.number == number, ImportRun.state.in_(WAITING), free)
        if changed_rows(session, update(ImportRun).where(*mine).values(worked_at=now)) != 1:
            return False
        run = run_by_number(session, number)
    if run is None:
        return False
    with _unsealed(database, run) as path:
        work = _check if run.state is RunState.HANDED else _take
        _keep(database, run, work(database, run, path, now))
    return True


@contextmanager
def _unsealed(database: Database, run: RunRow) -> Iterator[Path]:
    """The file for as long as it is worked on."""
    with database.read() as session:
        instance = instance_of(session)
    sealed = instance.blobs.open(run.blob_key or "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"orders.{extension_of(run.file_name) or 'csv'}"
        path.write_bytes(b64decode(instance.vault.unseal(sealed.decode())))
        yield path


def _handed(database: Database, run: RunRow, path: Path) -> Handed:
    """The file with its map: the one that was chosen, or the only one that fits its columns."""
    encoding = Encoding(run.encoding)
    with database.read() as session:
        code = run.layout
        if code == BY_COLUMNS:
            fits = fitting(open_sheet(path, encoding).header, offered_maps(session))
            if len(fits) != 1:
                raise Refused(ExchangeRefusal.UNKNOWN_HEADER)
            code = fits[0]
        return Handed(path, find_map(session, code), encoding)


def _keep(database: Database, run: RunRow, values: dict[str, Any]) -> None:
    with database.write() as session:
        _move(session, run, run.state, worked_at=None, **values)


def _teller(database: Database, run: RunRow, now: datetime) -> Callable[[int], None]:
    """Writes down from time to time how far it is, which also says that somebody works on it."""

    def tell(rows: int) -> None:
        if rows % TELL_EVERY == 0:
            with database.write() as session:
                _move(session, run, run.state, done=rows, worked_at=now)

    return tell


def _check(database: Database, run: RunRow, path: Path, now: datetime) -> dict[str, Any]:
    try:
        file = _handed(database, run, path)
        checked = check_file(database, file, now=now, tick=_teller(database, run, now))
    except (Refused, BadData) as error:
        found = json.dumps({**_refusal(error), **_header(error, run, path)}, ensure_ascii=False)
        return {"state": RunState.REFUSED, "found": found}
    with database.read() as session:
        known = _known(session, file.layout.system, checked.numbers)
    found = json.dumps(_found(checked, known), ensure_ascii=False)
    return {
        "state": RunState.CHECKED,
        "layout": file.layout.code,
        "found": found,
        "rows": checked.rows,
        "bad": checked.bad,
        "done": checked.rows,
    }


def _refusal(error: Refused | BadData) -> dict[str, Any]:
    if isinstance(error, Refused):
        return {"refusal": error.code.value, "facts": error.facts}
    return {"unreadable": error.problems[0][0] if error.problems else 1}


def _header(error: Refused | BadData, run: RunRow, path: Path) -> dict[str, Any]:
    """The names of the columns, where a map of them would help."""
    unknown = {ExchangeRefusal.MISSING_COLUMNS, ExchangeRefusal.UNKNOWN_HEADER}
    if not isinstance(error, Refused) or error.code not in unknown:
        return {}
    header = open_sheet(path, Encoding(run.encoding)).header
    return {"header": [name for name in header if name][:MOST_COLUMNS]}


def _found(checked: Checked, known: int) -> dict[str, Any]:
    return {
        "flaws": [asdict(flaw) for flaw in checked.flaws[:MOST_ROWS_SHOWN]],
        "unread": [name for name in checked.unread if name][:50],
        "unanswered": checked.unanswered,
        "known": known,
    }


def _known(session: Session, system: str, numbers: Iterable[str]) -> int:
    """How many orders are here already."""
    wanted, known = sorted(numbers), 0
    for at in range(0, len(wanted), _SOME):
        some = ExternalOrder.number.in_(wanted[at : at + _SOME])
        counted = select(func.count()).where(ExternalOrder.system == system, some)
        known += session.scalar(counted.select_from(ExternalOrder)) or 0
    return known


def _take(database: Database, run: RunRow, path: Path, now: datetime) -> dict[str, Any]:
    file = _handed(database, run, path)
    # who takes it up again must find the same moment: by it the new cases are found
    moment = run.taken_at or now
    tick = _teller(database, run, now)
    taken = import_file(database, file, now=moment, tick=tick)
    return {
        "state": RunState.DONE,
        "outcome": json.dumps(_outcome(taken), ensure_ascii=False),
        "done": run.rows - run.bad,
    }


def _outcome(taken: Taken) -> dict[str, Any]:
    return {
        "new": taken.new,
        "moved": taken.moved,
        "same": taken.same,
        "differ": taken.differ[:MOST_ROWS_SHOWN],
        "differing": len(taken.differ),
        "unanswered": taken.unanswered,
    }


def forget_runs(database: Database, now: datetime) -> None:
    """Delete files whose time is over, and runs that nobody asks about any more."""
    with database.write() as session:
        old = (ImportRun.handed_at <= now - KEEP_FILE, ImportRun.blob_key.is_not(None))
        idle = ImportRun.state != RunState.CONFIRMED
        columns = (ImportRun.id, ImportRun.blob_key, ImportRun.state, ImportRun.found)
        rows = session.execute(select(*columns).where(*old, idle)).all()
        for row in rows:
            over = RunState.DONE if row.state is RunState.DONE else RunState.DROPPED
            gone = update(ImportRun).where(ImportRun.id == row.id)
            left = _without_cells(row.found)
            session.execute(gone.values(blob_key=None, state=over, found=left))
        session.execute(delete(ImportRun).where(ImportRun.handed_at <= now - KEEP_RUN))
        for row in rows:
            _delete_file(session, row.blob_key)


def _without_cells(found: str | None) -> str | None:
    """What was wrong where, without what stood there: that may be what somebody wrote."""
    if found is None:
        return None
    told = json.loads(found)
    flaws = [{**flaw, "value": ""} for flaw in told.get("flaws", ())]
    return json.dumps({**told, "flaws": flaws} if flaws else told, ensure_ascii=False)


def _keys_in_use(session: Session, keys: frozenset[str]) -> Iterable[str | None]:
    return session.scalars(select(ImportRun.blob_key).where(ImportRun.blob_key.in_(keys)))


register_blob_keeper(_keys_in_use)
