"""Public pages: periods, ranks with intervals, how each figure is computed, and the files."""

from typing import Final

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.assessment.labels import AXES, FIELDS, MEANS, OBJECTION_STATES, SOURCES, SPANS
from portal.assessment.queries.frozen import (
    PAGE,
    frozen,
    frozen_file,
    frozen_versions,
    group_page,
    versions_of,
)
from portal.assessment.queries.objections import objections_against
from portal.assessment.rules.files import FILES
from portal.assessment.rules.periods import period_of
from portal.assessment.rules.sets import funds, groups, sets, talks
from portal.assessment.views.blueprint import bp
from portal.kernel.errors import Missing
from portal.kernel.web import instance, reading
from portal.reports.rules.supervision import settings_from

LONGEST: Final = 7
KEEP: Final = "public, max-age=3600"


@bp.get("/assessment/")
@public
def periods() -> ResponseReturnValue:
    """Every frozen period, the newest first."""
    return render_template("assessment/list.html", rows=frozen_versions(reading()))


@bp.get("/assessment/method")
@public
def method() -> ResponseReturnValue:
    """How each figure is computed: the indicator sets, the ranks, the funds and the talks."""
    return render_template(
        "assessment/method.html", groups=groups(), sets=sets(), funds=funds(),
        talks=talks(), axes=AXES, fields=FIELDS, sources=SOURCES,
    )  # fmt: skip


@bp.get("/assessment/<string(maxlength=16):slug>/")
@public
def period(slug: str) -> ResponseReturnValue:
    """The ranks of a period, as they were frozen."""
    line = frozen(reading(), slug)
    found = period_of(line.period) if line else None
    group = request.args.get("group", next(iter(groups())))
    if line is None or found is None or group not in groups():
        raise Missing
    return render_template(
        "assessment/period.html", line=line, groups=groups(), group=group,
        title_words=SPANS[found.span], versions=versions_of(reading(), line.period),
        objections=objections_against(reading(), line.period), states=OBJECTION_STATES,
        targets=settings_from(instance().city.thresholds).targets, means=MEANS, files=FILES,
        **_rows(slug, group),
    )  # fmt: skip


def _rows(slug: str, group: str) -> dict[str, object]:
    """A page of a group's rows, and where the next begins."""
    after = request.args.get("after", "")
    begins = int(after) if after.isascii() and after.isdigit() and len(after) < LONGEST else 0
    rows = group_page(reading(), slug, group, begins)
    return {"rows": rows[:PAGE], "following": begins + PAGE if len(rows) > PAGE else None}


_NAMES: Final = ", ".join(f"'{name}'" for name in FILES)


@bp.get(f"/assessment/<string(maxlength=16):slug>/<any({_NAMES}):name>")
@public
def file(slug: str, name: str) -> ResponseReturnValue:
    """A file of a frozen period, as it was published."""
    text = frozen_file(reading(), slug, name)
    if text is None:
        raise Missing
    response = Response(text.encode(), mimetype=FILES[name])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = KEEP
    return response
