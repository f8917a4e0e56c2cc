"""Words for the codes of accounts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from babel.numbers import format_decimal

from portal.accounts.queries import AuditRow
from portal.accounts.rules import (
    AgeBand,
    AgeRefusal,
    ApiScope,
    Basis,
    Data,
    KeyRefusal,
    Months,
    PersonalField,
    Purpose,
    Refusal,
    Seen,
    Until,
    Way,
    roles,
)
from portal.kernel import messages, words
from portal.kernel.audit import FORGOTTEN_PERSON
from portal.kernel.i18n import NAMES, current_language, gettext, in_words, ngettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import Words

AGE_BANDS: Mapping[AgeBand, Words] = {
    AgeBand.UNKNOWN: _l("not stated"),
    AgeBand.UNDER_14: _l("under 14"),
    AgeBand.UNDER_18: _l("14 to 17"),
    AgeBand.ADULT: _l("18 or older"),
}

SEEN: Mapping[Seen, Words] = {
    Seen.IDENTITY_CARD: _l("identity card"),
    Seen.HOUSEHOLD_BOOK: _l("household booklet"),
    Seen.GUARDIAN: _l("a parent or guardian who is here says so"),
}

API_SCOPES: Mapping[ApiScope, Words] = {
    ApiScope.FILE: _l("send reports (Open311)"),
    ApiScope.READ_OWN: _l("follow its own reports before they are public"),
}

_ACTIONS: dict[str, Words] = {
    "age:confirm": _l("Age group confirmed at the desk"),
    "age:state": _l("Age group stated"),
    "api_key:issue": _l("Key for a program issued"),
    "api_key:revoke": _l("Key for a program ended"),
    "card:issue": _l("Card printed"),
    "card:revoke": _l("Card stopped"),
    "guardian:agree": _l("Parent or guardian agreed"),
    "identity:look": _l("Reporter’s identity seen"),
    "keys:rotate": _l("Secret key changed"),
    "keys:rotate_log": _l("Key of the log changed"),
    "password:set": _l("Password set"),
    "people:look": _l("Account looked at"),
    "person:erase": _l("Account erased"),
    "phone:change": _l("Phone number changed"),
    "role:end": _l("Role ended"),
    "role:grant": _l("Role given"),
    "second_factor:reset": _l("Second step taken away"),
    "second_factor:set": _l("Second step set up"),
}


def register_actions(actions: Mapping[str, Words]) -> None:
    """Add words for the audited actions of a package."""
    _ACTIONS.update(actions)


def register_subjects(subjects: Mapping[str, Words]) -> None:
    """Add words for what the audited actions of a package are about."""
    _SUBJECTS.update(subjects)


def actions() -> Mapping[str, Words]:
    """Every audited action with its words, for the filter of the audit page."""
    return _ACTIONS


words.register(AGE_BANDS)
words.register(SEEN)
words.register(API_SCOPES)
words.register(
    {
        Way.CODE: _l("one-time code"),
        Way.PASSWORD: _l("password"),
        Way.CARD: _l("printed card"),
        Way.LINK: _l("sign-in link"),
        Refusal.BAD_PHONE: _l("Enter a mobile number, for example 138 0000 1234."),
        Refusal.TRY_IN_MINUTES: _l("Too many tries. Please try again in %(minutes)s minutes."),
        Refusal.TRY_IN_HOURS: _l("Too many tries. Please try again in %(hours)s hours."),
        Refusal.WRONG_CODE: _l("This is not the code that we sent. Please check it."),
        Refusal.CODE_OVER: _l("This code no longer works. Please ask for a new one."),
        Refusal.WRONG_PASSWORD: _l("The phone number and password do not match."),
        Refusal.WEAK_PASSWORD: _l("Use 10 characters or more, and not the same one all the time."),
        Refusal.WRONG_PIN: _l("The card and PIN do not match."),
        Refusal.CARD_LOCKED: _l(
            "This card is locked after five wrong PINs. Your residents’ committee prints a new one."
        ),
        Refusal.LINK_OVER: _l("This link no longer works. Please sign in with your phone."),
        Refusal.NOT_HERE: _l("This account cannot sign in here."),
        Refusal.PHONE_TAKEN: _l("Another account has this phone number."),
        Refusal.WRONG_FACTOR: _l("This code is not right. Codes change every 30 seconds."),
        Refusal.FACTOR_USED: _l("This code was used already. Please wait for the next one."),
        Refusal.NO_FACTOR: _l("Set up the second step first."),
        Refusal.FACTOR_SET: _l("Complete your second step first, then you can replace it."),
        Refusal.TWO_OFFICES: _l("No account can be both administrator and auditor."),
        Refusal.OWN_ROLE: _l("You cannot do this for your own account."),
        Refusal.ROLE_HELD: _l("This person holds this role there already."),
        Refusal.ROLE_ENDED: _l("This role has ended already."),
        Refusal.ROLE_NEEDS_AREA: _l("Say in which place the role is held."),
        Refusal.ROLE_NEEDS_ORGANISATION: _l("Say in which organisation the role is held."),
        Refusal.ROLE_NEEDS_CITY: _l("This role is held for the whole city."),
        Refusal.NOT_YOUR_PLACE: _l("This place is outside your own."),
        Refusal.UNKNOWN_PERSON: _l("Nobody was found."),
        Refusal.UNKNOWN_AREA: _l("There is no such place. Enter its code or its full name."),
        Refusal.UNKNOWN_ORGANISATION: _l("There is no such organisation. Enter its code."),
        Refusal.UNKNOWN_ROLE: _l("There is no such role."),
        Refusal.SHORT_TIME: _l("The last day must lie in the future."),
        Refusal.STAFF_STAYS: _l(
            "This account holds a role of the staff. The role must be ended first."
        ),
        KeyRefusal.MISSING: _l("An api_key is needed for this. Ask the city for one."),
        KeyRefusal.UNKNOWN: _l("This api_key is not known, or it was ended."),
        KeyRefusal.NOT_FOR_THIS: _l("This api_key does not allow it."),
        KeyRefusal.ONE_OWNER: _l("Say whose key it is: an organisation, or else a person."),
        KeyRefusal.NO_SCOPE: _l("Choose what the program may do."),
        Refusal.GUARDIAN_NEEDED: _l("Under 14, a parent or guardian must agree first."),
        AgeRefusal.NO_BAND: _l("Choose an age group."),
        AgeRefusal.TOO_EARLY: _l(
            "The community desk changes this at once: bring an identity card or household booklet."
        ),
        AgeRefusal.ONLY_AT_DESK: _l(
            "Only the community desk can correct this: bring an identity card or household booklet."
        ),
        AgeRefusal.ONESELF: _l("Somebody else at the desk has to confirm your own age group."),
        AgeRefusal.GUARDIAN_IS_NO_PROOF: _l(
            "For “18 or older” look at an identity card or household booklet."
        ),
        AgeRefusal.CHANGED: _l("Somebody has just changed this. Please look at it again."),
        Basis.CONSENT: _l("you chose to give it"),
        Basis.SERVICE: _l("needed for the service you asked for"),
        Basis.DUTY: _l("required by law"),
        Data.NAME: _l("Your name, if you give one"),
        Data.PHONE: _l("Your phone number, encrypted"),
        Data.LANGUAGE: _l("Your language"),
        Data.AGE_BAND: _l("Your age group, never your birthday"),
        Data.ACCOUNT: _l("Your account number and when it was opened"),
        Data.PASSWORD: _l("Your password, if you set one, in a form that cannot be read back"),
        Data.SESSION: _l("Where you are signed in: kind of device and times, no address"),
        Data.CODE: _l("One-time codes and sign-in links sent to you"),
        Data.CARD: _l("Your printed card, if you have one"),
        Data.SECOND_FACTOR: _l("The second step of staff accounts, encrypted"),
        Data.ROLE: _l("Roles you hold, where and how long"),
        Data.AUDIT: _l("Who looked at your data or changed your roles, and why"),
        Data.MESSAGE: _l("Messages to you until they are sent"),
        Data.LIMIT: _l("How often codes were asked for, without the number itself"),
        Data.API_KEY: _l(
            "Keys that let your programs send reports, in a form that cannot be read back"
        ),
        Data.ERASURE: _l("That an account was erased, without saying whose"),
        Purpose.SIGN_IN: _l("so that only you can use your account"),
        Purpose.ADDRESS: _l("so that we can address you properly"),
        Purpose.PROTECTION: _l("to protect children and to stop misuse"),
        Purpose.WORK: _l("so that staff do only what is their task"),
        Purpose.AUDIT: _l("so that you and the auditors can see what was done"),
        Purpose.MESSAGE: _l("to tell you how your matter goes on"),
        Purpose.ERASURE: _l("so that a restored backup does not bring it back"),
    }
)
messages.register(
    {
        "accounts.code": _l(
            "Your sign-in code is %(code)s. It works for %(minutes)s minutes. "
            "Do not share it; we never ask for it."
        )
    }
)


# as a table that somebody took is noted (reports/views/downloads.py)
_ROWS: Final = "rows="
_SUBJECTS: dict[str, Words] = {
    "api_key": _l("key for a program"),
    "area": _l("place"),
    "card": _l("card"),
    "case": _l("report"),
    "correction": _l("request for a correction"),
    "person": _l("account"),
}


@dataclass(frozen=True)
class AuditLine:
    """One look or change in words."""

    at: datetime
    what: str
    subject: str
    who: str
    reason: str


def audit_line(row: AuditRow) -> AuditLine:
    """An entry of the audit as people read it."""
    return AuditLine(
        at=row.at,
        what=str(_ACTIONS.get(row.action, row.action)),
        subject=subject_in_words(row.subject),
        who=row.actor_name or row.actor_number or str(gettext("the operator of the portal")),
        reason=_reason(row.reason or ""),
    )


def subject_in_words(text: str) -> str:
    """What an entry is about: a report with its number, say."""
    kind, _, number = text.partition(":")
    if text == FORGOTTEN_PERSON:
        return str(_SUBJECTS[kind])
    return f"{_SUBJECTS[kind]} {number}" if kind in _SUBJECTS else text


def _reason(text: str) -> str:
    """A reason in words: a role, or how large a file was that somebody took."""
    rest, found, rows = text.rpartition(_ROWS)
    if not found or not rows.isdecimal():
        return role_in_words(text)
    count = format_decimal(int(rows), locale=current_language())
    said = ngettext("%(count)s row", "%(count)s rows", int(rows), count=count)
    return f"{rest}{said}"


def role_in_words(code: str) -> str:
    """The name of a role in the reader's language; any other text as it is."""
    return in_words(roles()[code].names) if code in roles() else code


@dataclass(frozen=True)
class Kept:
    """One line of the privacy page."""

    what: str
    purpose: str
    basis: str
    how_long: str


def kept_in_words(
    fields: Iterable[PersonalField], thresholds: Mapping[str, Any] | None = None
) -> list[Kept]:
    """The table of personal fields as people read it, each reason once."""
    lines = (
        Kept(
            words.say(field.what),
            words.say(field.purpose),
            words.say(field.basis),
            _kept_for(field, thresholds or {}),
        )
        for field in fields
    )
    return list(dict.fromkeys(lines))


def _kept_for(field: PersonalField, thresholds: Mapping[str, Any]) -> str:
    """How long a field is kept, in words."""
    if field.months:
        return _months(field.months, thresholds)
    if field.until is Until.NO_END:
        return str(gettext("no end is set, also when the account is erased; it bears no name"))
    if field.until is Until.RELEASED:
        time = how_long(field.retention_days)
        return str(gettext("%(time)s after the figures of the month are published", time=time))
    return how_long(field.retention_days)


def _months(months: Months, thresholds: Mapping[str, Any]) -> str:
    """A time that begins with the end of a matter, and is the city's to set."""
    count = int(thresholds.get(months.setting, months.usual))
    return str(
        ngettext(
            "%(num)s month after the matter ended, unless it is public",
            "%(num)s months after the matter ended, unless it is public",
            count,
        )
    )


def how_long(days: int | None) -> str:
    """A time of retention in words."""
    if days is None:
        return str(gettext("as long as you have the account"))
    if days % 365 == 0:
        return str(ngettext("%(num)s year", "%(num)s years", days // 365))
    return str(ngettext("%(num)s day", "%(num)s days", days))


Reader = Callable[[Mapping[str, Any]], Iterable[Any]]
_READERS: dict[str, tuple[Words, Reader]] = {}


def register_reader(table: str, heading: Words, read: Reader) -> None:
    """How the floors above say one exported record of theirs: a heading, and what to show."""
    _READERS[table] = (heading, read)


def records_in_words(
    records: Mapping[str, list[dict[str, Any]]], fields: Iterable[PersonalField]
) -> list[tuple[str, list[list[Any]]]]:
    """An export for reading: a heading for each kind of data, and the values of each record."""
    what = {(field.table, field.column.removeprefix("sealed_")): field.what for field in fields}
    first = {table: code for (table, _), code in reversed(what.items())}
    found: dict[str, list[list[Any]]] = {}
    for table, rows in records.items():
        if table in _READERS:
            said, read = _READERS[table]
            lines = ([_readable("", value) for value in read(row)] for row in rows)
            found.setdefault(str(said), []).extend([v for v in line if v] for line in lines)
            continue
        for row in rows:
            parts: dict[str, list[Any]] = {}
            for column, value in row.items():
                code = what.get((table, column)) or first.get(table)
                heading = words.say(code) if code else table
                parts.setdefault(heading, []).append(_readable(column, value))
            for heading, values in parts.items():
                found.setdefault(heading, []).append([v for v in values if v not in (None, "")])
    return list(found.items())


# a bare "yes" says nothing
_FLAGS: Final[Mapping[str, Words]] = {"demo": _l("An account of the demonstration")}


def _code_in_words(column: str, value: str) -> str:
    """Codes that only programs read, said in words."""
    spoken: Mapping[str, Callable[[str], str]] = {
        "role": role_in_words,
        "subject": subject_in_words,
        "language": lambda code: NAMES.get(code, code),
        "action": lambda code: str(_ACTIONS.get(code, code)),
        "way": lambda code: words.say(Way(code)),
        "age_band": lambda code: words.say(AgeBand(code)),
        "band": lambda code: words.say(AgeBand(code)),
        "seen": lambda code: words.say(Seen(code)),
    }
    return spoken[column](value) if column in spoken else value


def _readable(column: str, value: Any) -> Any:
    """A value for people: codes in words, moments as moments so that the page says them locally."""
    if isinstance(value, bool) and column in _FLAGS:
        return str(_FLAGS[column]) if value else None
    if not isinstance(value, str):
        return value
    value = _code_in_words(column, value)
    try:
        return datetime.fromisoformat(value) if "-" in value and ":" in value else value
    except ValueError:
        return value


def _message(record: Mapping[str, Any]) -> Iterable[Any]:
    """When it was written: what it says waits in the outbox under a code that is no word."""
    return [record["at"]]


register_reader("outbox_message", _l("Messages to you until they are sent"), _message)
