"""Signing a published convention, one's own signatures, and the yes that signing never implies."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from credit.service import deductions_on
from portal.accounts.access import current_actor, public, signed_in
from portal.accounts.queries import age_band_of
from portal.accounts.rules import AgeBand
from portal.areas.queries import areas_by_ids
from portal.areas.rules import codes_of
from portal.conventions.forms.signing import NO, YES, NameForm, SignForm, YesForm
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.handling import WAYS
from portal.conventions.labels.kinds import KINDS
from portal.conventions.labels.published import SCRIPTS
from portal.conventions.labels.signing import SIGNED_AS
from portal.conventions.queries.handling import counts_under
from portal.conventions.queries.published import clauses_of_versions
from portal.conventions.queries.signing import (
    SigningRow,
    counts_of,
    names_of_signers,
)
from portal.conventions.rules.signing import Signer
from portal.conventions.service.bases import KEEPS, basis_of, end_yes, say_yes
from portal.conventions.service.signing import (
    own_signature,
    own_signatures,
    show_name,
    sign_version,
    units_of,
    version_to_read,
    withdraw_signature,
)
from portal.conventions.views.blueprint import bp
from portal.kernel.clock import city_day, now
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

FOLDER = "conventions/signing"
SIGNED = _l("Thank you. Your signature stands under this version.")
BACK = _l("Taken back.")
SAVED = _l("Saved.")
THANKS = {
    YES: _l("You agreed. You can end it here at any time, with one press."),
    NO: _l("Ended. From this moment nothing that rested on it counts any more."),
}


@bp.get("/conventions/<number>/sign")
@public
def signing(number: str) -> ResponseReturnValue:
    """A version to sign: its text, how many stand by it, what I signed, and what that means."""
    row = version_to_read(reading(), number)
    return render_template(f"{FOLDER}/one.html", form=YesForm(formdata=None), **_page(row))


def _page(row: SigningRow) -> dict[str, Any]:
    """As many queries however many have signed."""
    session, at = reading(), now()
    mine = own_signatures(session, current_actor(), on=row.id)
    return {
        "row": row, "text": clauses_of_versions(session, [row.id])[row.id], "kinds": KINDS,
        "scripts": SCRIPTS,
        "area": areas_by_ids(session, {row.area_id})[row.area_id],
        "counts": counts_of(session, row.id),
        "names": [name for _number, name in names_of_signers(session, row.id)],
        "keeps": current_actor().may(KEEPS, place_path=row.place_path),
        "mine": [one for one in mine if one.stands], "signed_as": SIGNED_AS,
        "handled": counts_under(session, row.id), "ways": WAYS,
        "today": city_day(at, instance().city.zone), **_basis(row, mine),
    }  # fmt: skip


def _basis(row: SigningRow, mine: list[Any]) -> dict[str, Any]:
    """What is asked apart from signing; nothing where deductions are off or it is no basis."""
    session, at, actor = reading(), now(), current_actor()
    own = basis_of(session, actor, row, at)
    if own is None or actor.person_id is None:
        return {"own": None}
    button = YesForm(formdata=None, wanted=NO if own.agreed else YES)
    return {
        "own": own, "button": button,
        "on": deductions_on(session, codes_of(row.place_path)[0], at),
        "adult": age_band_of(session, actor.person_id) is AgeBand.ADULT,
        "signed_herself": any(one.stands and one.signer is Signer.PERSON for one in mine),
    }  # fmt: skip


@bp.route("/conventions/<number>/sign/new", methods=["GET", "POST"])
@signed_in
def sign_convention(number: str) -> ResponseReturnValue:
    """Sign it."""
    row, form = version_to_read(reading(), number), SignForm()
    form.offer(units_of(reading(), current_actor(), now()))

    def act(session: Session) -> str:
        sign_version(session, current_actor(), row.number, form.wish(), now=now())
        return url_for("conventions.signing", number=row.number)

    return answer(form, f"{FOLDER}/sign.html", act, thanks=SIGNED, row=row)


@bp.post("/conventions/<number>/sign/yes")
@signed_in
def convention_yes(number: str) -> ResponseReturnValue:
    """My yes to be held to it, or its end; apart from my signature."""
    row, form = version_to_read(reading(), number), YesForm()
    act = partial(_yes, row.number, form)
    return answer(
        form, f"{FOLDER}/one.html", act, thanks=THANKS.get(form.wanted.data or ""), **_page(row)
    )


def _yes(number: str, form: YesForm, session: Session) -> str:
    do = say_yes if form.wanted.data == YES else end_yes
    do(session, current_actor(), number, now=now())
    return url_for("conventions.signing", number=number)


@bp.get("/me/signatures/")
@signed_in
def my_signatures() -> ResponseReturnValue:
    """What I signed."""
    return render_template(f"{FOLDER}/mine.html", rows=_mine(), signed_as=SIGNED_AS)


def _mine() -> list[Any]:
    return own_signatures(reading(), current_actor())


@bp.route("/me/signatures/<number>", methods=["GET", "POST"])
@signed_in
def my_signature(number: str) -> ResponseReturnValue:
    """One of them: whether my name is read under it, and how to take it back."""
    row = own_signature(reading(), current_actor(), number)
    form = NameForm(data={"name": row.name, "named": row.named_at is not None})

    def act(session: Session) -> str:
        name, show = form.name.data or "", bool(form.named.data)
        show_name(session, current_actor(), row.number, name, show=show, now=now())
        return url_for("conventions.my_signatures")

    return answer(
        form, f"{FOLDER}/my_one.html", act, thanks=SAVED, row=row, signed_as=SIGNED_AS,
        button=SureForm(formdata=None),
    )  # fmt: skip


@bp.post("/me/signatures/<number>/withdraw")
@signed_in
def my_signature_back(number: str) -> ResponseReturnValue:
    """Take one back."""
    form = SureForm()

    def act(session: Session) -> str:
        withdraw_signature(session, current_actor(), number, now=now())
        return url_for("conventions.my_signatures")

    return answer(form, f"{FOLDER}/mine.html", act, thanks=BACK, rows=_mine(), signed_as=SIGNED_AS)
