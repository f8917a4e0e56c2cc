"""The table of personal fields: what is kept, why, on which ground, how long, who sees it (P1)."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FIELDS_FILE = Path(__file__).parents[1] / "data" / "personal.tsv"


class AgeBand(StrEnum):
    """Age as far as the law asks for it: never a birthday (L1, P1)."""

    UNKNOWN = "unknown"
    UNDER_14 = "under_14"
    UNDER_18 = "under_18"
    ADULT = "adult"


class Basis(StrEnum):
    """The ground in law (PIPL article 13) on which something is kept."""

    CONSENT = "basis.consent"
    SERVICE = "basis.service"
    DUTY = "basis.duty"


class Data(StrEnum):
    """What accounts keep, in the words of the privacy page."""

    NAME = "data.name"
    PHONE = "data.phone"
    LANGUAGE = "data.language"
    AGE_BAND = "data.age_band"
    ACCOUNT = "data.account"
    PASSWORD = "data.password"  # noqa: S105 - the name of a kind of data, no secret
    SESSION = "data.session"
    CODE = "data.code"
    CARD = "data.card"
    SECOND_FACTOR = "data.second_factor"
    ROLE = "data.role"
    AUDIT = "data.audit"
    MESSAGE = "data.message"
    LIMIT = "data.limit"
    ERASURE = "data.erasure"
    API_KEY = "data.api_key"


class Purpose(StrEnum):
    """What it is for."""

    SIGN_IN = "purpose.sign_in"
    ADDRESS = "purpose.address"
    PROTECTION = "purpose.protection"
    WORK = "purpose.work"
    AUDIT = "purpose.audit"
    MESSAGE = "purpose.message"
    ERASURE = "purpose.erasure"


class Masking(StrEnum):
    """How others see it. SECRET: not even oneself, because only a hash or a key is kept."""

    OPEN = "open"
    NAME = "name"
    PHONE = "phone"
    HIDDEN = "hidden"
    SECRET = "secret"  # noqa: S105 - a way of showing, no secret


@dataclass(frozen=True)
class Months:
    """A city's own time, counted from the end of a matter: its name among the thresholds."""

    setting: str
    usual: int


class Until(StrEnum):
    """Until when something is kept that is not kept by days, or from when on its days run."""

    ACCOUNT = "until.account"
    RELEASED = "until.released"
    NO_END = "until.no_end"


@dataclass(frozen=True)
class PersonalField:
    """One personal column. Neither days nor ``months``: as long as the account exists, unless
    ``until`` says that it outlives it; with days it says from when on they run.

    ``what`` and ``purpose`` may be codes of any package that has registered words for them.
    """

    table: str
    column: str
    what: StrEnum
    purpose: StrEnum
    basis: Basis
    retention_days: int | None = None
    masking: Masking = Masking.HIDDEN
    months: Months | None = None
    until: Until = Until.ACCOUNT


@cache
def own_fields() -> tuple[PersonalField, ...]:
    """What accounts and the kernel keep: the rows of ``data/personal.tsv``."""
    with FIELDS_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            PersonalField(
                table=row["table"],
                column=row["column"],
                what=Data(row["what"]),
                purpose=Purpose(row["purpose"]),
                basis=Basis(row["basis"]),
                retention_days=int(row["days"]) if row["days"] else None,
                masking=Masking(row["masking"]),
            )
            for row in csv.DictReader(file, delimiter="\t")
        )
