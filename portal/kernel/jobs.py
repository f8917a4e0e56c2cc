"""Work that recurs: packages register plain functions, one runner at a time runs each of them.

Every job may be run twice, late or by another process: what is due is decided by the data, so a
dead worker delays work and never hides it.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import String, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.db import Base, Database, changed_rows
from portal.kernel.errors import Busy
from portal.kernel.logs import scrub_text

log = structlog.get_logger("gongzhi.jobs")

LEASE_SECONDS: Final = 900
PAUSE_SECONDS: Final = 1.0
ALIVE: Final = timedelta(seconds=90)

Act = Callable[[Database, datetime], object]


class JobRun(Base):
    """When a job is due, who holds it, and how its last run ended."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    ok: Mapped[bool | None]
    error: Mapped[str | None] = mapped_column(String(200))


@dataclass(frozen=True)
class Job:
    """A function and its beat. Its lease must be longer than its longest run."""

    name: str
    every: timedelta
    act: Act
    lease: timedelta


@dataclass(frozen=True)
class JobRow:
    """A job's state for ``gongzhi jobs list``."""

    name: str
    due_at: datetime | None
    leased_until: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    ok: bool | None
    error: str | None


_JOBS: dict[str, Job] = {}


def register(
    name: str, every_seconds: float, act: Act, *, lease_seconds: float = LEASE_SECONDS
) -> None:
    """Run ``act(database, now)`` about every so many seconds, in one place at a time."""
    _JOBS[name] = Job(name, timedelta(seconds=every_seconds), act, timedelta(seconds=lease_seconds))


def registered() -> tuple[Job, ...]:
    """All jobs, by name."""
    return tuple(_JOBS[name] for name in sorted(_JOBS))


def job_rows(session: Session) -> list[JobRow]:
    """The state of every registered job; one that never ran has no moments yet."""
    known = {
        row.name: JobRow(row.name, row.due_at, row.leased_until, row.started_at,
                         row.finished_at, row.ok, row.error)
        for row in session.execute(select(*JobRun.__table__.columns))
    }  # fmt: skip
    nothing = JobRow("", None, None, None, None, None, None)
    return [
        known.get(job.name, JobRow(job.name, *list(vars(nothing).values())[1:]))
        for job in registered()
    ]


def alive(session: Session, *, now: datetime) -> bool:
    """Whether some runner was at work lately, or is in the middle of a long job."""
    return any(
        (row.leased_until is not None and row.leased_until > now)
        or (row.started_at is not None and row.started_at > now - ALIVE)
        for row in job_rows(session)
    )


def run_due(
    database: Database, clock: Callable[[], datetime], *, only: str | None = None
) -> list[str]:
    """Run each due job that nobody else is running; their names."""
    with database.read() as session:
        rows = {row.name: row for row in job_rows(session)}
    ran = []
    for job in registered():
        moment = clock()
        if only not in {None, job.name} or not (only or _is_due(rows[job.name], moment)):
            continue
        with database.write() as session:
            until = _lease(session, job, moment, at_once=only is not None)
        if until is not None:
            _run(database, job, until, clock)
            ran.append(job.name)
    return ran


def _is_due(row: JobRow, now: datetime) -> bool:
    return (row.due_at is None or row.due_at <= now) and (
        row.leased_until is None or row.leased_until <= now
    )


def _lease(session: Session, job: Job, now: datetime, *, at_once: bool) -> datetime | None:
    """Become the job's only runner until the moment returned, or None when somebody else is."""
    until = now + job.lease
    claim = (
        update(JobRun)
        .where(JobRun.name == job.name)
        .where(or_(JobRun.leased_until.is_(None), JobRun.leased_until <= now))
        .values(leased_until=until, started_at=now)
    )
    if not at_once:
        claim = claim.where(JobRun.due_at <= now)
    # the claim goes first: an insert that finds its row would make others wait for nothing
    if changed_rows(session, claim) == 1:
        return until
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = (
        dialect.insert(JobRun)
        .values(name=job.name, due_at=now, leased_until=until, started_at=now)
        .on_conflict_do_nothing()
        .returning(JobRun.name)
    )
    return until if session.scalar(first) is not None else None


def _run(database: Database, job: Job, until: datetime, clock: Callable[[], datetime]) -> None:
    started = clock()
    error: str | None = None
    try:
        job.act(database, started)
    except Exception as failure:
        # one job's defect must not stop the others; it is logged and shown by ``jobs list``
        log.exception("job failed", job=job.name)
        error = scrub_text(f"{type(failure).__name__}: {failure}")[:200]
    with database.write() as session:
        session.execute(
            update(JobRun)
            .where(JobRun.name == job.name, JobRun.leased_until == until)
            .values(
                leased_until=None,
                finished_at=clock(),
                ok=error is None,
                error=error,
                due_at=started + job.every,
            )
        )


class Runner:
    """Runs due jobs until it is told to stop: in its own process, or as a thread of the server."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        around: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self._database = database
        self._clock = clock
        self._around = around
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until ``stop``. An outage of the database is waited out."""
        while not self._stop.is_set():
            try:
                with self._around():
                    run_due(self._database, self._clock)
            except (SQLAlchemyError, Busy) as error:
                log.warning("jobs wait for the database", error=type(error).__name__)
                self._stop.wait(5 * PAUSE_SECONDS)
            self._stop.wait(PAUSE_SECONDS)

    def start(self) -> threading.Thread:
        """Work in a thread that ends with the process."""
        thread = threading.Thread(target=self.run, name="jobs", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Finish the job in hand and end."""
        self._stop.set()
