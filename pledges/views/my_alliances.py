"""One's own alliances: joining and leaving, groups, notices, mutual help, the covenant."""

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pledges.forms.alliances import (
    CovenantForm,
    CovenantSignForm,
    HelpForm,
    HelpOfferForm,
    LinkForm,
    MessagesForm,
    NoticeForm,
    ShopForm,
    TermForm,
)
from pledges.forms.breaches import SureForm
from pledges.labels.alliances import HELP_STATES, LINK_KINDS
from pledges.queries.alliance_life import (
    covenants_of,
    help_of,
    links_of,
    notices_of,
    offers_of,
    sign_ons_of,
)
from pledges.queries.alliances import (
    alliances_around,
    alliances_by_ids,
    members_of,
    memberships_of,
    shops_of,
)
from pledges.service.alliance_help import ask_help, close_help, help_inside, offer_help
from pledges.service.alliance_lead import (
    add_link,
    choose_messages,
    end_link,
    end_notice,
    post_notice,
)
from pledges.service.alliances import Inside, alliance_shown, inside, join, leave
from pledges.service.covenants import (
    draft_covenant,
    publish_covenant,
    sign_on,
    withdraw_sign_on,
)
from pledges.views.alliances import (
    FOLDER,
    SAVED,
    SENT,
    changes_of,
    election_words,
    elections_with_phases,
    end_the_term,
)
from pledges.views.blueprint import bp
from portal.accounts.access import current_actor, signed_in
from portal.areas.queries import areas_by_ids
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Missing
from portal.kernel.i18n import gettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

JOINED = _l("Your shop belongs to the alliance now.")
LEFT = _l("Your shop has left the alliance.")
SIGNED = _l("Signed. Your signature is sealed in the public log as a number that names nobody.")


@bp.get("/me/alliances/")
@signed_in
def my_alliances() -> ResponseReturnValue:
    """The alliances of the shops for which I speak, and those that they may join."""
    who = current_actor().person_id
    mine, shops = memberships_of(reading(), who), shops_of(reading(), who)
    own = alliances_by_ids(reading(), {one.alliance_id for one in mine})
    around = alliances_around(reading(), [shop.place_path for shop in shops])
    rows = [*own.values(), *around]
    return render_template(
        f"{FOLDER}/mine.html", mine=mine, own=own, shops=shops,
        around=[row for row in around if row.id not in own],
        areas=areas_by_ids(reading(), {row.area_id for row in rows}),
    )  # fmt: skip


@bp.route("/me/alliances/<number>/join", methods=["GET", "POST"])
@signed_in
def my_alliance_join(number: str) -> ResponseReturnValue:
    """Join with one of my shops."""
    row, form = alliance_shown(reading(), number), ShopForm()
    form.offer(_may_join(row))

    def act(session: Session) -> str:
        join(session, current_actor(), row.number, form.shop.data or "", now=now())
        return _home(row.number)

    return _ask(form, act, JOINED, row, gettext("Join the alliance"), gettext("Join"))


def _may_join(row: Any) -> list[tuple[str, str]]:
    """My shops of its place that do not belong to it yet. Raises Missing when there are none."""
    me = current_actor().person_id
    inside_of = memberships_of(reading(), me)
    member = {one.premises_id for one in inside_of if one.alliance_id == row.id}
    around = (one for one in shops_of(reading(), me) if one.place_path.startswith(row.place_path))
    found = [(one.number, one.title) for one in around if one.id not in member]
    if not found:
        raise Missing
    return found


def _home(number: str) -> str:
    return url_for("pledges.my_alliance", number=number)


def _ask(
    form: Any, act: Any, thanks: Any, row: Any, heading: str, send: str
) -> ResponseReturnValue:  # fmt: skip
    """A page with one form of a member."""
    return answer(form, f"{FOLDER}/form.html", act, thanks=thanks, desk=False, row=row,
                  heading=heading, send=send)  # fmt: skip


def inside_now(number: str) -> Inside:
    """An alliance to which I belong."""
    return inside(reading(), current_actor(), number, now())


def leading(number: str) -> Inside:
    """An alliance that I lead."""
    found = inside_now(number)
    if not found.leads:
        raise Forbidden
    return found


@bp.get("/me/alliances/<number>")
@signed_in
def my_alliance(number: str) -> ResponseReturnValue:
    """What goes on in it, for its members alone."""
    found = inside_now(number)
    row, asked = found.alliance, help_of(reading(), found.alliance)
    members = {one.id: one for one in members_of(reading(), row)}
    texts = covenants_of(reading(), row)
    return render_template(
        f"{FOLDER}/one.html", found=found, row=row, members=members, asked=asked,
        offers=offers_of(reading(), asked), links=links_of(reading(), row), form=SureForm(),
        notices=notices_of(reading(), row), elections=elections_with_phases(row), texts=texts,
        current=next((one for one in texts if one.published_at), None), link_kinds=LINK_KINDS,
        signed=sign_ons_of(reading(), row), help_states=HELP_STATES, **election_words(),
    )  # fmt: skip


def shops_in(found: Inside) -> list[tuple[str, str]]:
    """My members of it, for a form."""
    return [(one.number, one.title) for one in found.mine]


@bp.route("/me/alliances/<number>/leave", methods=["GET", "POST"])
@signed_in
def my_alliance_leave(number: str) -> ResponseReturnValue:
    """Leave with one of my shops."""
    found, form = inside_now(number), ShopForm()
    form.offer(shops_in(found))

    def act(session: Session) -> str:
        leave(session, current_actor(), number, form.shop.data or "", now=now())
        return url_for("pledges.my_alliances")

    heading = gettext("Leave the alliance")
    return _ask(form, act, LEFT, found.alliance, heading, gettext("Leave"))


@bp.route("/me/alliances/<number>/notice", methods=["GET", "POST"])
@signed_in
def my_alliance_notice(number: str) -> ResponseReturnValue:
    """A notice of the head to the members."""
    found, form = leading(number), NoticeForm()

    def act(session: Session) -> str:
        title, words = form.title.data or "", form.words.data or ""
        post_notice(session, current_actor(), number, title, words, now=now())
        return _home(number)

    return _ask(form, act, SENT, found.alliance, gettext("Notice to the members"), gettext("Send"))


@bp.route("/me/alliances/<number>/messages", methods=["GET", "POST"])
@signed_in
def my_alliance_messages(number: str) -> ResponseReturnValue:
    """Whether I am told of notices by message."""
    found = inside_now(number)
    form = MessagesForm(data={"wanted": any(one.muted_at is None for one in found.mine)})

    def act(session: Session) -> str:
        wanted = bool(form.wanted.data)
        choose_messages(session, current_actor(), number, wanted=wanted, now=now())
        return _home(number)

    heading = gettext("Messages of the alliance")
    return _ask(form, act, SAVED, found.alliance, heading, gettext("Save"))


@bp.route("/me/alliances/<number>/links", methods=["GET", "POST"])
@signed_in
def my_alliance_link(number: str) -> ResponseReturnValue:
    """The head gives the members the link of a group."""
    found, form = leading(number), LinkForm()

    def act(session: Session) -> str:
        label, link = form.label.data or "", form.link.data or ""
        add_link(session, current_actor(), number, form.chosen(), label, link, now=now())
        return _home(number)

    return _ask(form, act, SAVED, found.alliance, gettext("Add a group"), gettext("Add"))


@bp.post("/me/alliances/<number>/<thing>/<item>/end")
@signed_in
def my_alliance_take_down(number: str, thing: str, item: str) -> ResponseReturnValue:
    """The head takes a link or a notice away."""
    found, ends = leading(number), {"links": end_link, "notices": end_notice}
    if thing not in ends:
        raise Missing

    def act(session: Session) -> str:
        ends[thing](session, current_actor(), number, item, now=now())
        return _home(number)

    return _ask(SureForm(), act, SAVED, found.alliance, gettext("Take it away"), gettext("Yes"))


@bp.route("/me/alliances/<number>/term", methods=["GET", "POST"])
@signed_in
def my_alliance_term(number: str) -> ResponseReturnValue:
    """The head resigns."""
    found, form = leading(number), TermForm()
    act = partial(end_the_term, form, found.alliance, _home(number))
    return _ask(form, act, SAVED, found.alliance, gettext("Resign as head"), gettext("Resign"))


@bp.route("/me/alliances/<number>/help", methods=["GET", "POST"])
@signed_in
def my_alliance_ask(number: str) -> ResponseReturnValue:
    """Ask the other members for help."""
    found, form = inside_now(number), HelpForm()
    form.offer(shops_in(found))

    def act(session: Session) -> str:
        shop, words = form.shop.data or "", form.words.data or ""
        ask_help(session, current_actor(), number, shop, words, now=now())
        return _home(number)

    return _ask(form, act, SENT, found.alliance, gettext("Ask for help"), gettext("Ask"))


@bp.route("/me/alliances/help/<number>", methods=["GET", "POST"])
@signed_in
def my_alliance_help(number: str) -> ResponseReturnValue:
    """Answer somebody who asks for help."""
    asked, found = help_inside(reading(), current_actor(), number, now())
    form = HelpOfferForm()

    def act(session: Session) -> str:
        offer_help(session, current_actor(), number, form.words.data or "", now=now())
        return _home(found.alliance.number)

    return answer(
        form, f"{FOLDER}/form.html", act, thanks=SENT, desk=False, row=found.alliance,
        heading=gettext("Offer help"), send=gettext("Offer"), said=asked.words,
    )  # fmt: skip


@bp.post("/me/alliances/help/<number>/done")
@signed_in
def my_alliance_help_done(number: str) -> ResponseReturnValue:
    """It is done."""
    _asked, found = help_inside(reading(), current_actor(), number, now())

    def act(session: Session) -> str:
        close_help(session, current_actor(), number, now=now())
        return _home(found.alliance.number)

    return _ask(SureForm(), act, SAVED, found.alliance, gettext("It is done"), gettext("Yes"))


@bp.route("/me/alliances/<number>/covenant", methods=["GET", "POST"])
@signed_in
def my_alliance_covenant(number: str) -> ResponseReturnValue:
    """Read the covenant, and sign it for one of my shops."""
    found = inside_now(number)
    texts = _published(found)
    form = CovenantSignForm(data={"version": str(texts[0].version)})
    form.offer(shops_in(found))

    def act(session: Session) -> str:
        sign_on(session, current_actor(), number, *form.signature(), now=now())
        return _home(number)

    return answer(
        form, f"{FOLDER}/covenant.html", act, thanks=SIGNED, found=found, row=found.alliance,
        texts=texts, changes=changes_of(texts), signed=sign_ons_of(reading(), found.alliance),
    )  # fmt: skip


def _published(found: Inside) -> list[Any]:
    """The covenant's published versions, the newest first. Raises Missing when there is none."""
    texts = [one for one in covenants_of(reading(), found.alliance) if one.published_at]
    if not texts:
        raise Missing
    return texts


@bp.route("/me/alliances/<number>/covenant/withdraw", methods=["GET", "POST"])
@signed_in
def my_alliance_unsign(number: str) -> ResponseReturnValue:
    """Stand by it no longer."""
    found, form = inside_now(number), ShopForm()
    form.offer(shops_in(found))

    def act(session: Session) -> str:
        withdraw_sign_on(session, current_actor(), number, form.shop.data or "", now=now())
        return _home(number)

    heading = gettext("Withdraw the signature")
    return _ask(form, act, SAVED, found.alliance, heading, gettext("Withdraw it"))


@bp.route("/me/alliances/<number>/covenant/draft", methods=["GET", "POST"])
@signed_in
def my_alliance_draft(number: str) -> ResponseReturnValue:
    """The head writes the next version."""
    found = leading(number)
    texts = covenants_of(reading(), found.alliance)
    typed = (
        {f"text_{code.lower()}": words for code, words in texts[0].texts.items()} if texts else {}
    )
    form = CovenantForm(data=typed)

    def act(session: Session) -> str:
        draft_covenant(session, current_actor(), number, form.texts(), now=now())
        return _home(number)

    heading = gettext("Draft of the covenant")
    return _ask(form, act, SAVED, found.alliance, heading, gettext("Save the draft"))


@bp.post("/me/alliances/<number>/covenant/publish")
@signed_in
def my_alliance_publish(number: str) -> ResponseReturnValue:
    """Publish the draft; after this it never changes."""
    found = leading(number)

    def act(session: Session) -> str:
        publish_covenant(session, current_actor(), number, now=now())
        return _home(number)

    heading = gettext("Publish the covenant")
    return _ask(SureForm(), act, SAVED, found.alliance, heading, gettext("Publish"))
