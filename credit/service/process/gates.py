"""What the due process asks of its neighbours: is it switched on, and may this go the usual way?"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from credit.rules.guard import Route
from credit.rules.process import MatterRefusal
from credit.service.guard import judge
from credit.service.switch import deductions_on
from portal.kernel.errors import Refused


class Judge(Protocol):
    """The retaliation guard (N1). Asked by a job only, never while a proposer waits."""

    def __call__(
        self,
        session: Session,
        *,
        district: str,
        subject_person_id: UUID | None,
        proposer_id: UUID,
        unit_id: UUID | None,
        sources: Collection[str],
        at: datetime,
    ) -> Route: ...


@dataclass(frozen=True)
class Gates:
    """The switch of the city and the guard."""

    deductions_on: Callable[[Session, str, datetime], bool]
    judge: Judge

    def check_on(self, session: Session, district: str, at: datetime) -> None:
        """Raises Refused where deductions are off, which they are until a city says so (L2)."""
        if not self.deductions_on(session, district, at):
            raise Refused(MatterRefusal.SWITCHED_OFF)


GATES: Final = Gates(deductions_on, judge)
