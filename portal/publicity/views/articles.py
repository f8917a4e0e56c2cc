"""Articles as everybody reads them: the list, one of them, its photos, a poster, the rules."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import current_app, make_response, render_template, request, url_for
from flask.ctx import AppContext
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import AreaRow, area_by_code, areas_by_ids, find_areas
from portal.kernel.errors import Missing
from portal.kernel.forms import clean_text
from portal.kernel.ids import clean_number
from portal.kernel.qr import qr_svg
from portal.kernel.web import instance, reading, write_on_get
from portal.organisations.queries import organisation_by_code
from portal.publicity.labels.articles import KINDS, PROVENANCES
from portal.publicity.queries.articles import (
    PAGE,
    ArticleRow,
    Sought,
    VersionRow,
    articles_by_ids,
    articles_seen,
    photos_of,
    public_photo,
    readings_of,
    versions_of,
)
from portal.publicity.rules.articles import ArticleKind, ArticleState, VersionState, is_view
from portal.publicity.rules.exposure import CASE_DAYS, MOST_DAYS
from portal.publicity.rules.personal import KEEP_OPEN_DAYS, KEEP_WITHDRAWN_DAYS
from portal.publicity.service.articles import published_of
from portal.publicity.service.role_models import shown_name
from portal.publicity.service.views_count import ViewCounter, write_views
from portal.publicity.views.blueprint import bp
from portal.reports.queries.exposing import case_bases
from portal.reports.views.photos import PUBLIC_CACHE, file_response

FOLDER = "publicity/articles"
COUNTER = "gongzhi_article_views"


@bp.get("/articles/")
@public
def articles() -> ResponseReturnValue:
    """Published articles, by kind and place."""
    given, sought = asked()
    after = clean_number(request.args.get("after", "")[:20]) or ""
    found = articles_seen(reading(), sought, after=after)
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/list.html", rows=rows, given=given, kinds=KINDS, provenances=PROVENANCES,
        areas=areas_of(row.area_id for row in rows), first=not after,
        following=rows[-1].number if len(found) > PAGE else None,
    )  # fmt: skip


def asked() -> tuple[dict[str, str], Sought]:
    """What is looked for, as typed and as meant. An unknown place finds nothing."""
    given = {name: clean_text(request.args.get(name, "")[:80]) or "" for name in ("kind", "place")}
    kind = ArticleKind(given["kind"]) if given["kind"] in set(ArticleKind) else None
    return given, Sought(kind, _under(given["place"]))


def way_of(endpoint: str) -> str:
    """The path of a page with the filters that are asked for now."""
    given: dict[str, Any] = {key: one for key, one in asked()[0].items() if one}
    return url_for(endpoint, **given)


def _under(typed: str) -> str:
    if not typed:
        return ""
    area = area_by_code(reading(), typed.upper())
    found = [area] if area else find_areas(reading(), typed, 1)
    # no path begins like this
    return found[0].path if found else "-"


def areas_of(ids: Iterable[UUID]) -> dict[UUID, AreaRow]:
    """Places by id."""
    return areas_by_ids(reading(), set(ids))


@bp.get("/articles/<number>")
@public
def article(number: str) -> ResponseReturnValue:
    """One of them; of one that was withdrawn why, of one that somebody took back nothing."""
    row = published_of(reading(), number)
    if row.state is ArticleState.ERASED:
        return render_template(f"{FOLDER}/gone.html", row=row), 410
    approved = [one for one in versions_of(reading(), row.id)
                if one.state is VersionState.APPROVED]  # fmt: skip
    if row.state is ArticleState.WITHDRAWN:
        return render_template(f"{FOLDER}/withdrawn.html", row=row, version=approved[0]), 410
    return _counted(row, render_template(f"{FOLDER}/one.html", row=row, **_shown(row, approved)))


def _shown(row: ArticleRow, approved: list[VersionRow]) -> dict[str, Any]:
    """What the page of an article shows, of its approved versions."""
    shown = next(one for one in approved if one.version == row.shown_version)
    return {
        "version": shown, "kinds": KINDS, "provenances": PROVENANCES,
        "changes": [one for one in approved if one.change_why],
        "area": areas_of([row.area_id])[row.area_id], "photos": photos_of(reading(), shown.id),
        "name": shown_name(reading(), row), **_linked(row, shown),
    }  # fmt: skip


def _linked(row: ArticleRow, shown: VersionRow) -> dict[str, Any]:
    """A policy and its readings, both ways (R105); the matter that a typical case rests on."""
    case = shown.case_number
    found = case_bases(reading(), [case]).get(case) if case else None
    return {
        "policies": articles_by_ids(reading(), [shown.policy_id]) if shown.policy_id else [],
        "readings": readings_of(reading(), row.id) if row.kind is ArticleKind.POLICY else [],
        "case": found, "case_open": found is not None and found.closed_at is None,
    }  # fmt: skip


def _counted(row: ArticleRow, html: str) -> ResponseReturnValue:
    """The page with one view more, in memory; now and then what was counted is written down, when
    the reader has her page: she does not wait for a figure (R107)."""
    response, headers = make_response(html), request.headers
    purpose = headers.get("Sec-Purpose", "") or headers.get("Purpose", "")
    if not is_view(request.method, headers.get("User-Agent", ""), purpose):
        return response
    counter: ViewCounter = current_app.extensions.setdefault(COUNTER, ViewCounter())
    counter.add(row.id)
    counts = counter.take_due()
    if counts:
        context = current_app.app_context()
        response.call_on_close(partial(_write_down, context, counter, counts))
    return response


def _write_down(context: AppContext, counter: ViewCounter, counts: Mapping[UUID, int]) -> None:
    with context, counter.until_written(counts):
        write_on_get(partial(write_views, counts=counts))


@bp.get("/articles/photos/<code>")
@public
def article_photo(code: str) -> ResponseReturnValue:
    """A photo of what everybody reads just now; no other has a public address."""
    key = public_photo(reading(), code)
    if key is None:
        raise Missing
    return file_response(key, PUBLIC_CACHE)


@bp.get("/articles/<number>/poster")
@public
def article_poster(number: str) -> ResponseReturnValue:
    """An article on a sheet for a wall, with the way to its page (R193)."""
    row = published_of(reading(), number)
    if row.shown_version is None:
        raise Missing
    shown = articles_by_ids(reading(), [row.id])[0]
    return _poster(
        shown.title, shown.summary, url_for("publicity.article", number=row.number), row.kind
    )


@bp.get("/articles/poster")
@public
def articles_poster() -> ResponseReturnValue:
    """The column of a kind, or of a place, on a sheet for a wall."""
    return _poster(None, None, way_of("publicity.articles"), asked()[1].kind)


def _poster(
    title: str | None, text: str | None, way: str, kind: ArticleKind | None
) -> ResponseReturnValue:
    """``?unit=``: the code of the unit that puts it up, whose name then stands on it."""
    code = (clean_text(request.args.get("unit", "")[:40]) or "").upper()
    unit = organisation_by_code(reading(), code) if code else None
    url = instance().config.origin + way
    return render_template(
        f"{FOLDER}/poster.html", title=title, text=text, url=url, way=way, qr=qr_svg(url),
        unit=unit, typed=code, given=asked()[0],
        kind_words=KINDS[kind] if kind else None,
    )  # fmt: skip


@bp.get("/articles/rules")
@public
def publicity_rules() -> ResponseReturnValue:
    """What is shown, by whom it is approved, how long, and how to object (R154)."""
    return render_template(
        f"{FOLDER}/rules.html", appeal_days=CASE_DAYS, most_days=MOST_DAYS,
        open_days=KEEP_OPEN_DAYS, withdrawn_days=KEEP_WITHDRAWN_DAYS,
    )  # fmt: skip
