"""Another SECRET_KEY: what was sealed opens, what was printed stays good, a kill does no harm."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from credit.models import Entry, GuardOutcome
from credit.queries.own import records_of
from credit.queries.routes import open_route
from credit.rules.guard import OUTCOME, ProtectedAct, Route
from credit.service.accounts import give_consent
from credit.service.facts import Holder, record_fact
from credit.service.guard import judge, mark_protected_act
from credit.service.posting import Posted
from credit.service.retaliation import record_outcome
from credit.service.rulebook import publish_rule
from credit.service.sealing import seal
from portal.accounts.models import LoginSession, Person
from portal.accounts.queries.people import person_by_phone
from portal.accounts.service.privacy import erasure_hash
from portal.kernel import rotation
from portal.kernel.carried import CarriedKey, WrongKey, carried_keys
from portal.kernel.clock import now
from portal.kernel.db import Base
from portal.kernel.ids import new_id
from portal.kernel.rotation import CannotOpen, sealed_tables
from portal.kernel.vault import CARRIED, RENEWED, Vault
from portal.reports.models import CaseReporter, Follower, ImportRun
from portal.reports.rules.receipts import lookup_hash
from portal.reports.service.following.asking import secret_of
from portal.site import rotate
from portal.site.rotate import CURRENT, LOOKUPS, SEALED_FILES, rotate_secret
from portal.site.unfinished import NEXT_KEY, Unfinished, refuse_unfinished
from tests.credit.rulebook import shift_rule
from tests.credit.test_facts import DAY
from tests.keeping.conftest import MAIL, PHONE, ROW, House, anew, hashed, house_at
from tests.make.accounts import sign_in_as
from tests.make.credit import DISTRICT, NOW, adult


def change(house: House) -> House:
    rotate_secret(house.database, house.instance, now=now())
    return anew(house)


def sealed_values(house: House) -> list[str]:
    with house.database.read() as session:
        found = [
            value
            for table, names in sealed_tables()
            for row in session.execute(select(*(table.c[name] for name in names)))
            for value in row
            if value is not None
        ]
        files = session.scalars(select(ImportRun.blob_key))
        return found + [house.instance.blobs.open(key).decode() for key in files if key]


def check(house: House, old: Vault) -> None:
    """Everything opens with the new key alone, and is found by it."""
    values = sealed_values(house)
    assert len(values) > 8
    for value in values:
        house.instance.vault.unseal(value)
        with pytest.raises(ValueError, match="another SECRET_KEY"):
            old.unseal(value)
    vault = house.instance.vault
    with house.database.read() as session:
        assert person_by_phone(session, PHONE) is not None
        reporter = session.scalars(
            select(CaseReporter).where(CaseReporter.phone_hash == hashed(vault, "+8613800001202"))
        ).one()
        assert reporter.sealed_name is not None
        assert vault.unseal(reporter.sealed_name) == "李秀英"
        follower = session.scalars(select(Follower)).one()
        assert follower.to_hash == vault.keyed_hash("mail", MAIL.casefold())
    assert not (house.folder / NEXT_KEY).exists()


def test_everything_opens_and_is_found_with_the_new_key_alone(kept: House) -> None:
    old = kept.instance.vault
    rotated = rotate_secret(kept.database, kept.instance, now=now())
    assert rotated.sealed == len(sealed_values(kept))
    there = anew(kept)
    check(there, old)
    # what was made before today needs the old key
    assert rotated.kept is not None
    assert rotated.kept.read_text().strip() == kept.instance.config.secret_key
    assert {oct(p.stat().st_mode)[-3:] for p in kept.folder.glob("secret_key*")} == {"600"}
    with there.database.read() as session:
        her = person_by_phone(session, PHONE)
        assert her is not None
        details = [row for row in records_of(session, her.id) if row.get("details")]
    assert details
    there.database.dispose()


def test_what_was_printed_sealed_or_forgotten_keeps_its_key(kept: House) -> None:
    first = kept.instance.vault
    before = {purpose: first.derive(purpose) for purpose in CARRIED}
    renewed = {purpose: first.derive(purpose) for purpose in RENEWED}
    with kept.database.read() as session:
        erased = erasure_hash(session, ROW)
    between = change(kept)
    there = change(between)
    between.database.dispose()
    vault = there.instance.vault
    assert {purpose: vault.derive(purpose) for purpose in CARRIED} == before
    assert not any(vault.derive(purpose) == key for purpose, key in renewed.items())
    assert lookup_hash(vault, "7K3M9QX2HD", "ABCD2345") == lookup_hash(
        first, "7K3M9QX2HD", "ABCD2345"
    )
    assert secret_of(vault, "stop", ROW) == secret_of(first, "stop", ROW)
    with there.database.read() as session:
        assert erasure_hash(session, ROW) == erased
        assert set(session.scalars(select(CarriedKey.key_id))) == {vault.key_id}
    there.database.dispose()


def test_a_fact_told_before_earns_nothing_again(kept: House) -> None:
    def tell(house: House, source: str = "shift:77") -> object:
        with house.database.write() as session:
            return record_fact(
                session,
                district=DISTRICT,
                fact="shift_done",
                source=source,
                holder=holder,
                happened_at=NOW + DAY,
                now=NOW + 2 * DAY,
            )

    with kept.database.write() as session:
        publish_rule(session, DISTRICT, shift_rule(NOW), actor_id=None, now=NOW)
        who = adult(session)
        give_consent(session, DISTRICT, who.id, now=NOW)
        holder = Holder.person(who.id)
    seal(kept.database, NOW)
    first = tell(kept)
    assert isinstance(first, Posted)
    there = change(kept)
    again = tell(there)
    assert isinstance(again, Posted)
    assert again.entry.id == first.entry.id
    with there.database.read() as session:
        awards = select(func.count()).select_from(Entry).where(Entry.rule == "shift@1")
        count = session.scalar(awards)
    # the demo's other awards bear another source
    tell(there, "shift:78")
    with there.database.read() as session:
        assert session.scalar(awards) == (count or 0) + 1
    there.database.dispose()


def test_N1_a_protected_act_still_protects_after_the_keys_changed(kept: House) -> None:
    def route(house: House) -> Route:
        with house.database.read() as session:
            return judge(
                session,
                district=DISTRICT,
                subject_person_id=her.id,
                proposer_id=UUID(int=8),
                unit_id=None,
                sources=["case:1"],
                at=now(),
            )

    with kept.database.write() as session:
        found = person_by_phone(session, PHONE)
        assert found is not None
        her = found
        # filed by telephone only: what leads to her is the hash of her number
        mark_protected_act(
            session,
            district=DISTRICT,
            person_id=None,
            phone=PHONE,
            act=ProtectedAct.REPORT,
            source="case:1",
            at=now(),
        )
    before = route(kept)
    assert before is not Route.ORDINARY
    there = change(kept)
    assert route(there) is before
    there.database.dispose()


@pytest.mark.parametrize("step", range(0, 14, 2))
def test_whoever_was_killed_goes_on(
    kept: House, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    old = kept.instance.vault
    monkeypatch.setattr(rotation, "BATCH", 1)
    left = iter(range(step))

    def dies(_words: str) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_secret(kept.database, kept.instance, now=now(), say=dies)
    with pytest.raises(Unfinished, match="gongzhi keys rotate"):
        refuse_unfinished(kept.folder)
    # a process of its own: nothing is remembered but what lies on the disk
    again = anew(kept)
    rotate_secret(again.database, again.instance, now=now())
    again.database.dispose()
    there = anew(kept)
    check(there, old)
    there.database.dispose()


@pytest.mark.parametrize("name", ["_put_in_place", "drop_others", "end_every_session"])
def test_whoever_was_killed_at_the_end_goes_on(
    kept: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    old = kept.instance.vault

    def dies(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rotate, name, dies)
        with pytest.raises(KeyboardInterrupt):
            rotate_secret(kept.database, kept.instance, now=now())
    again = anew(kept)
    if (kept.folder / NEXT_KEY).exists():
        rotate_secret(again.database, again.instance, now=now())
    again.database.dispose()
    there = anew(kept)
    check(there, old)
    there.database.dispose()


def test_everybody_signs_in_again(kept: House, app: Flask) -> None:
    with kept.database.read() as session:
        her = session.scalars(select(Person).where(Person.sealed_phone.is_not(None))).first()
    assert her is not None
    client = app.test_client()
    sign_in_as(client, her)
    assert client.get("/me").status_code == 200
    change(kept).database.dispose()
    assert client.get("/me").status_code == 303
    with kept.database.read() as session:
        still = select(func.count()).select_from(LoginSession)
        assert session.scalar(still.where(LoginSession.ended_at.is_(None))) == 0


def test_a_key_of_the_environment_is_changed_there_by_hand(
    kept: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = kept.instance.config.secret_key
    monkeypatch.setenv("SECRET_KEY", old)
    rotated = rotate_secret(kept.database, kept.instance, now=now())
    assert rotated.by_hand == kept.folder / NEXT_KEY
    key = rotated.by_hand.read_text().strip()
    # asked again before anybody changed it: the same
    assert rotate_secret(kept.database, kept.instance, now=now()).by_hand == rotated.by_hand
    monkeypatch.setenv("SECRET_KEY", key)
    there = house_at(kept.instance, kept.instance.config.database_url, kept.folder, key=key)
    assert rotate_secret(there.database, there.instance, now=now()).sealed == 0
    check(there, Vault(old))
    # whoever starts with the old one learns it at once
    stale = house_at(kept.instance, kept.instance.config.database_url, kept.folder, key=old)
    with stale.database.read() as session, pytest.raises(WrongKey):
        carried_keys(session, stale.instance.vault)
    for house in (there, stale):
        house.database.dispose()


def test_what_opens_with_neither_key_is_named_and_nothing_is_given_up(kept: House) -> None:
    with kept.database.write() as session:
        her = session.scalars(select(Person).where(Person.phone_hash.is_not(None))).first()
        assert her is not None
        her.sealed_phone = Vault("third-key-" + "3" * 40).seal(PHONE)
    with pytest.raises(CannotOpen, match=f"person {her.id} is sealed with neither key"):
        rotate_secret(kept.database, kept.instance, now=now())
    assert (kept.folder / CURRENT).read_text().strip() == kept.instance.config.secret_key


def test_every_purpose_says_what_a_new_key_does_to_it(kept: House) -> None:
    assert not CARRIED & RENEWED
    with pytest.raises(ValueError, match="CARRIED or RENEWED"):
        kept.instance.vault.derive("something-new")
    assert kept.instance.vault.derive("rate/sign-in")


def test_every_hash_that_is_looked_up_by_a_sealed_value_is_made_anew() -> None:
    tables = Base.metadata.tables
    for each in LOOKUPS:
        assert {each.column, each.sealed, *each.needs} <= set(tables[each.table].columns.keys())
    for name, column in SEALED_FILES:
        assert column in tables[name].columns
    # the hash of a telephone stands: marks that protect its holder are made of it (N1)
    assert "phone" in CARRIED
    for table, names in sealed_tables():
        if "sealed_to" in names and "to_hash" in table.columns:
            assert table.name in {each.table for each in LOOKUPS}


def test_N1_where_a_proposal_went_opens_for_its_own_row_with_the_new_key(kept: House) -> None:
    who = new_id()
    with kept.database.write() as session:
        record_outcome(
            session, district=DISTRICT, proposal_id=new_id(), route=Route.NEVER,
            proposer_id=who, unit_id=None, at=NOW,
        )  # fmt: skip
    there = change(kept)
    with there.database.read() as session:
        row = session.execute(
            select(GuardOutcome.id, GuardOutcome.sealed_route).where(
                GuardOutcome.proposer_id == who
            )
        ).one()
        assert open_route(session, row.sealed_route, OUTCOME, row.id) is Route.NEVER
        assert open_route(session, row.sealed_route, OUTCOME, new_id()) is None
    there.database.dispose()
