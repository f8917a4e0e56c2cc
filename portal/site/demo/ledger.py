"""A few entries in the points ledger for the demo's residents, sealed as every other entry is."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from credit.service import Holder, give_consent, record_fact
from credit.service.sealing import seal
from portal.accounts.queries import person_by_phone
from portal.kernel.db import Database
from portal.kernel.instance import instance_of
from portal.site.demo.people import demo_accounts, demo_places

# made up: what the first resident did, how often, and under which number it is known
DEEDS: Final = (
    ("shift_done", "shift:0412", 1),
    ("patrol_done", "patrol:0077", 1),
    ("report_confirmed", "case:7K3M9-QX2HD", 1),
    ("plot_cared", "plot:0031", 2),
    ("quiz_passed", "quiz:0006", 1),
)


def plant_ledger(database: Database, now: Callable[[], datetime]) -> None:
    """Seal the rules, then let the residents agree and earn, then seal that.

    In this order, because a rule counts nothing before it is sealed.
    """
    seal(database, now())
    with database.write() as session:
        district = instance_of(session).city.roots[0]
        street = demo_places(session)["street"].names
        phones = [account.phone for account in demo_accounts() if account.role == "resident"]
        residents = [person_by_phone(session, f"+86{phone}") for phone in phones]
        for who in residents:
            if who is not None:
                give_consent(session, district, who.id, now=now())
        if residents and residents[0] is not None:
            holder = Holder.person(residents[0].id)
            for fact, source, times in DEEDS:
                at = now()
                record_fact(
                    session, district=district, fact=fact, source=source, holder=holder,
                    happened_at=at, now=at, times=times, by=street,
                )  # fmt: skip
    seal(database, now())
