"""Words for the figures of staff: each with its definition in writing."""

from collections.abc import Mapping

from portal.accounts.labels import register_actions
from portal.areas.rules import Tag
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words, register
from portal.reports.rules.figures import By, Figure, Shape, Value

FIGURES: Mapping[Figure, Words] = {
    Figure.FOUND_RATE: _l("Found rate"),
    Figure.HANDLED_RATE: _l("Handled rate"),
    Figure.CLOSING_RATE: _l("Closing rate"),
    Figure.ON_TIME_RATE: _l("On-time rate"),
    Figure.REWORK_RATE: _l("Rework rate"),
    Figure.DISPATCH_ACCURACY: _l("Dispatch accuracy"),
    Figure.RETURNED: _l("Returned"),
    Figure.BUCK_PASSING: _l("Buck-passing"),
    Figure.EXTENDED: _l("Extensions"),
    Figure.SUSPENDED: _l("Suspensions"),
    Figure.BACKLOG: _l("Backlog"),
    Figure.OVERDUE_MULTIPLE: _l("Overdue multiple"),
    Figure.RESPONSE_RATE: _l("Response rate"),
    Figure.RESOLUTION_RATE: _l("Resolution rate"),
    Figure.SATISFACTION_RATE: _l("Satisfaction rate"),
    Figure.SOLVED_BELOW: _l("Settled in the community"),
    Figure.FOUND_IN_GRID: _l("Found in the grid"),
    Figure.SOLVED_IN_GRID: _l("Found and settled in the grid"),
}
DEFINITIONS: Mapping[Figure, Words] = {
    Figure.FOUND_RATE: _l(
        "Of all cases found, those that the city’s own people found: collectors, inspection "
        "groups, patrols of volunteers and inspections of pledges. The others were reported by "
        "residents, hotlines, the press or programs."
    ),
    Figure.HANDLED_RATE: _l("Of the cases taken up for work, those handled or closed by now."),
    Figure.CLOSING_RATE: _l("Of the cases taken up for work, those closed by now."),
    Figure.ON_TIME_RATE: _l(
        "Of the cases whose time is over, those handled in time. Their time is over when they were "
        "handled, or when the promised time has passed and they are still undone. Time in which "
        "the clock stood still does not count."
    ),
    Figure.REWORK_RATE: _l(
        "Of the cases that were handled at least once, those sent back by a check or opened again "
        "by a reporter, once or more."
    ),
    Figure.DISPATCH_ACCURACY: _l(
        "Of the cases given to a unit, those that no unit gave back and that went to no other unit "
        "afterwards."
    ),
    Figure.RETURNED: _l(
        "How often a unit gave a case back, beside the cases given to a unit. By unit: the one "
        "that gave it back."
    ),
    Figure.BUCK_PASSING: _l(
        "How often a case went from one unit to another, beside the cases given to a unit. By "
        "unit: the one that had it before."
    ),
    Figure.EXTENDED: _l("How often more time was given, beside the cases taken up for work."),
    Figure.SUSPENDED: _l(
        "How often a case was put on the books for later, beside the cases taken up for work."
    ),
    Figure.BACKLOG: _l("Of all cases found in this time, those that are still open."),
    Figure.OVERDUE_MULTIPLE: _l(
        "Of the cases handled too late: (time used − time limit) ÷ time limit. Both are added up "
        "in minutes of the working time of each case; an extension belongs to the limit."
    ),
    Figure.RESPONSE_RATE: _l(
        "Of the cases taken up for work, those with a first response by the grid lead or the unit."
    ),
    Figure.RESOLUTION_RATE: _l(
        "Of the answers of reporters, those that call the problem solved. Read from the anonymised "
        "releases of the same months, with their noise: an answer belongs to the month in which "
        "the time for rating ended, whenever the case was found."
    ),
    Figure.SATISFACTION_RATE: _l(
        "Of the answers of reporters, those with a satisfied level (%(levels)s). Read from the "
        "anonymised releases, as the resolution rate."
    ),
    Figure.SOLVED_BELOW: _l(
        "Of the closed cases, those settled on the spot by the grid or community: they were never "
        "given to a unit."
    ),
    Figure.FOUND_IN_GRID: _l(
        "Of all cases found, those found by patrols of collectors and volunteers and by "
        "inspections of pledges. Reports of residents and hotlines, and what inspection groups "
        "find, do not count."
    ),
    Figure.SOLVED_IN_GRID: _l(
        "Of the closed cases that were found in the grid, those that were never given to a unit."
    ),
}
# staff have a short word for what residents are told in full; in a list the whole has no room
AREA_TYPE_NAMES: Mapping[Tag, Words] = {Tag.THREE_WITHOUT: _l("Courtyard without management")}

BY: Mapping[By, Words] = {
    By.PLACE: _l("Place"),
    By.UNIT: _l("Unit"),
    By.CATEGORY: _l("Kind of problem"),
    By.SOURCE: _l("Source"),
    By.MONTH: _l("Month"),
}


def said(value: Value) -> str:
    """A figure with its part and its whole."""
    if value.withheld:
        return str(_l("not released"))
    facts = {"part": f"{value.part:,}", "whole": f"{value.whole:,}"}
    if value.ratio is None:
        return str(_l("– (0 of 0)")) if not value.part else f"{value.part:,}"
    if value.shape is Shape.TIMES:
        return str(_l("%(part)s (of %(whole)s cases)", **facts))
    if value.shape is Shape.MULTIPLE:
        return str(
            _l("%(amount)s × (%(part)s of %(whole)s min)", amount=f"{value.ratio:.2f}", **facts)
        )
    return str(
        _l("%(percent)s%% (%(part)s of %(whole)s)", percent=f"{100 * value.ratio:.1f}", **facts)
    )


def change(value: Value, before: Value) -> str:
    """By how much a figure differs from that of another time; of shares in percentage points."""
    if value.amount is None or before.amount is None:
        return "–"
    difference = value.amount - before.amount
    if value.shape is Shape.TIMES:
        return f"{difference:+,.0f}"
    if value.shape is Shape.MULTIPLE:
        return f"{difference:+.2f}"
    return str(_l("%(points)s points", points=f"{difference:+.1f}"))


register(FIGURES)
register_actions(
    {
        "figures:export": _l("Figures handed out as a file"),
        "cases:export": _l("List of cases handed out as a file"),
        "orders:export": _l("Work orders handed out as a file"),
        "orders:import": _l("Work orders taken over"),
        "identity:export_ask": _l("Personal data asked for in bulk"),
        "identity:export_allow": _l("Handing out personal data allowed"),
        "identity:export_refuse": _l("Handing out personal data refused"),
        "identity:export": _l("Personal data handed out"),
    }
)
