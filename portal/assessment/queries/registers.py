"""How many things of a kind the units have by their registers."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessment.models import RegisterCount


@dataclass(frozen=True)
class Registered:
    """The newest count of a unit up to a day, since when, and where it stands."""

    group: str
    unit: str
    day: date
    number: int
    source: str


def registered(session: Session, kind: str, until: date) -> dict[tuple[str, str], Registered]:
    """The newest counts up to a day, by group and unit; of one day the one written down last."""
    rows = session.execute(
        select(
            RegisterCount.group, RegisterCount.unit, RegisterCount.day, RegisterCount.number,
            RegisterCount.source,
        )
        .where(RegisterCount.kind == kind, RegisterCount.day <= until)
        .order_by(RegisterCount.day, RegisterCount.made_at, RegisterCount.id)
    )  # fmt: skip
    return {(row[0], row[1]): Registered(*row) for row in rows}
