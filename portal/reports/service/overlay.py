"""Zones and permitted places laid over the public map."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.areas.queries import PermittedRow
from portal.reports.queries.overlay import MOST_PLACES, Overlay
from portal.reports.rules.atlas import Frame, outline
from portal.reports.rules.zones import ZoneRule


@dataclass(frozen=True)
class DrawnOverlay:
    """Paths by rule, and permitted places with where their marks stand."""

    zones: Sequence[tuple[ZoneRule, str]]
    marks: Sequence[tuple[float, float, PermittedRow]]

    @property
    def rules(self) -> list[ZoneRule]:
        """Those that can be seen in this window."""
        drawn = {rule for rule, _ in self.zones}
        return [rule for rule in ZoneRule if rule in drawn]


def laid_over(overlay: Overlay, on: Frame) -> DrawnOverlay:
    """What of an overlay can be seen in a window."""
    paths = [(rule, outline(geometry, on)) for rule, geometry in overlay.zones]
    seen = [row for row in overlay.places if on.shows(row.lon or 0.0, row.lat or 0.0)]
    marks = [(*on.place(row.lon or 0.0, row.lat or 0.0), row) for row in seen[:MOST_PLACES]]
    return DrawnOverlay([(rule, path) for rule, path in paths if path], marks)
