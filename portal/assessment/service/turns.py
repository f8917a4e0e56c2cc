"""Whoever changes anything of a period takes a turn at its row: so no objection slips past a
freeze, and no period is frozen twice at once."""

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.assessment.models import Period


def take_turn(session: Session, *periods: str) -> None:
    """Wait for whoever works on these periods, in the order of their names.

    The row is made when nobody was there before; until something is frozen it has version 0.
    """
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    make = sqlite.insert if on_sqlite else postgresql.insert
    for name in sorted(periods):
        session.execute(make(Period).values(period=name, version=0).on_conflict_do_nothing())
        # an UPDATE waits for the other's end and then sees what she did
        same = update(Period).where(Period.period == name).values(version=Period.version)
        session.execute(same, execution_options={"synchronize_session": False})


def version_of(session: Session, period: str) -> int:
    """The newest version of a period, 0 where there is none."""
    return session.scalar(select(Period.version).where(Period.period == period)) or 0


def write_version(session: Session, period: str, version: int) -> None:
    """Note the newest version; whoever holds the turn is alone."""
    session.execute(
        update(Period).where(Period.period == period).values(version=version),
        execution_options={"synchronize_session": False},
    )
