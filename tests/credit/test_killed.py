"""A process is killed, as by a power cut, at each step of posting, sealing and beginning anew.

The child is forked, and a function of the product is wrapped in it from outside: at its turn the
child ends without a word. What is left must verify and go on.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import Entry, Sealed
from credit.service import Posted, logfiles, posting, publish_rule, resuming, sealing, writing
from credit.service.halting import why_stopped
from credit.service.logfiles import LogFiles
from credit.service.resuming import resume_after_loss
from credit.service.sealing import seal, seal_due
from credit.service.verifying import verify
from portal.kernel.db import Database, open_database
from tests.credit.life import DAY, give_ruled
from tests.credit.rulebook import shift_rule
from tests.credit.tamper import Copy
from tests.credit.test_sealing import files_of, give
from tests.make.credit import DISTRICT, NOW, account, adult, try_give

POINTS_OF_POSTING = [
    (posting, "_move"), (posting, "write_entry"), (writing, "leaf_hash"), (Session, "commit"),
]  # fmt: skip
POINTS_OF_SEALING = [
    (sealing, "_open_log"), (sealing, "_take"), (LogFiles, "signer"), (LogFiles, "write_tiles"),
    (logfiles, "_write_beside"), (logfiles, "_rename_all"), (logfiles, "_sync_folder"),
    (sealing, "_grow"), (Session, "commit"), (LogFiles, "note"), (LogFiles, "publish"),
]  # fmt: skip
POINTS_OF_RESUMING = [
    (resuming, "_losses"), (resuming, "write_entry"), (resuming, "seal_first"),
    (LogFiles, "signer"), (LogFiles, "write_tiles"), (Session, "commit"), (LogFiles, "publish"),
    (LogFiles, "note"),
]  # fmt: skip
BOTH = pytest.mark.parametrize("after", [False, True], ids=["before", "after"])


def points(found: list[tuple[Any, str]]) -> Any:
    return pytest.mark.parametrize(("where", "name"), found, ids=[name for _, name in found])


def kill_in(
    database: Database, act: Callable[[Database], Any], where: Any, name: str, *, after: bool
) -> None:
    """Run an act in a child of its own that is killed before or after a step."""
    child = os.fork()
    if child == 0:
        try:
            step = getattr(where, name)

            def last(*given: Any, **named: Any) -> Any:
                if after:
                    step(*given, **named)
                os.kill(os.getpid(), signal.SIGKILL)

            setattr(where, name, last)
            # connections are not shared across a fork
            act(open_database(database.url.render_as_string(hide_password=False), database.info))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{name} was never reached"
    assert os.WTERMSIG(status) == signal.SIGKILL


def goes_on(database: Database, mine: UUID, at_least: int) -> None:
    """What is there verifies, and the next entry is posted, sealed and proved."""
    seal_due(database, NOW + DAY)
    assert verify(database, now=NOW).problems == []
    with database.write() as session:
        assert isinstance(try_give(session, mine, 1), Posted)
    seal(database, NOW + DAY)
    verdict = verify(database, now=NOW)
    assert verdict.problems == []
    assert (verdict.waiting, verdict.entries >= at_least) == (0, True)
    with database.read() as session:
        for table in (Entry, Sealed):
            assert session.scalar(select(func.count()).select_from(table)) == verdict.entries


@BOTH
@points(POINTS_OF_POSTING)
def test_killed_while_posting(database: Database, where: Any, name: str, *, after: bool) -> None:
    mine = give_ruled(database, 2)
    seal(database, NOW)
    kill_in(database, lambda child: give(child, 1, mine), where, name, after=after)
    with database.read() as session:
        made = session.scalar(select(func.count()).select_from(Entry)) or 0
    # acknowledged it would be there; without the commit there is nothing
    assert made == (4 if name == "commit" and after else 3)
    goes_on(database, mine, made + 1)


@BOTH
@points(POINTS_OF_SEALING)
def test_killed_while_sealing(database: Database, where: Any, name: str, *, after: bool) -> None:
    mine = give_ruled(database, 1)
    give(database, 5, mine)
    kill_in(database, lambda child: seal(child, NOW), where, name, after=after)
    goes_on(database, mine, 8)


@BOTH
@points(POINTS_OF_SEALING)
def test_killed_at_the_very_first_sealing(
    database: Database, where: Any, name: str, *, after: bool
) -> None:
    """Nothing is there yet: no key, no note, no log."""
    with database.write() as session:
        publish_rule(session, DISTRICT, shift_rule(NOW, life_days=None), actor_id=None, now=NOW)
        mine = account(session)
    kill_in(database, lambda child: seal(child, NOW), where, name, after=after)
    seal(database, NOW)
    goes_on(database, mine, 2)


@BOTH
@points(POINTS_OF_RESUMING)
def test_killed_while_a_new_log_is_begun(
    database: Database, tmp_path: Path, where: Any, name: str, *, after: bool
) -> None:
    mine = give_ruled(database, 3)
    seal(database, NOW)
    give(database, 1, mine)
    yesterday = Copy.of(database, tmp_path / "copy")
    seal(database, NOW)
    yesterday.put_back(database, files=False)
    with database.write() as session:
        two = [adult(session).id, adult(session).id]

    def resume(child: Database) -> Any:
        return resume_after_loss(child, two, "disk", now=NOW)

    kill_in(database, resume, where, name, after=after)
    done = name == "note" and after
    with database.read() as session:
        assert (why_stopped(session) is None) is done
    if not done:
        # the two come again: what was begun is finished
        assert resume(database).number == 2
    assert (files_of(database).folder / "2" / "state").exists()
    goes_on(database, mine, 6)
