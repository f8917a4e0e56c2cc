"""Certified time: mine, what hangs out, certificates and their check page."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.accounts.rules import Permission
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.pdf import makes_pdf, pdf_of
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from volunteers.forms.hours import CertificateForm, CloudForm
from volunteers.labels.hours import HOURS_SOURCES, HOURS_STATES
from volunteers.queries.cloud import cloud_id_of
from volunteers.queries.hours import (
    PAGE,
    certificate,
    certificates_of,
    hours_of,
    on_notice,
)
from volunteers.rules.activities import DATA
from volunteers.rules.hours import HoursState
from volunteers.service.certificates import make_certificate, own_certificate
from volunteers.service.cloud import link_cloud
from volunteers.service.rating import rating_until
from volunteers.views.blueprint import bp


@bp.get("/volunteers/hours")
@signed_in
def my_hours() -> ResponseReturnValue:
    """My time of service, each record with where it stands, and my certificates."""
    session, moment = reading(), now()
    rows = hours_of(session, me())
    return render_template(
        "volunteers/hours/mine.html",
        rows=rows,
        moment_now=moment,
        total=sum(row.counted for row in rows if row.state(moment) is HoursState.CERTIFIED),
        waiting=sum(row.counted for row in rows if row.state(moment) is HoursState.NOTICE),
        certificates=certificates_of(session, me()),
        states=HOURS_STATES,
        sources=HOURS_SOURCES,
        rating_ends=partial(rating_until, session),
    )


def me() -> UUID:
    """Who is signed in."""
    person_id = current_actor().person_id
    if person_id is None:
        raise Missing
    return person_id


@bp.get("/volunteers/hours/notice")
@signed_in
def hours_notice() -> ResponseReturnValue:
    """What hangs out for seven days, for the unit and the teams concerned and for those who confirm
    it there: a name only of those who agreed to be named (article 20)."""
    after = clean_number(request.args.get("after", "")[:40])
    scopes = current_actor().places_for(Permission.HOURS_CONFIRM)
    paths = ["/"] if scopes is None else list(scopes)
    found = on_notice(reading(), paths, now(), after, concerning=me())
    rows = found[:PAGE]
    return render_template(
        "volunteers/hours/notice.html",
        rows=rows,
        next_after=rows[-1].number if len(found) > PAGE else None,
    )


@bp.route("/volunteers/certificates/new", methods=["GET", "POST"])
@signed_in
def new_certificate() -> ResponseReturnValue:
    """Make a certificate about what is certified, free of charge."""
    today = city_day(now(), instance().city.zone)
    form = CertificateForm(data={"first": today.replace(month=1, day=1), "last": today})
    return answer(
        form,
        "volunteers/hours/new_certificate.html",
        partial(_make, form),
        thanks=_l("Your certificate is made. Print it, or keep its number."),
    )


def _make(form: CertificateForm, session: Session) -> str:
    number = make_certificate(
        session, current_actor(), name=form.name.data or "", first=form.first.data,
        last=form.last.data, now=now(),
    )  # fmt: skip
    return url_for("volunteers.certificate_paper", number=number)


@bp.get("/volunteers/certificates/<number>/paper")
@signed_in
def certificate_paper(number: str) -> ResponseReturnValue:
    """My certificate as it is printed: the frozen words, and the QR code of its check page."""
    return render_template("volunteers/hours/paper.html", pdf=makes_pdf(), **_paper(number))


def _paper(number: str) -> dict[str, Any]:
    row, frozen = own_certificate(reading(), current_actor(), clean_number(number) or "")
    url = f"{instance().config.origin}{url_for('volunteers.check_certificate', number=row.number)}"
    return {"row": row, "frozen": frozen, "url": url, "qr": qr_svg(url)}


@bp.get("/volunteers/certificates/<number>/paper.pdf")
@signed_in
def certificate_pdf(number: str) -> ResponseReturnValue:
    """The same as a PDF, where the extra is installed; elsewhere there is no such page."""
    about = _paper(number)
    if not makes_pdf():
        raise Missing
    words = render_template("volunteers/hours/pdf.json", language=current_language()[:2], **about)
    response = Response(pdf_of(DATA / "certificate.typ", words), mimetype="application/pdf")
    file = f'attachment; filename="certificate-{about["row"].number}.pdf"'
    response.headers["Content-Disposition"] = file
    return response


@bp.get("/volunteers/certificates")
@public
def find_certificate() -> ResponseReturnValue:
    """Type a certificate's number."""
    typed = request.args.get("number", "")[:40]
    number = clean_number(typed)
    if number:
        return redirect(url_for("volunteers.check_certificate", number=number))
    return render_template("volunteers/hours/find.html", typed=typed), 422 if typed else 200


@bp.get("/volunteers/certificates/<number>")
@public
def check_certificate(number: str) -> ResponseReturnValue:
    """Whether a certificate holds: its days, its time and who issued it. No name (contract)."""
    row = certificate(reading(), clean_number(number) or "")
    mine: Any = row is not None and row.person_id is not None
    mine = mine and row is not None and row.person_id == current_actor().person_id
    return render_template(
        "volunteers/hours/check.html", row=row, number=number[:20], mine=mine
    ), 200 if row else 404


@bp.route("/volunteers/cloud", methods=["GET", "POST"])
@signed_in
def my_cloud() -> ResponseReturnValue:
    """My number in the volunteer cloud, by which time goes there and comes from there."""
    form = CloudForm(data={"cloud_id": cloud_id_of(reading(), me())})
    return answer(form, "volunteers/hours/cloud.html", partial(_link, form), thanks=_l("Saved."))


def _link(form: CloudForm, session: Session) -> str:
    link_cloud(session, current_actor(), form.cloud_id.data or "", now=now())
    return url_for("volunteers.my_hours")
