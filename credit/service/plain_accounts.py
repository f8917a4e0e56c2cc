"""The whole ledger written as plain-text accounting, for auditors with programs of their own."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from credit.queries import plain_accounts as reads
from credit.rules import plain_accounts as rules
from portal.kernel.clock import city_day
from portal.kernel.instance import Instance


def beancount_lines(session: Session, instance: Instance) -> Iterator[str]:
    """Every line of the file. The session must see one moment, or the balances are of another.

    Nothing in it names anybody: accounts are ids, and what leads from them to people stays here.
    """
    zone = instance.city.zone
    span = reads.first_and_last(session)
    if span is None:
        yield "; the ledger is empty"
        return
    first, after = city_day(span[0], zone), city_day(span[1], zone) + timedelta(days=1)
    yield from rules.heading(reads.newest_origin(session) or instance.config.origin, first)
    for district in reads.districts(session):
        yield from rules.openings_of_district(district, first)
    for standing in reads.standings(session):
        yield from rules.openings_of_holder(standing, first)
    yield ""
    for found in reads.everything_said_and_moved(session):
        day = city_day(found.at, zone)
        if isinstance(found, rules.Said):
            yield rules.note(found, day)
        else:
            yield from rules.transaction(found, day)
    for standing in reads.standings(session):
        yield from rules.assertions(standing, after)
