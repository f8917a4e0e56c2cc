"""The data pages: releases, their files, one release by place, and months of the first table."""

from typing import Final

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import known_outlines
from portal.kernel.drawing import draw
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.spreadsheets import csv_bytes
from portal.kernel.web import instance, reading
from portal.satisfaction.labels import KINDS, level_words, month_words, satisfied_words
from portal.satisfaction.queries import (
    FigureRow,
    figures_of,
    month_page,
    release_of,
    released_months,
    settings_of,
)
from portal.satisfaction.queries.releases import (
    ReleaseLine,
    heads,
    newest_of,
    past_of,
    release,
    release_file,
    release_page,
    releases,
)
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.catalog import catalog_of
from portal.satisfaction.rules.files import FILES, LICENCE
from portal.satisfaction.rules.release import SHADES, shade_of
from portal.satisfaction.views.blueprint import bp

CSV_COLUMNS = (
    "month", "area_code", "level", "name", "parent_code", "closed", "answered", "solved",
    "satisfied", "closed_withheld", "ratings_withheld",
)  # fmt: skip
# a release never changes, so whoever has it need not ask again
KEEP: Final = "public, max-age=86400"


@bp.app_context_processor
def release_words() -> dict[str, object]:
    """Words and rules that the templates of releases use."""
    words = {"rated_kinds": KINDS, "release_level": level_words}
    return words | {"shade_of": shade_of, "shades": SHADES, "month_words": month_words}


@bp.get("/data/")
@public
def data() -> ResponseReturnValue:
    """What the portal publishes, by month and by what was rated."""
    session = reading()
    found = releases(session)
    newest = [one for one in found if one.newest and one.month == found[0].month]
    return render_template(
        "satisfaction/data.html",
        releases=found,
        newest=newest,
        heads=heads(session, [one.slug for one in newest]),
        old_months=released_months(session),
    )


@bp.get("/data/method")
@public
def method() -> ResponseReturnValue:
    """How a release is made, what it protects, and what each word in it means."""
    settings = settings_of(reading())
    return render_template(
        "satisfaction/method.html",
        settings=settings,
        satisfied=satisfied_words(settings.satisfied_levels),
        licence=LICENCE,
    )


@bp.get("/data/catalog.json")
@public
def catalog() -> ResponseReturnValue:
    """Every data set and its files, for programs (DCAT)."""
    session = reading()
    origin, city = instance().config.origin, instance().city.names
    return catalog_of(origin, city, releases(session), released_months(session))


@bp.get("/data/satisfaction/<string(maxlength=40):month>/")
@public
def month(month: str) -> ResponseReturnValue:
    """A release, or a month of the first table: the whole city, or a place and what is in it."""
    found = release(reading(), month)
    return _old_month(month) if found is None else _release(found)


def _release(found: ReleaseLine) -> ResponseReturnValue:
    session = reading()
    page = release_page(session, found, request.args.get("area"))
    if page is None:
        raise Missing
    outlines = known_outlines(session, [row.code for row in page.rows])
    return render_template(
        "satisfaction/release.html",
        page=page,
        drawing=draw(outlines.shapes),
        made_up=outlines.made_up,
        past=past_of(session, found, page.place.path),
        title_words=month_words(found.month),
        satisfied=satisfied_words(found.satisfied_levels),
        source=dict(instance().city.raw.get("sources", {})).get("satisfied_levels"),
        files=FILES,
    )


def _old_month(month: str) -> ResponseReturnValue:
    page = month_page(reading(), month, request.args.get("area"))
    if page is None:
        raise Missing
    return render_template(
        "satisfaction/month.html",
        page=page,
        title_words=month_words(month),
        satisfied=satisfied_words(page.release.satisfied_levels),
        source=dict(instance().city.raw.get("sources", {})).get("satisfied_levels"),
    )


_NAMES: Final = ", ".join(f"'{name}'" for name in FILES)


@bp.get(f"/data/satisfaction/<string(maxlength=40):slug>/<any({_NAMES}):name>")
@public
def file(slug: str, name: str) -> ResponseReturnValue:
    """A file of a release, as it was published."""
    text = release_file(reading(), slug, name)
    if text is None:
        raise Missing
    response = Response(text.encode(), mimetype=FILES[name])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = KEEP
    return response


@bp.get("/data/satisfaction/<string(length=7):month>.csv")
@public
def month_csv(month: str) -> ResponseReturnValue:
    """A month of the first table as a file; of a released month the release's own."""
    session = reading()
    newest = newest_of(session, SubjectKind.CASE, month)
    if newest is not None:
        return redirect(url_for("satisfaction.file", slug=newest[0], name="data.csv"))
    if release_of(session, month) is None:
        raise Missing
    rows = [_csv_row(month, row) for row in figures_of(session, month)]
    response = Response(csv_bytes(CSV_COLUMNS, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="satisfaction-{month}.csv"'
    return response


def _csv_row(month: str, row: FigureRow) -> tuple[object, ...]:
    above = row.parent_path.rstrip("/").rpartition("/")[2] if row.parent_path else ""
    withheld = ("yes" if value is None else "no" for value in (row.closed, row.answered))
    figures = (row.closed, row.answered, row.solved, row.satisfied)
    return (month, row.area_code, row.level, in_words(row.names), above, *figures, *withheld)
