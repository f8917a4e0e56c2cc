"""``python -m bench.volunteers``: a day page of 100 shifts beside its template from fixed rows.

Both are asked in turn in one process, without a server: what is missing from the second is the
database. SQLite.
"""

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from flask import Flask, render_template
from sqlalchemy import insert

from bench.places import Place, prepare
from portal.accounts.access import public
from portal.areas.queries import descendants_at_level, root_areas
from portal.kernel.clock import city_day, now
from portal.kernel.db import Database
from portal.kernel.ids import new_id, new_number
from portal.kernel.web import reading
from portal.site.app import create_app
from volunteers.models import Activity, Shift, ShiftPost
from volunteers.queries.shifts import between
from volunteers.rules.activities import ActivityKind, ActivityState, DutyKind
from volunteers.rules.planning import midnight
from volunteers.rules.shifts import ShiftState
from volunteers.views.public import day_page

SHIFTS, ROUNDS, ASKED = 100, 9, 20
GOAL: Final = 0.4
DAY: Final = timedelta(days=1)


def main() -> None:
    """One row: pages a second, those from fixed rows, and their ratio."""
    with TemporaryDirectory() as folder:
        place = Place("SQLite", Path(folder), f"sqlite:///{folder}/bench.db")
        database = prepare(place)
        instance = database.info["instance"]
        # a day of which the demo knows nothing
        day = city_day(now(), instance.city.zone) + 40 * DAY
        _plant(database, midnight(day, instance.city.zone))
        app = create_app(instance, database)
        _add_fixed(app, day)
        real, fixed = _rates(app, (f"/volunteers/days/{day}", "/bench/day"))
        ratio = real / fixed
        met = "yes" if ratio >= GOAL else "NO"
        print(f"| day page, {SHIFTS} shifts | {real:.0f}/s beside {fixed:.0f}/s: {ratio:.2f} "
              f"| ≥ {GOAL} | {met} |")  # fmt: skip
        database.dispose()


def _plant(database: Database, first: datetime) -> None:
    """A hundred shifts of one day, each of an activity of its own, in all communities."""
    with database.write() as session:
        city = root_areas(session)[0]
        areas = descendants_at_level(session, city.path, "community")
        for at in range(SHIFTS):
            area = areas[at % len(areas)]
            where = {"area_id": area.id, "place_path": area.path, "meeting_place": "路口"}
            activity, shift = new_id(), new_id()
            session.execute(
                insert(Activity).values(
                    id=activity, number=new_number(), kind=ActivityKind.SHIFT,
                    state=ActivityState.OPEN, title_zh_hans=f"巡查{at}", risks="车流",
                    writer_id=new_id(), written_at=first, **where,
                )
            )  # fmt: skip
            starts = first + timedelta(minutes=10 * at)
            session.execute(
                insert(Shift).values(
                    id=shift, number=new_number(), activity_id=activity, duty=DutyKind.PATROL,
                    starts_at=starts, ends_at=starts + timedelta(hours=2), made_at=first,
                    state=ShiftState.PLANNED, **where,
                )
            )  # fmt: skip
            seats = [{"shift_id": shift, "role": role, "seats": 5} for role in ("leader", "member")]
            session.execute(insert(ShiftPost), seats)


def _add_fixed(app: Flask, day: date) -> None:
    """The same template from rows that were read once."""
    kept: dict[str, Any] = {}

    @public
    def fixed() -> str:
        if not kept:
            zone = app.extensions["gongzhi_instance"].city.zone
            rows = between(reading(), midnight(day, zone), midnight(day + DAY, zone))
            kept.update(day_page(day, rows, None))
        return render_template("volunteers/day.html", **kept)

    app.add_url_rule("/bench/day", view_func=fixed)


def _rates(app: Flask, paths: tuple[str, str]) -> tuple[float, float]:
    """Pages a second of both, asked in turn: the median of the rounds."""
    client = app.test_client()
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for path, rates in zip(paths, found, strict=True):
            started = time.perf_counter()
            for _ in range(ASKED):
                if client.get(path).status_code != 200:
                    raise RuntimeError(path)
            rates.append(ASKED / (time.perf_counter() - started))
    return median(found[0]), median(found[1])


if __name__ == "__main__":
    main()
