"""One's own page: what is kept, correcting it, sessions, who looked."""

from functools import partial

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.access import current_actor, signed_in
from portal.accounts.forms import CodeForm, DetailsForm, NewPasswordForm, PhoneForm, PlainForm
from portal.accounts.queries import looks_at, my_sessions, own_details, pending_phone
from portal.accounts.rules import Permission
from portal.accounts.service.news import own_news
from portal.accounts.views.blueprint import bp
from portal.accounts.views.browser import this_browser
from portal.accounts.views.paging import cursor, page
from portal.kernel.clock import now
from portal.kernel.i18n import NAMES
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading
from portal.kernel.words import say

SAVED = _l("Saved.")
# pages of the floors above, shown when this installation has them
LINKS = (
    ("reports.desk", _l("Desk"), Permission.REPORT_READ),
    ("reports.my_reports", _l("My reports"), None),
    ("reports.following", _l("What I follow"), None),
    ("volunteers.mine", _l("My shifts"), None),
    ("volunteers.my_hours", _l("My time of service"), None),
    ("adoption.my_adoptions", _l("What I adopted"), None),
    ("pledges.my_pledges", _l("Pledges of my shop"), None),
    ("pledges.my_breaches", _l("Notices to my shop"), None),
    ("pledges.my_alliances", _l("Alliances of my shop"), None),
    ("pledges.my_parking", _l("Parking that my unit offers"), None),
    ("pledges.my_replies", _l("What I say for my shop"), None),
    ("conventions.my_votes", _l("My votes"), None),
    ("conventions.my_wishes", _l("My wishes for conventions"), None),
    ("conventions.my_comments", _l("What I said to conventions"), None),
    ("publicity.my_questions", _l("My questions to units"), None),
    ("conventions.my_opinions", _l("My opinions"), None),
    ("conventions.my_signatures", _l("Conventions that I signed"), None),
    ("conventions.my_building", _l("My building"), Permission.REPORT_SETTLE),
    ("conventions.my_asked", _l("What I asked of heads"), None),
    ("conventions.my_offices", _l("My offices in the community"), None),
    ("conventions.my_issues", _l("Issues that I raised"), None),
    ("credit.my_honours", _l("My commendations"), None),
    ("publicity.my_articles", _l("Articles about me"), None),
    ("credit.learn", _l("Learn and try"), None),
    ("credit.desk_honours", _l("Nominations of role models"), Permission.HONOUR_PROPOSE),
    ("credit.desk_honours", _l("Role models to decide"), Permission.HONOUR_DECIDE),
    ("credit.desk_corrections", _l("Requests for a correction"), Permission.CORRECTION_ANSWER),
    ("credit.desk_corrections", _l("Corrections to confirm"), Permission.RULE_PUBLISH),
    ("credit.desk_quizzes", _l("Things to learn"), Permission.QUIZ_MANAGE),
    ("credit.benefits", _l("What points are good for"), None),
    ("credit.ledger", _l("My points and records"), None),
    ("volunteers.desk", _l("Voluntary service"), Permission.SHIFT_MANAGE),
    ("volunteers.desk_qualifications", _l("Qualifications to check"), Permission.VOLUNTEER_CHECK),
    ("accounts.cards", _l("Printed cards"), Permission.CARD_ISSUE),
    ("accounts.desk_age", _l("Confirm an age group"), Permission.AGE_CONFIRM),
    ("credit.desk_benefits", _l("Benefits at the desk"), Permission.BENEFIT_MANAGE),
    ("credit.hand_out", _l("Hand out a benefit"), Permission.BENEFIT_HAND_OUT),
    ("adoption.desk", _l("Adoption at the desk"), Permission.ADOPTION_MANAGE),
    ("pledges.desk_inspections", _l("Inspections of frontages"), Permission.PLEDGE_INSPECT),
    ("conventions.desk_conventions", _l("Conventions"), Permission.CONVENTION_MANAGE),
    ("assessment.desk", _l("Assessment at the desk"), Permission.DESK_OPEN),
    ("conventions.desk_meetings", _l("Meetings"), Permission.COMMUNITY_MANAGE),
    ("conventions.desk_tasks", _l("Tasks"), Permission.DESK_OPEN),
    ("conventions.desk_askings", _l("Questions to everybody"), Permission.CONSULTATION_OPEN),
    ("conventions.desk_communities", _l("Communities"), Permission.COMMUNITY_MANAGE),
    ("conventions.desk_owners", _l("Owners’ committees"), Permission.OWNERS_FILE),
    ("satisfaction.my_surveys", _l("Surveys that may ask me"), None),
    ("satisfaction.desk_surveys", _l("Surveys"), Permission.SURVEY_MANAGE),
    ("publicity.desk_questions", _l("Questions to look at"), Permission.QUESTION_MODERATE),
    ("publicity.desk_answers", _l("Questions to my unit"), Permission.QUESTION_ANSWER),
    ("publicity.desk_highlights", _l("Highlights of the pilot"), Permission.ARTICLE_WRITE),
    ("publicity.desk_disclosure", _l("Disclosure at the desk"), Permission.DISCLOSURE_WRITE),
    ("supervision.supervision", _l("Supervision"), Permission.SUPERVISION_READ),
    ("site.admin", _l("Administration"), Permission.DESK_OPEN),
    ("accounts.people", _l("People and roles"), Permission.PEOPLE_MANAGE),
    ("accounts.audit", _l("Audit"), Permission.AUDIT_READ),
)


# whoever works here begins with her work: an endpoint of a floor above, if there is one
WORK, WORKERS = "reports.desk", Permission.REPORT_READ


@bp.get("/me/start")
@signed_in
def start() -> ResponseReturnValue:
    """Where a sign-in leads when no page was asked for."""
    works = WORK in current_app.view_functions and current_actor().may(WORKERS)
    return redirect(url_for(WORK if works else "accounts.me"), 303)


@bp.get("/me")
@signed_in
def me() -> ResponseReturnValue:
    """What I can do here, and what is kept about me."""
    who = current_actor().person_id
    details, news = own_details(reading(), who, now()), own_news(reading(), who, now())
    return render_template(
        "accounts/me.html", me=details, form=PlainForm(), links=LINKS, language_names=NAMES,
        news=news, say=say,
    )  # fmt: skip


@bp.route("/me/details", methods=["GET", "POST"])
@signed_in
def my_details() -> ResponseReturnValue:
    """Correct name and language."""
    details = own_details(reading(), current_actor().person_id, now())
    form = DetailsForm(data={"name": details.display_name, "language": details.language})
    return answer(form, "accounts/details.html", partial(_correct, form), thanks=SAVED)


def _correct(form: DetailsForm, session: Session) -> str:
    service.correct_person(
        session, current_actor(), name=form.name.data or "", language=form.language.data
    )
    return url_for("accounts.me")


@bp.route("/me/phone", methods=["GET", "POST"])
@signed_in
def my_phone() -> ResponseReturnValue:
    """Send a code to a new number."""
    form = PhoneForm()
    return answer(form, "accounts/phone.html", partial(_send_code, form))


def _send_code(form: PhoneForm, session: Session) -> str:
    who = current_actor().person_id
    service.send_code(session, form.phone.data, this_browser(form), now=now(), person_id=who)
    return url_for("accounts.my_phone_code")


@bp.route("/me/phone/code", methods=["GET", "POST"])
@signed_in
def my_phone_code() -> ResponseReturnValue:
    """The code proves the new number."""
    form = CodeForm()
    browser = str(session.get("browser", ""))
    phone = pending_phone(reading(), browser, current_actor().person_id)
    act = partial(_change_phone, form)
    return answer(form, "accounts/phone_code.html", act, thanks=SAVED, phone=phone)


def _change_phone(form: CodeForm, session: Session) -> str:
    service.change_phone(session, current_actor(), form.code.data, this_browser(form), now=now())
    return url_for("accounts.me")


@bp.route("/me/password", methods=["GET", "POST"])
@signed_in
def my_password() -> ResponseReturnValue:
    """Set or change the password."""
    form = NewPasswordForm()
    details = own_details(reading(), current_actor().person_id, now())
    act = partial(_set_password, form)
    return answer(form, "accounts/new_password.html", act, thanks=SAVED, me=details)


def _set_password(form: NewPasswordForm, session: Session) -> str:
    service.set_password(
        session, current_actor(), current=form.current.data, password=form.password.data, now=now()
    )
    return url_for("accounts.me")


@bp.get("/me/sessions")
@signed_in
def sessions() -> ResponseReturnValue:
    """Where I am signed in."""
    rows = my_sessions(reading(), current_actor().person_id, now())
    return render_template("accounts/sessions.html", rows=rows, form=PlainForm(), say=say)


@bp.post("/me/sessions/<number>/end")
@signed_in
def end_session(number: str) -> ResponseReturnValue:
    """End one of my sessions."""
    return answer(PlainForm(), "accounts/sign_out.html", partial(_end_session, number))


def _end_session(number: str, session: Session) -> str:
    service.end_session(session, current_actor(), number, now=now())
    return url_for("accounts.sessions")


@bp.post("/me/sessions/end-others")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """End all my sessions but this one."""
    return answer(PlainForm(), "accounts/sign_out.html", _end_others)


def _end_others(session: Session) -> str:
    service.end_other_sessions(session, current_actor(), now=now())
    return url_for("accounts.sessions")


@bp.get("/me/looks")
@signed_in
def looks() -> ResponseReturnValue:
    """Who looked at my data or changed my roles, and why."""
    rows = looks_at(reading(), current_actor().person_id, cursor(request.args.get("before")))
    shown, following = page(rows)
    return render_template("accounts/looks.html", rows=shown, following=following)
