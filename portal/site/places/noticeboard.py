"""Public notices: what stands on every page, the page of all, and how they are put up (R025)."""

import threading
import time
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog
from flask import Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.access import current_actor, public, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_codes, descendants_at_level, root_areas
from portal.areas.queries.notices import NoticeRow, notice_by_id, notices_at, notices_since
from portal.areas.rules import NAME_LENGTH, NOTICE_LENGTH, Keeper, NoticeLevel, codes_of
from portal.areas.service.notices import put_up_notice, take_down_notice
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Missing
from portal.kernel.forms import LONG, Form
from portal.kernel.i18n import in_words, ngettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import database, reading
from portal.kernel.words import say
from portal.site.places.public import bp

SHOWN: Final = 3
# how long a server may go on showing what another has taken down
FRESH_SECONDS: Final = 20.0
LATELY: Final = timedelta(days=90)
HOURS: Final = (3, 6, 12, 24, 48, 72, 168, 720)
_NEEDED = _l("Fill this in.")


class Board:
    """What stands now, read again every few seconds: no page waits for it, and none asks twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: list[NoticeRow] = []
        self._read_at: float | None = None

    def standing(self, database: Database) -> list[NoticeRow]:
        """The notices of this moment. While the database is away: those that were known."""
        with self._lock:
            is_due = self._read_at is None or time.monotonic() >= self._read_at + FRESH_SECONDS
            if is_due:
                self._read_at = time.monotonic()
        if is_due:
            try:
                with database.read() as session:
                    self._rows = notices_at(session, now())
            except SQLAlchemyError:
                structlog.get_logger(__name__).warning("notices_unread")
        return [row for row in self._rows if row.stands(now())]

    def forget(self) -> None:
        """Something was put up or taken down here: the next page looks again."""
        with self._lock:
            self._read_at = None


def init_app(app: Flask) -> None:
    """Every template may ask what stands."""
    app.extensions["gongzhi_notices"] = Board()
    app.add_template_global(standing_notices)


def _board() -> Board:
    board: Board = current_app.extensions["gongzhi_notices"]
    return board


def standing_notices() -> list[NoticeRow]:
    """The gravest few that stand now."""
    return _board().standing(database())[:SHOWN]


def _may_be_empty() -> list[Any]:
    return [Optional(), Length(max=NOTICE_LENGTH, message=LONG)]


class NoticeForm(Form):
    """A notice for a place and a while."""

    place = SelectField(_l("For which place"))
    level = RadioField(_l("How grave"), validators=[InputRequired(_NEEDED)])
    words_zh_hans = TextAreaField(
        _l("Words in simplified Chinese"),
        [InputRequired(_NEEDED), Length(max=NOTICE_LENGTH, message=LONG)],
    )
    words_zh_hant = TextAreaField(_l("Words in traditional Chinese"), _may_be_empty())
    words_en = TextAreaField(_l("Words in English"), _may_be_empty())
    issuer = StringField(
        _l("Issued by"), [InputRequired(_NEEDED), Length(max=NAME_LENGTH, message=LONG)]
    )
    lasts = SelectField(_l("How long it stands"), coerce=int)
    tell = BooleanField(_l("Also send it to those who follow this place"))

    def __init__(self, places: list[SelectChoice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place.choices = places
        self.level.choices = [SelectChoice(level.value, say(level)) for level in NoticeLevel]
        self.lasts.choices = [SelectChoice(hours, _duration(hours)) for hours in HOURS]


def _duration(hours: int) -> str:
    if hours < 48:
        return str(ngettext("%(num)d hour", "%(num)d hours", hours))
    return str(ngettext("%(num)d day", "%(num)d days", hours // 24))


def publisher() -> Keeper:
    """Whoever asks, as one who may put up notices."""
    actor = current_actor()
    return Keeper(actor.person_id, actor.places_for(Permission.NOTICE_PUBLISH))


@bp.get("/notices/")
@public
def notices() -> ResponseReturnValue:
    """What stands now, and what stood in the last three months."""
    found = notices_since(reading(), now() - LATELY)
    standing = [row for row in found if row.stands(now())]
    over = [row for row in found if row not in standing]
    return render_template("places/notices.html", standing=standing, over=over)


@bp.get("/admin/notices/")
@requires(Permission.NOTICE_PUBLISH)
def admin_notices() -> ResponseReturnValue:
    """What stands where one may put up notices; each can be taken down."""
    rows = [row for row in notices_since(reading(), now()) if publisher().keeps(row.area_path)]
    return render_template("places/admin/notices.html", rows=rows)


@bp.route("/admin/notices/new", methods=["GET", "POST"])
@requires(Permission.NOTICE_PUBLISH)
def new_notice() -> ResponseReturnValue:
    """Words, place, time."""
    form = NoticeForm(_places(), data={"level": NoticeLevel.PLAIN.value, "lasts": 24})
    return _at_once(
        answer(
            form, "places/admin/notice.html", partial(_put_up, form), thanks=_l("It stands now.")
        )
    )


def _at_once(response: ResponseReturnValue) -> ResponseReturnValue:
    """After the commit: the next page of this server looks again."""
    if request.method == "POST":
        _board().forget()
    return response


def _places() -> list[SelectChoice]:
    """The places one may speak for, with the streets below them."""
    session, paths = reading(), publisher().paths
    tops = root_areas(session)
    if paths is not None:
        tops = list(areas_by_codes(session, [codes_of(path)[-1] for path in paths]).values())
    streets = [row for top in tops for row in descendants_at_level(session, top.path, "street")]
    rows = {row.code: row for row in (*tops, *streets)}
    return [SelectChoice(code, in_words(row.names)) for code, row in rows.items()]


def _put_up(form: NoticeForm, session: Session) -> str:
    put_up_notice(
        session, publisher(), form.place.data, level=NoticeLevel(form.level.data),
        words={
            "zh_Hans": form.words_zh_hans.data, "zh_Hant": form.words_zh_hant.data,
            "en": form.words_en.data,
        },
        issuer=form.issuer.data, lasts=timedelta(hours=form.lasts.data), tell=form.tell.data,
        now=now(),
    )  # fmt: skip
    return url_for("places.admin_notices")


@bp.route("/admin/notices/<uuid:notice_id>/end", methods=["GET", "POST"])
@requires(Permission.NOTICE_PUBLISH)
def end_notice(notice_id: UUID) -> ResponseReturnValue:
    """Taken down at once, everywhere."""
    row = notice_by_id(reading(), notice_id)
    if row is None or not publisher().keeps(row.area_path):
        raise Missing
    form = Form()
    act = partial(_take_down, notice_id)
    thanks = _l("It is taken down.")
    return _at_once(answer(form, "places/admin/end_notice.html", act, thanks=thanks, row=row))


def _take_down(notice_id: UUID, session: Session) -> str:
    take_down_notice(session, publisher(), notice_id, now=now())
    return url_for("places.admin_notices")
