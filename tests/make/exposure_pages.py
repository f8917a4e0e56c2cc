"""Addresses of the exposure column: an item that is shown, a draft, one that waits."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.ids import new_id
from portal.publicity.rules.exposure import CASE_DAYS, ExposureState
from tests.make.exposures import basis, exposure

CASES = {
    "publicity.desk_exposure": "exposure_waiting",
    "publicity.desk_exposure_step": "exposure_waiting",
    "publicity.desk_exposure_edit": "exposure_draft",
    "publicity.desk_exposure_cover": "exposure_draft",
}
NO_PAGE = {
    "publicity.exposure_photo": "a picture",
    "publicity.desk_exposure_photo": "a picture",
}
VALUES = {("publicity.desk_exposure_step", "step"): "approve"}
PAIRS = {("publicity.screen", "area"): "exposure_place"}


def exposure_things(session: Session, area: Area) -> dict[str, str]:
    """One of each, of a breach that was told of long enough ago."""
    today = now()
    settled = today - timedelta(days=CASE_DAYS + 2)
    of = basis(session, area, settled)
    shown = exposure(
        session, area, of, settled, state=ExposureState.SHOWN, first_by=new_id(),
        second_by=new_id(), first_looked=True, second_looked=True,
        first_at=today, shown_at=today, expires_at=today + timedelta(days=7),
    )  # fmt: skip
    draft = exposure(session, area, of, settled)
    waiting = exposure(session, area, of, settled, state=ExposureState.WAITING, sent=1)
    return {
        "exposure_shown": shown.code,
        "exposure_draft": draft.number,
        "exposure_waiting": waiting.number,
        "exposure_place": area.code,
    }
