"""``python -m bench.imports``: how fast a file of work orders is taken over, on SQLite.

The ratio is that of the import to bare inserts of as many cases and events, in turn in one run.
"""

import csv
import shutil
import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, cast

from sqlalchemy import Table, insert

from bench.places import Place
from portal.areas.queries import root_areas
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.ids import new_id, new_number
from portal.reports.models import Case, CaseEvent
from portal.reports.rules.codes import Event, Source, State
from portal.reports.service.exchange.files import BATCH, Handed, check_file, import_file
from portal.reports.service.exchange.maps import load_map
from portal.site import schema
from portal.site.packages import load_city_data

GOAL = 5_000  # rows a minute
KINDS = ("暴露垃圾", "道路不洁", "违章张贴悬挂广告牌匾", "路灯")


def _file(path: Path, rows: int) -> Path:
    """Orders of a month, one every few seconds."""
    begin = now() - timedelta(days=30)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(load_map("12319-tasks").columns)
        for at in range(rows):
            moment = begin + timedelta(seconds=5 * at)
            writer.writerow(
                [f"{path.stem}{at:07}", f"第{at}号工单：路边有垃圾，请处理",
                 f"{moment:%Y-%m-%d %H:%M:%S}",
                 "", KINDS[at % len(KINDS)], "", "", "", f"人民路{at % 900}号", "119.9655",
                 "36.7806",
                 "环卫中心"]
            )  # fmt: skip
    return path


def _import(database: Database, file: Path) -> float:
    start = time.monotonic()
    handed = Handed(file, load_map("12319-tasks"))
    checked = check_file(database, handed, now=now())
    taken = import_file(database, handed, now=now())
    if checked.bad or taken.new != checked.rows:
        raise SystemExit(f"the bench's own file is not good: {checked.flaws[:3]}, {taken}")
    return time.monotonic() - start


def _bare(database: Database, rows: int) -> float:
    """As many cases and events, with nothing looked up, checked or made findable."""
    with database.read() as session:
        area = root_areas(session)[0]
    moment = now()
    start = time.monotonic()
    for begin in range(0, rows, BATCH):
        cases, events = [], []
        for _ in range(min(BATCH, rows - begin)):
            case_id = new_id()
            cases.append(
                {"district": "370283", "id": case_id, "number": new_number(),
                 "category_code": "litter", "state": State.ACCEPTED, "source": Source.RESIDENT,
                 "area_id": area.id, "place_path": area.path, "limit_minutes": 480, "cycle": 1,
                 "found_at": moment, "updated_at": moment}
            )  # fmt: skip
            events.append(
                {"district": "370283", "id": new_id(), "case_id": case_id, "at": moment,
                 "event": Event.REPORT, "to_state": State.REPORTED, "cycle": 1, "public": True}
            )  # fmt: skip
        with database.write() as session:
            session.execute(insert(cast("Table", Case.__table__)), cases)
            session.execute(insert(cast("Table", CaseEvent.__table__)), events)
    return time.monotonic() - start


def main() -> None:
    parser = ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/gongzhi-bench/imports"),  # noqa: S108 a bench
                        help="made anew")  # fmt: skip
    options: Any = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    database = Place("imports", options.folder, f"sqlite:///{options.folder}/gongzhi.db").open()
    schema.upgrade(database)
    with database.write() as session:
        list(load_city_data(session, database.info["instance"].city, now()))
    real, bare = [], []
    for turn in range(options.turns):
        bare.append(_bare(database, options.rows))
        real.append(_import(database, _file(options.folder / f"t{turn}.csv", options.rows)))
    database.dispose()
    rate = options.rows / median(real) * 60
    ratio = median(real) / median(bare)
    print(f"{rate:,.0f} rows a minute (goal {GOAL:,}), {ratio:.1f} × bare inserts")
    if rate < GOAL:
        raise SystemExit("short of the goal")


if __name__ == "__main__":
    main()
