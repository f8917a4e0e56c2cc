"""The second step of staff: set up once, given in each session, no code used twice."""

import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import service
from portal.accounts.models import LoginSession, Person, RecoveryCode, SecondFactor
from portal.accounts.queries import actor_for
from portal.accounts.rules import Actor, Permission, Refusal, Way
from portal.accounts.service import Browser as WebBrowser
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from tests.make.accounts import actor, person, sign_in_as, staff
from tests.make.areas import small_tree
from tests.pages import Browser

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def desk(session: Session) -> Person:
    return staff(session, "street_desk", area=small_tree(session)["370283001"])


def in_session(session: Session, somebody: Person, key: str) -> Actor:
    """An actor signed in with a session of her own that lacks the second step."""
    web = WebBrowser(key=key, address="", form_key=key)
    welcome = service.begin_session(session, somebody, Way.CODE, web, now=NOW)
    found = actor_for(session, somebody.id, NOW)
    return Actor(found.person_id, roles=found.roles, session_id=welcome.session_id)


def enrolled(session: Session, somebody: Person, at: datetime) -> tuple[pyotp.TOTP, list[str]]:
    """The authenticator and recovery codes of somebody who has set the step up."""
    actor = in_session(session, somebody, f"enrolment {somebody.number}")
    service.begin_enrolment(session, actor, now=at)
    session.flush()
    address = service.enrolment_address(session, actor)
    assert address is not None
    totp = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])
    return totp, service.confirm_enrolment(session, actor, totp.at(at), now=at)


def test_staff_permissions_wait_for_the_second_step(app: Flask, database: Database) -> None:
    with database.write() as session:
        somebody = desk(session)
    visitor = Browser(app)
    sign_in_as(visitor, somebody, second_factor=False)
    assert visitor.get("/desk/cards").path == "/me/second-step"
    sign_in_as(visitor, somebody)
    assert visitor.get("/desk/cards").path == "/desk/cards"


def test_a_staff_member_sets_the_step_up_and_gives_it_next_time(
    app: Flask, database: Database
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        with database.write() as session:
            somebody = desk(session)
        visitor = Browser(app)
        sign_in_as(visitor, somebody, second_factor=False)
        page = visitor.get("/sign-in/second-step?next=/desk/cards")
        page = page.form().send()
        assert page.path == "/me/second-step/scan"
        assert page.soup.select(".qr svg path")
        secret = parse_qs(urlsplit(page.soup.select("code")[0].text).query)["secret"][0]
        totp = pyotp.TOTP(secret)
        page.form().fill(code="000000").send(status=422)
        page = page.form().fill(code=totp.now()).send(status=200)
        codes = [tag.text for tag in page.soup.select(".codes code")]
        assert len(codes) == 8
        assert visitor.get("/desk/cards").path == "/desk/cards"
        # shown once: the secret and the codes are nowhere afterwards
        assert secret not in visitor.get("/me/second-step/scan").html
        clock.shift(timedelta(minutes=1))
        other = Browser(app)
        sign_in_as(other, somebody, second_factor=False)
        page = other.get("/desk/cards")
        assert page.path == "/sign-in/second-step"
        page.form().fill(code=totp.now()).send(status=200)
        assert other.get("/desk/cards").path == "/desk/cards"
        third = Browser(app)
        sign_in_as(third, somebody, second_factor=False)
        page = third.get("/desk/cards")
        page.form().fill(code=codes[0].lower()).send(status=200)
        assert third.get("/desk/cards").path == "/desk/cards"


def test_the_step_counts_for_half_a_day(app: Flask, database: Database) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        with database.write() as session:
            somebody = desk(session)
        visitor = Browser(app)
        sign_in_as(visitor, somebody)
        clock.shift(timedelta(hours=11))
        assert visitor.get("/desk/cards").path == "/desk/cards"
        clock.shift(timedelta(hours=2))
        assert visitor.get("/desk/cards").path == "/me/second-step"


def test_a_code_that_was_used_is_refused(database: Database) -> None:
    with database.write() as session:
        somebody = desk(session)
        totp, _ = enrolled(session, somebody, NOW)
        actors = [in_session(session, somebody, key) for key in ("one", "two")]
    later = NOW + timedelta(minutes=5)
    with database.write() as session:
        service.give_second_factor(session, actors[0], totp.at(later), now=later)
    with pytest.raises(Refused) as caught, database.write() as session:
        service.give_second_factor(session, actors[1], totp.at(later), now=later)
    assert caught.value.code is Refusal.FACTOR_USED
    # nor does the one before, now that a later one was seen
    before = totp.at(later - timedelta(seconds=30))
    with pytest.raises(Refused) as caught, database.write() as session:
        service.give_second_factor(session, actors[1], before, now=later)
    assert caught.value.code is Refusal.FACTOR_USED


def test_the_code_of_the_set_up_does_not_work_again(database: Database) -> None:
    with database.write() as session:
        somebody = desk(session)
        totp, _ = enrolled(session, somebody, NOW)
        actor = in_session(session, somebody, "one")
    with pytest.raises(Refused) as caught, database.write() as session:
        service.give_second_factor(session, actor, totp.at(NOW), now=NOW)
    assert caught.value.code is Refusal.FACTOR_USED


@pytest.mark.parametrize("recovery", [False, True])
def test_one_code_in_racing_sessions_works_once(database: Database, *, recovery: bool) -> None:
    later = NOW + timedelta(minutes=5)
    with database.write() as session:
        somebody = desk(session)
        totp, codes = enrolled(session, somebody, NOW)
        actors = [in_session(session, somebody, str(key)) for key in range(4)]
    code = codes[0] if recovery else totp.at(later)
    gate, won, refused = threading.Barrier(4), [], []

    def run(actor: Actor) -> None:
        gate.wait()
        try:
            with database.write() as session:
                service.give_second_factor(session, actor, code, now=later)
            won.append(actor.session_id)
        except Refused as refusal:
            refused.append(refusal.code)

    threads = [threading.Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(refused) == 3
    with database.read() as session:
        given = select(LoginSession.id).where(LoginSession.second_factor_at == later)
        assert session.scalars(given).all() == won


def test_guessing_the_code_is_stopped_after_five_tries(database: Database) -> None:
    with database.write() as session:
        somebody = desk(session)
        totp, _ = enrolled(session, somebody, NOW)
        actor = in_session(session, somebody, "one")
    later = NOW + timedelta(minutes=10)
    codes = []
    for guess in range(6):
        wrong = f"{(int(totp.at(later)) + 7 + guess) % 10**6:06d}"
        with pytest.raises(Refused) as caught, database.write() as session:
            service.give_second_factor(session, actor, wrong, now=later)
        codes.append(caught.value.code)
    assert codes == [Refusal.WRONG_FACTOR] * 5 + [Refusal.TRY_IN_MINUTES]


def test_a_thief_of_the_browser_cannot_replace_the_step(database: Database) -> None:
    with database.write() as session:
        somebody = desk(session)
        enrolled(session, somebody, NOW)
        thief = in_session(session, somebody, "stolen")
    with pytest.raises(Refused) as caught, database.write() as session:
        service.begin_enrolment(session, thief, now=NOW)
    assert caught.value.code is Refusal.FACTOR_SET


def test_secret_and_recovery_codes_are_not_readable_in_the_tables(database: Database) -> None:
    with database.write() as session:
        totp, codes = enrolled(session, desk(session), NOW)
    with database.read() as session:
        row = session.scalars(select(SecondFactor)).one()
        assert totp.secret not in row.sealed_secret
        assert instance_of(session).vault.unseal(row.sealed_secret) == totp.secret
        kept = set(session.scalars(select(RecoveryCode.code_hash)))
        assert not kept & set(codes)


def test_an_administrator_takes_a_lost_step_away_but_not_the_own_one(
    app: Flask, database: Database
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        somebody = staff(session, "street_desk", area=tree["370283001"])
        city = staff(session, "administrator", area=tree["370283"])
        enrolled(session, somebody, NOW)
        enrolled(session, city, NOW)
    visitor, lost = Browser(app), Browser(app)
    sign_in_as(visitor, city)
    sign_in_as(lost, somebody)
    page = visitor.get(f"/admin/people/{somebody.number}")
    page.form("second-step").send(status=200)
    assert lost.get("/me").path == "/sign-in"
    own = visitor.get(f"/admin/people/{city.number}")
    own.form("second-step").send(status=422)
    with database.read() as session:
        assert session.scalars(select(SecondFactor.person_id)).all() == [city.id]
        assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 8


def test_an_administrator_of_one_street_takes_no_step_away(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        somebody = staff(session, "street_desk", area=tree["370283002"])
        street = actor(session, staff(session, "administrator", area=tree["370283001"]))
        enrolled(session, somebody, NOW)
    with pytest.raises(Refused) as caught, database.write() as session:
        service.reset_second_factor(session, street, somebody.number, now=NOW)
    assert caught.value.code is Refusal.NOT_YOUR_PLACE


def test_residents_need_no_second_step(database: Database) -> None:
    with database.write() as session:
        somebody = person(session)
        web = WebBrowser(key="k", address="", form_key="k")
        welcome = service.begin_session(session, somebody, Way.CODE, web, now=NOW)
        assert not welcome.second_step
        staff_member = desk(session)
        web = WebBrowser(key="l", address="", form_key="l")
        welcome = service.begin_session(session, staff_member, Way.CODE, web, now=NOW)
        assert welcome.second_step
        assert not actor_for(session, staff_member.id, NOW).may(Permission.DESK_OPEN)
