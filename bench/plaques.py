"""``python -m bench.plaques``: a batch of plaques to print-ready sheets, from database to files.

Goal: 10,000 within 60 seconds. ``--plaques`` takes another number.
"""

import tempfile
import time
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy import insert

from pledges.models import Plaque, PlaqueBatch
from pledges.queries.plaques import batch_by_number
from pledges.service.plaque_sheets import Face, codes_to_print, write_sheets
from portal.areas.models import Area
from portal.kernel.db import Database, open_database
from portal.kernel.ids import new_id, new_number
from portal.site import schema

GOAL: Final = 60.0
FACE: Final = Face(
    "平度市", "扫一扫：门前责任与问题反映", "https://pingdu.example/p/", "zh-Hans", "责任牌"
)
AT: Final = datetime(2026, 11, 30, tzinfo=UTC)


def batch(database: Database, plaques: int) -> str:
    """One batch of so many plaques; its number."""
    number, batch_id, area_id = new_number(), new_id(), new_id()
    with database.write() as session:
        session.add(
            Area(
                id=area_id, code="370283", level="district", path="/370283/",
                name_zh_hans="平度市", valid_from=date(2020, 1, 1),
            )
        )  # fmt: skip
        session.flush()
        session.add(
            PlaqueBatch(
                id=batch_id, number=number, area_id=area_id, place_path="/370283/",
                plaques=plaques, made_at=AT,
            )
        )  # fmt: skip
        session.flush()
        codes = {new_number() for _ in range(plaques)}
        session.execute(
            insert(Plaque),
            [{"code": code, "batch_id": batch_id, "district": "370283", "issued_at": AT}
             for code in codes],
        )  # fmt: skip
    return number


def main() -> None:
    """Draw, tell how long it took."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--plaques", type=int, default=10_000)
    count = parser.parse_args().plaques
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = open_database(f"sqlite:///{folder / 'bench.db'}")
        schema.upgrade(database)
        number = batch(database, count)
        start, used = time.perf_counter(), time.process_time()
        with database.read() as session:
            row = batch_by_number(session, number)
            if row is None:
                raise SystemExit("the batch is not there")
            codes = list(codes_to_print(session, row))
        with click.progressbar(length=len(codes), label="Drawing") as bar:
            files = write_sheets(folder, number, codes, FACE, bar.update)
        took, used = time.perf_counter() - start, time.process_time() - used
        size = sum(file.stat().st_size for file in files) / 1e6
        click.echo(
            f"{len(codes)} plaques, {len(files)} files, {size:.1f} MB: {took:.1f} s "
            f"({used:.1f} s of the processor); {GOAL * count / 10_000:.1f} s allowed"
        )


if __name__ == "__main__":
    main()
