"""Elections of an alliance for its members: standing, voting once, the result to count again."""

from functools import partial
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from pledges.forms.alliances import CallForm, ProposeForm, VoteForm
from pledges.forms.breaches import SureForm
from pledges.queries.alliances import members_of
from pledges.queries.elections import CandidateRow, ElectionRow, ballots_of, candidates_of, voted
from pledges.rules.elections import ElectionKind, Phase, phase
from pledges.service.alliances import Inside
from pledges.service.elections import agree, election_inside, propose, recount, vote, withdraw
from pledges.views.alliances import (
    CALLED,
    FOLDER,
    POLL_DAYS,
    SAVED,
    TERM_DAYS,
    call,
    election_words,
)
from pledges.views.blueprint import bp
from pledges.views.my_alliances import inside_now
from portal.accounts.access import current_actor, signed_in
from portal.kernel.clock import now
from portal.kernel.errors import Missing
from portal.kernel.i18n import gettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.pages import answer
from portal.kernel.web import Session, reading

VOTED = _l("Your vote is in. Nobody can see how you voted.")
NOBODY = _l("nobody")
KEEP, RECALL = _l("The head goes on"), _l("The head is recalled")


@bp.route("/me/alliances/<number>/election", methods=["GET", "POST"])
@signed_in
def my_alliance_call(number: str) -> ResponseReturnValue:
    """Call an election, or a vote on recalling the head."""
    found = inside_now(number)
    form = CallForm(data={"poll_days": POLL_DAYS, "term_days": TERM_DAYS})
    back = url_for("pledges.my_alliance", number=found.alliance.number)
    act = partial(call, form, found.alliance, back)
    return answer(form, f"{FOLDER}/form.html", act, thanks=CALLED, desk=False, row=found.alliance,
                  heading=gettext("Call an election"), send=gettext("Call it"))  # fmt: skip


@bp.route("/me/alliances/elections/<number>", methods=["GET", "POST"])
@signed_in
def my_election(number: str) -> ResponseReturnValue:
    """Where it stands, who stands, and my vote."""
    row, found = election_inside(reading(), current_actor(), number, now())
    form, candidates = VoteForm(), candidates_of(reading(), row)
    told = _about(row, found, candidates)
    form.offer((one.number, one.title) for one in told["may_vote"])
    form.candidates(told["choices"])

    def act(session: Session) -> str:
        choice = {"none": ""}.get(form.choice.data, form.choice.data)
        vote(session, current_actor(), number, form.shop.data or "", choice, now=now())
        return url_for("pledges.my_election", number=number)

    return answer(form, f"{FOLDER}/election.html", act, thanks=VOTED, **told)


def _about(row: ElectionRow, found: Inside, candidates: list[CandidateRow]) -> dict[str, Any]:
    members = {one.id: one for one in members_of(reading(), found.alliance)}
    known = {one.number: members[one.member_id] for one in candidates if one.member_id in members}
    standing = [one for one in candidates if one.agreed_at and one.withdrawn_at is None]
    said = voted(reading(), row, [one.id for one in found.mine])
    at = phase(row.polls_at, row.closes_at, row.closed_at, now())
    propose_form = ProposeForm(formdata=None)
    taken = {one.member_id for one in candidates}
    propose_form.offer(
        (one.number, one.title) for one in members.values()
        if one.id not in taken and one.joined_at <= row.called_at
    )  # fmt: skip
    counted = [one.number for one in candidates if one.votes is not None]
    over = at is Phase.OVER and row.digest is not None
    return {
        "row": found.alliance, "election": row, "at": at, "candidates": candidates,
        "known": known, "mine": {one.id for one in found.mine}, "voted": said,
        "may_vote": [one for one in found.mine
                     if one.id not in said and one.joined_at <= row.called_at],
        "choices": _choices(row, standing, known), "propose_form": propose_form,
        "sure": SureForm(formdata=None), "names": _choice_names(row, known),
        "ballots": ballots_of(reading(), row) if over else [],
        "again": recount(reading(), row, counted) if over else None, **election_words(),
    }  # fmt: skip


def _choices(
    row: ElectionRow, standing: list[CandidateRow], known: dict[str, Any]
) -> list[tuple[str, Any]]:
    if row.kind is ElectionKind.RECALL:
        return [*((one.number, KEEP) for one in standing), ("none", RECALL)]
    return [*((one.number, known[one.number].title) for one in standing if one.number in known),
            ("none", NOBODY)]  # fmt: skip


def _choice_names(row: ElectionRow, known: dict[str, Any]) -> dict[str, Any]:
    """What a counted vote says."""
    if row.kind is ElectionKind.RECALL:
        return {**dict.fromkeys(known, KEEP), "": RECALL}
    return {**{number: one.title for number, one in known.items()}, "": NOBODY}


def _act(how: Any, number: str, item: str, session: Session) -> str:
    how(session, current_actor(), number, item, now=now())
    return url_for("pledges.my_election", number=number)


@bp.post("/me/alliances/elections/<number>/propose")
@signed_in
def my_election_propose(number: str) -> ResponseReturnValue:
    """Propose a member, or stand oneself."""
    row, found = election_inside(reading(), current_actor(), number, now())
    form = ProposeForm()
    form.offer((one.number, one.title) for one in members_of(reading(), found.alliance))

    def act(session: Session) -> str:
        return _act(propose, row.number, form.shop.data or "", session)

    heading, send = gettext("Propose a candidate"), gettext("Propose this shop")
    return answer(form, f"{FOLDER}/form.html", act, thanks=SAVED, desk=False, row=found.alliance,
                  heading=heading, send=send)  # fmt: skip


@bp.post("/me/alliances/elections/<number>/<candidate>/<step>")
@signed_in
def my_election_step(number: str, candidate: str, step: str) -> ResponseReturnValue:
    """Agree to stand, or stand no longer."""
    _row, found = election_inside(reading(), current_actor(), number, now())
    steps = {"agree": agree, "withdraw": withdraw}
    if step not in steps:
        raise Missing
    act = partial(_act, steps[step], number, candidate)
    return answer(SureForm(), f"{FOLDER}/form.html", act, thanks=SAVED, desk=False,
                  row=found.alliance, heading=gettext("Stand in the election"),
                  send=gettext("Yes"))  # fmt: skip
