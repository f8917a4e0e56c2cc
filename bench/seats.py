"""``python -m bench.seats``: sixteen people for one seat, forty shifts in turn, on SQLite.

Beside it the naive way: count who is on the shift, then write, with no rule asked. The ratio is of
the times; SQLite lets one write at a time, so that the naive way sells none twice there.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bench.places import Place
from portal.accounts.rules import AgeBand
from portal.accounts.service import NewPerson, add_person
from portal.areas.queries import root_areas
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id, new_number
from portal.site import schema
from portal.site.packages import load_city_data
from volunteers.models import Activity, Shift, ShiftPost, SignUp, Team, TeamMember
from volunteers.rules.activities import ActivityKind, ActivityState, DutyKind, TeamKind
from volunteers.rules.signing_up import SignUpState
from volunteers.service.registering import register
from volunteers.service.signing_up import sign_up

PEOPLE, SHIFTS = 16, 40
Act = Callable[[Session, UUID, ShiftPost], None]


def _town(session: Session) -> tuple[list[UUID], list[ShiftPost]]:
    """People who may, and shifts of one seat, a day apart."""
    place, moment = root_areas(session)[0], now()
    team = Team(kind=TeamKind.VOLUNTEER, area_id=place.id, place_path=place.path,
                name_zh_hans="志愿服务队", valid_from=moment.date())  # fmt: skip
    activity = Activity(kind=ActivityKind.SHIFT, state=ActivityState.OPEN, area_id=place.id,
                        place_path=place.path, title_zh_hans="文明劝导", meeting_place="路口",
                        writer_id=new_id(), written_at=moment)  # fmt: skip
    session.add_all([team, activity])
    session.flush()
    people = []
    for _ in range(PEOPLE):
        who = add_person(session, NewPerson(age_band=AgeBand.ADULT), now=moment).id
        session.flush()
        register(session, who, named=False, now=moment)
        session.add(TeamMember(team_id=team.id, person_id=who, leads=True, joined_at=moment))
        people.append(who)
    posts = []
    for day in range(SHIFTS):
        starts = moment + timedelta(days=2 + day)
        shift = Shift(activity_id=activity.id, duty=DutyKind.PATROL, starts_at=starts,
                      ends_at=starts + timedelta(hours=2), area_id=place.id,
                      place_path=place.path, meeting_place="路口", made_at=moment)  # fmt: skip
        session.add(shift)
        session.flush()
        posts.append(ShiftPost(shift_id=shift.id, role="member", seats=1))
    session.add_all(posts)
    return people, posts


def _ours(session: Session, who: UUID, post: ShiftPost) -> None:
    sign_up(session, who, post.id, has_read=True, now=now())


def _naive(session: Session, who: UUID, post: ShiftPost) -> None:
    """What peers do: count, then write."""
    on = select(func.count()).where(SignUp.post_id == post.id)
    if (session.scalar(on) or 0) < post.seats:
        session.execute(
            insert(SignUp).values(
                id=new_id(), number=new_number(), shift_id=post.shift_id, post_id=post.id,
                person_id=who, state=SignUpState.TAKEN, made_at=now(), changed_at=now(),
            )
        )  # fmt: skip


def _race(database: Database, act: Act, people: list[UUID], post: ShiftPost) -> list[str]:
    """All at once for one seat; the errors that were no refusal."""
    barrier, errors = threading.Barrier(len(people)), list[str]()

    def run(who: UUID) -> None:
        barrier.wait()
        try:
            with database.write() as session:
                act(session, who, post)
        except Refused:
            pass
        except Exception as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=run, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def _measured(folder: Path, act: Act) -> tuple[float, int, int]:
    """Seconds, seats that were sold more than once, and errors."""
    database = Place("seats", folder, f"sqlite:///{folder}/gongzhi.db").open()
    schema.upgrade(database)
    with database.write() as session:
        list(load_city_data(session, database.info["instance"].city, now()))
        people, posts = _town(session)
    start = time.monotonic()
    errors = [found for post in posts for found in _race(database, act, people, post)]
    seconds = time.monotonic() - start
    with database.read() as session:
        sold = session.scalars(select(func.count(SignUp.id)).group_by(SignUp.post_id)).all()
    database.dispose()
    return seconds, sum(many - 1 for many in sold), len(errors)


def main() -> None:
    found = {}
    for name, act in (("ours", _ours), ("counting first", _naive)):
        folder = Path(tempfile.mkdtemp())
        found[name] = _measured(folder, act)
        shutil.rmtree(folder)
        seconds, oversold, errors = found[name]
        print(f"{name}: {seconds:.1f} s, {oversold} oversold, {errors} errors")
    print(f"ours ÷ counting first: {found['ours'][0] / found['counting first'][0]:.2f}")


if __name__ == "__main__":
    main()
