"""Pages for those who keep the register of organisations."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_ids
from portal.areas.rules import Keeper, codes_of
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import reading
from portal.organisations import service
from portal.organisations.queries import (
    OrganisationRow,
    organisation,
    organisation_by_code,
    predecessors,
    register_page,
)
from portal.site.places.forms import (
    EndOrganisationForm,
    NewOrganisationForm,
    OrganisationForm,
)
from portal.site.places.public import bp, today

DONE = _l("Saved.")
EDIT = ["GET", "POST"]
ON_A_PAGE = 50


def keeper() -> Keeper:
    """Whoever asks, as a keeper of the register."""
    actor = current_actor()
    return Keeper(actor.person_id, actor.places_for(Permission.ORGANISATION_MANAGE))


def kept(code: str) -> OrganisationRow:
    """An organisation that whoever asks may change. Raises Missing or Forbidden."""
    row = organisation_by_code(reading(), code)
    if row is None:
        raise Missing
    if not keeper().keeps(row.area_path or "/"):
        raise Forbidden
    return row


@bp.get("/admin/organisations/", endpoint="organisations")
@requires(Permission.ORGANISATION_MANAGE)
def register() -> ResponseReturnValue:
    """The register of one's places."""
    after = request.args.get("after", "").replace("\x00", "")
    rows = register_page(reading(), keeper().paths, after=after, limit=ON_A_PAGE + 1)
    following = rows[ON_A_PAGE - 1].code if len(rows) > ON_A_PAGE else None
    areas = areas_by_ids(reading(), [row.area_id for row in rows if row.area_id])
    return render_template(
        "places/admin/organisations.html", rows=rows[:ON_A_PAGE], areas=areas,
        after=after, following=following,
    )  # fmt: skip


@bp.route("/admin/organisations/new", methods=EDIT)
@requires(Permission.ORGANISATION_MANAGE)
def new_organisation() -> ResponseReturnValue:
    """A further organisation."""
    form = NewOrganisationForm(data={"valid_from": today()})
    return answer(form, "places/admin/new_organisation.html", partial(_add, form), thanks=DONE)


def _add(form: NewOrganisationForm, session: Session) -> str:
    code = (form.code.data or "").upper()
    service.add_organisation(
        session, keeper(), code=code, parent_code=form.parent_code.data or None,
        valid_from=form.valid_from.data, now=now(), **form.chosen(),
    )  # fmt: skip
    return url_for("places.organisation", code=code)


@bp.route("/admin/organisations/<code>", methods=EDIT, endpoint="organisation")
@requires(Permission.ORGANISATION_MANAGE)
def edit_organisation(code: str) -> ResponseReturnValue:
    """Rename it, or correct its kind, place or telephone."""
    row = kept(code)
    form = OrganisationForm(data=_shown(row))
    follower = organisation(reading(), row.successor_id) if row.successor_id else None
    act = partial(_edit, form, code)
    return answer(
        form, "places/admin/organisation.html", act, thanks=DONE, row=row, follower=follower,
        before=predecessors(reading(), row.id),
    )  # fmt: skip


def _shown(row: OrganisationRow) -> dict[str, Any]:
    names = {f"name_{language.lower()}": name for language, name in row.names.items()}
    return names | {
        "kind": row.kind.value,
        "trade": row.trade.value if row.trade else "",
        "area_code": codes_of(row.area_path)[-1] if row.area_path else "",
        "phone": row.phone,
    }


def _edit(form: OrganisationForm, code: str, session: Session) -> str:
    service.edit_organisation(session, keeper(), code, now=now(), **form.chosen())
    return url_for("places.organisation", code=code)


@bp.route("/admin/organisations/<code>/end", methods=EDIT)
@requires(Permission.ORGANISATION_MANAGE)
def end_organisation(code: str) -> ResponseReturnValue:
    """The end of an organisation, and who follows it."""
    row = kept(code)
    form = EndOrganisationForm(data={"on": today()})
    act = partial(_end, form, code)
    return answer(form, "places/admin/end_organisation.html", act, thanks=DONE, row=row)


def _end(form: EndOrganisationForm, code: str, session: Session) -> str:
    successor = form.successor_code.data or None
    service.end_organisation(
        session, keeper(), code, on=form.on.data, successor_code=successor, now=now()
    )
    return url_for("places.organisation", code=code)
