"""Publishing a version of a rule: typed, looked at beside the one before, then published."""

from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from credit.forms.rulebook import RuleForm, typed
from credit.labels.rulebook import rule_words
from credit.queries.rulebook import versions_of
from credit.rules.rulebook import Rule
from credit.service.rulebook import check_rule, publish_rule
from credit.views.blueprint import bp
from credit.views.rulebook import asked_district, by_class, compared, is_lively, standings
from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_codes
from portal.kernel.clock import city_day, now
from portal.kernel.errors import Missing, Refused
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, instance, reading

DONE = _l("Published. It counts from its day, once it is sealed: usually within a minute.")
EDIT = ["GET", "POST"]


def _district() -> str:
    """The district whose rules are to be changed. Raises Missing where she may not."""
    areas = areas_by_codes(reading(), instance().city.roots)
    actor = current_actor()
    mine = tuple(
        code
        for code, area in areas.items()
        if actor.may(Permission.RULE_PUBLISH, place_path=area.path)
    )
    return asked_district(mine)


@bp.get("/admin/rules/")
@requires(Permission.RULE_PUBLISH)
def admin_rules() -> ResponseReturnValue:
    """The rules that can be changed."""
    district = _district()
    rows = standings(district)
    return render_template(
        "credit/rulebook/admin.html", sections=by_class(rows),
        ended=[one for one in rows if not is_lively(one)], district=district, words=rule_words,
    )  # fmt: skip


@bp.route("/admin/rules/new", methods=EDIT)
@requires(Permission.RULE_PUBLISH)
def new_rule() -> ResponseReturnValue:
    """A rule that was not there."""
    today = city_day(now(), instance().city.zone)
    return _conversation(RuleForm(data={"version": "0", "valid_from": today}), _district(), None)


@bp.route("/admin/rules/<code>", methods=EDIT)
@requires(Permission.RULE_PUBLISH)
def revise_rule(code: str) -> ResponseReturnValue:
    """The next version of a rule; points 0 end it."""
    district = _district()
    rules = versions_of(reading(), district, code)
    if not rules:
        raise Missing
    newest, zone = rules[-1], instance().city.zone
    day = max(city_day(now(), zone), city_day(newest.valid_from, zone))
    form = RuleForm(data=typed(newest, day))
    form.code.data, form.fact.data = newest.code, newest.fact
    return _conversation(form, district, newest)


def _conversation(form: RuleForm, district: str, old: Rule | None) -> ResponseReturnValue:
    """First the differences, then the publishing; what is wrong is told before both."""
    context = {"old": old, "district": district}
    if form.is_submitted() and form.confirmed.data != "yes" and form.validate():
        moment = now()
        wish = form.rule(instance().city.zone, moment)
        try:
            check_rule(reading(), district, wish, now=moment)
        except Refused as refused:
            form.refuse(refused)
            return render_template("credit/rulebook/edit.html", form=form, **context), 422
        fields = compared(old, wish)
        return render_template(
            "credit/rulebook/preview.html", form=form, fields=fields, wish=wish, **context
        )
    return answer(
        form, "credit/rulebook/edit.html", partial(_publish, form, district), thanks=DONE, **context
    )


def _publish(form: RuleForm, district: str, session: Session) -> str:
    moment = now()
    wish = form.rule(instance().city.zone, moment)
    rule = publish_rule(
        session, district, wish, actor_id=current_actor().person_id, now=moment
    )  # fmt: skip
    return url_for("credit.rule", code=rule.code, district=district)
