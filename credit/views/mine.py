"""One's own ledger: how one stands, every entry, saying yes and no, and who looked."""

from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from credit import service
from credit.forms.mine import NO, YES, ConsentForm
from credit.queries.mine import PAGE, Line, Mine, lines_of, lots_of_accounts, mine
from credit.service.looks import LOOK
from credit.views.blueprint import bp
from credit.views.mine_words import Place, place_of, rows_of
from portal.accounts.access import current_actor, public, signed_in
from portal.accounts.queries import looks_at
from portal.accounts.views.paging import cursor, page
from portal.areas.queries import areas_by_codes
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import in_words
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

THANKS = {
    YES: _l("From now on your points are written down."),
    NO: _l("Nothing more is written down. What you have stays yours to use."),
}


@bp.get("/credit/")
@public
def ledger() -> ResponseReturnValue:
    """My ledger; for a passer-by, what it is and that everything works without it (L5)."""
    if current_actor().person_id is None:
        return render_template("credit/mine/welcome.html")
    before = cursor(request.args.get("before"))
    return render_template("credit/mine/ledger.html", **_ledger(reading(), before))


def _ledger(session: Session, before: Any) -> dict[str, Any]:
    """Three queries, however many entries there are."""
    who = mine(session, current_actor().person_id)
    places = places_of(session, who)
    lines = lines_of(session, who.accounts, before)
    return {
        "mine": who,
        "places": places,
        "rows": rows_of(lines[:PAGE]),
        "following": _following(lines),
        "first": before is not None,
        "young": who.needs_guardian,
        "forms": {place.district: consent_form(place) for place in places},
    }


def places_of(session: Session, who: Mine) -> list[Place]:
    """How she stands in each district of this city, and wherever else she has an account."""
    lots = lots_of_accounts(session, who.accounts)
    roots = instance().city.roots
    codes = [*roots, *sorted({a.district for a in who.accounts} - set(roots))]
    names = names_of(session, codes) if len(codes) > 1 else {}
    return [place_of(who, lots, code, names.get(code, ""), now()) for code in codes]


def names_of(session: Session, codes: list[str]) -> dict[str, str]:
    """Places by code, in the words of the reader."""
    found = areas_by_codes(session, codes)
    return {code: in_words(area.names) for code, area in found.items()}


def _following(lines: list[Line]) -> str | None:
    """Where the next page goes on; it holds a key, so it is sealed."""
    if len(lines) <= PAGE:
        return None
    last = lines[PAGE - 1].entry
    return instance().vault.seal(f"{last.at.isoformat()}|{last.id}")


def consent_form(place: Place) -> ConsentForm:
    """The one button that changes how things are now."""
    wanted = NO if place.agreed_at else YES
    return ConsentForm(formdata=None, district=place.district, wanted=wanted)


@bp.route("/credit/consent", methods=["GET", "POST"])
@signed_in
def consent() -> ResponseReturnValue:
    """Say yes to points, or end it: by itself, apart from everything else."""
    form = ConsentForm()
    if not form.is_submitted():
        form.district.data = request.args.get("district") or instance().city.roots[0]
    who = mine(reading(), current_actor().person_id)
    agreed = who.consent(form.district.data or "")
    if not form.is_submitted():
        form.wanted.data = NO if agreed else YES
    return answer(
        form, "credit/mine/consent.html", partial(_consent, form),
        thanks=THANKS.get(form.wanted.data or ""), agreed=agreed,
        young=who.needs_guardian,
    )  # fmt: skip


def _consent(form: ConsentForm, session: Session) -> str:
    person_id, district = current_actor().person_id, form.district.data
    if person_id is None or district not in instance().city.roots:
        raise Missing
    change = service.give_consent if form.wanted.data == YES else service.end_consent
    change(session, district, person_id, now=now())
    return url_for("credit.ledger")


@bp.get("/credit/looks")
@signed_in
def looks() -> ResponseReturnValue:
    """Who of the staff saw my ledger, and why (L15)."""
    before = cursor(request.args.get("before"))
    rows = looks_at(reading(), current_actor().person_id, before, LOOK)
    shown, following = page(rows)
    return render_template("credit/mine/looks.html", rows=shown, following=following)
