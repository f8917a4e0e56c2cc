"""Highlights of a pilot for tests: one that waits, and one that is shown."""

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Grant
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.ids import new_id
from portal.publicity.rules.highlights import HighlightWish
from portal.publicity.service.highlights import (
    APPROVE,
    WRITE,
    approve_highlight,
    write_highlight,
)
from tests.make.organisations import unit

MONTH = "2026-10"
WORDS = "沿街商铺自愿签约，路面更整洁。"


def editor() -> Actor:
    """Somebody who writes and approves everywhere."""
    return Actor(new_id(), grants=frozenset({Grant(WRITE), Grant(APPROVE)}))


def highlight_things(session: Session, area: Area) -> dict[str, str]:
    """Their numbers."""
    code = unit(session, f"PD-SAYS-{area.code}", "街道办事处", area=area).code
    wish = HighlightWish(area.code, MONTH, code, WORDS)
    waits, shown = (write_highlight(session, editor(), wish, now=now()) for _ in range(2))
    session.flush()
    approve_highlight(session, editor(), shown, now=now())
    return {"highlight_waiting": waits, "highlight_shown": shown}
