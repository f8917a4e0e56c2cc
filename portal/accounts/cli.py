"""``gongzhi people`` and ``gongzhi privacy``: accounts from the command line of the operator."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask import Flask
from sqlalchemy.orm import Session

from portal.accounts.queries import (
    PersonRow,
    age_history,
    age_of,
    held_roles,
    person_by_number,
    person_by_phone,
)
from portal.accounts.rules import RESIDENT, AgeBand, Permission, Refusal, Seen, roles
from portal.accounts.service import (
    Confirmation,
    IssuedCard,
    NewPerson,
    Wish,
    add_person,
    apply_erasures,
    confirm_age,
    due_personal_data,
    end_role,
    erase_person,
    erasure_list,
    export_person,
    forget_in_time,
    grant_wish,
    issue_card,
    new_link,
    read_erasure_list,
    write_erasure_list,
)
from portal.kernel import clock
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import Instance
from portal.kernel.phones import clean_mobile
from portal.kernel.qr import qr_text


@click.group()
def people() -> None:
    """People and roles: add, list, end."""


@click.group()
def privacy() -> None:
    """Rights over personal data: export, erase, forget in time, erase again after a restore."""


def _tools() -> tuple[Database, Instance]:
    found = click.get_current_context().find_root().obj
    return found.database, found.instance


@people.command("add")
@click.argument("phone", required=False)
@click.option("--role", required=True, type=click.Choice(list(roles())), help="The role to give.")
@click.option("--area", default="", help="Code of the place where the role is held.")
@click.option("--organisation", default="", help="Code of the organisation.")
@click.option("--name", default="", help="The person's name.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the role.")
def add_command(
    phone: str | None, role: str, area: str, organisation: str, name: str, until: datetime | None
) -> None:
    """Open an account (or take the one with PHONE) and give it a role.

    Prints a sign-in link that works once; without a phone, a card with a QR and a PIN.

    Example: gongzhi people add 13800001234 --role street_desk --area 370283001
    """
    database, instance = _tools()
    now = clock.now()
    wish = Wish(role, area, organisation, _last_moment(until, instance))
    with database.write() as session:
        known = _person_with(session, phone) if phone else None
        person = known or add_person(session, NewPerson(name=name, phone=phone), now=now).id
        if role != RESIDENT:
            grant_wish(session, None, person, wish, now=now)
        if phone:
            token = new_link(session, person, now=now)
            click.echo(f"{instance.config.origin}/sign-in/link?token={token}")
        else:
            _print_card(issue_card(session, None, person, area_id=None, now=now))


def _person_with(session: Session, phone: str) -> UUID | None:
    stored = clean_mobile(phone)
    if stored is None:
        raise Refused(Refusal.BAD_PHONE)
    found = person_by_phone(session, stored)
    return found.id if found else None


def _last_moment(until: datetime | None, instance: Instance) -> datetime | None:
    """The moment after the last day, in the city's time."""
    if until is None:
        return None
    day: date = until.date() + timedelta(days=1)
    return datetime.combine(day, time(), tzinfo=instance.city.zone)


def _print_card(card: IssuedCard) -> None:
    origin = _tools()[1].config.origin
    address = f"{origin}/sign-in/card?card={card.token}"
    click.echo(qr_text(address))
    click.echo(f"{address}\nCard {card.number}\nPIN  {card.pin} (shown once)")


@people.command("list")
@click.option("--role", type=click.Choice(list(roles())), help="Only this role.")
@click.option("--area", default="", help="Only this place and what lies below it.")
def list_command(role: str | None, area: str) -> None:
    """List who holds which role where. The last column is the number for ``people end``.

    Example: gongzhi people list --role grid_lead --area 370283001
    """
    database, _ = _tools()
    with database.read() as session:
        for row in held_roles(session, role, area or None, clock.now()):
            until = row.valid_to.date().isoformat() if row.valid_to else "-"
            click.echo(
                f"{row.person}\t{row.name or '-'}\t{row.role}\t{row.area or '-'}\t"
                f"{row.organisation or '-'}\t{until}\t{row.number}"
            )


@people.command("end")
@click.argument("number")
def end_command(number: str) -> None:
    """End a role by its number, as ``people list`` shows it.

    Example: gongzhi people end 7K3M9-QX2HD
    """
    database, _ = _tools()
    with database.write() as session:
        end_role(session, None, clean_number(number) or number, now=clock.now())


@people.command("age")
@click.argument("person")
@click.option(
    "--to",
    type=click.Choice([band.value for band in AgeBand if band is not AgeBand.UNKNOWN]),
    help="The age group that was confirmed.",
)
@click.option(
    "--seen", type=click.Choice([seen.value for seen in Seen]), help="What was looked at."
)
@click.option("--guardian", is_flag=True, help="A parent or guardian agrees (under 14).")
def age_command(person: str, to: str | None, seen: str | None, guardian: bool) -> None:
    """Show the age group of PERSON and what was said of it, or keep what a desk confirmed.

    Never a birthday. What is kept is added to the history; she sees it on her own page.

    Example: gongzhi people age 13800001234 --to adult --seen identity_card
    """
    if (to is None) != (seen is None):
        raise click.UsageError("A change needs both: --to BAND and --seen PAPER.")
    database, _ = _tools()
    if to is not None and seen is not None:
        wish = Confirmation(AgeBand(to), Seen(seen), guardian_agrees=guardian)
        with database.write() as session:
            confirm_age(session, None, person, wish, now=clock.now())
    with database.read() as session:
        found = _find(session, person)
        age, lines = age_of(session, found.id), age_history(session, found.id)
    click.echo(f"{found.number}\t{age.band.value if age else '-'}")
    for line in lines:
        click.echo(f"{line.at.date().isoformat()}\t{line.band.value}\t{line.seen or 'stated'}")


def _find(session: Session, who: str) -> PersonRow:
    """A person by phone or account number."""
    number, phone = clean_number(who), clean_mobile(who)
    found = person_by_phone(session, phone) if phone else None
    if found is None and number:
        found = person_by_number(session, number)
    if found is None:
        raise Missing(f"There is no account {who!r}: give a mobile number or an account number.")
    return found


@privacy.command("export")
@click.argument("person")
def export_command(person: str) -> None:
    """Print everything that is kept about PERSON as JSON.

    Example: gongzhi privacy export 13800001234 > person.json
    """
    database, _ = _tools()
    with database.read() as session:
        found = export_person(session, _find(session, person).id, now=clock.now())
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@privacy.command("erase")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(person: str, *, yes: bool) -> None:
    """Erase PERSON everywhere, for good.

    Example: gongzhi privacy erase 7K3M9-QX2HD
    """
    database, _ = _tools()
    with database.read() as session:
        found = _find(session, person)
    if not yes:
        click.confirm(f"Erase account {found.number} for good?", abort=True)
    with database.write() as session:
        erase_person(session, None, found.id, now=clock.now())
    with database.read() as session:
        write_erasure_list(session)
    click.echo(f"Erased {found.number}.")


@privacy.command("expire")
@click.option("--dry-run", is_flag=True, help="Only show what is past its time.")
def expire_command(*, dry_run: bool) -> None:
    """Delete everywhere what is past its time, as the job does every hour.

    Example: gongzhi privacy expire --dry-run
    """
    database, _ = _tools()
    now = clock.now()
    with database.read() as session:
        due = due_personal_data(session, now=now)
    for what, count in due.items():
        click.echo(f"{count}\t{what}")
    if dry_run:
        click.echo("Nothing was deleted.")
    else:
        click.echo(f"Deleted: {forget_in_time(database, now=now)}.")


@privacy.command("reapply")
@click.option("--list", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def reapply_command(path: Path | None) -> None:
    """Erase again, after a restore, whoever had been erased since the backup.

    Example: gongzhi privacy reapply
    """
    database, _ = _tools()
    with database.write() as session:
        hashes = read_erasure_list(path or erasure_list(session))
        count = apply_erasures(session, hashes, now=clock.now())
    click.echo(f"Erased again: {count}.")


@people.command("permissions")
def permissions_command() -> None:
    """Print docs/permissions.md: which role may do what, and what each address asks for.

    Example: gongzhi people permissions > docs/permissions.md
    """
    app = click.get_current_context().find_root().obj.app
    click.echo("\n".join([*_role_table(), "", *_route_table(app)]))


def _role_table() -> list[str]:
    known = roles().values()
    head = ["permission", *(role.code for role in known)]
    lines = [
        "# Permissions",
        "",
        "Made by `gongzhi people permissions` from `portal/accounts/data/roles.tsv` and the",
        "routes; a test asserts that it is current. Roles are held in a place, an organisation",
        "or the city, for a time. Staff roles need the second step in each session.",
        "",
        "## Roles",
        "",
        "| role | name | staff | held in |",
        "|---|---|---|---|",
        *(
            f"| {role.code} | {role.names['zh_Hans']} | {'yes' if role.staff else 'no'} "
            f"| {role.scope.value} |"
            for role in known
        ),
        "",
        "## Role × permission",
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
    ]
    for verb in Permission:
        marks = ("●" if verb in role.permissions else "" for role in known)
        lines.append(f"| `{verb.value}` | {' | '.join(marks)} |")
    return lines


def _route_table(app: Flask) -> list[str]:
    lines = ["## Routes", "", "| address | methods | open to |", "|---|---|---|"]
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        lines.append(f"| `{rule.rule}` | {methods} | {_open_to(access)} |")
    return lines


def _open_to(access: Any) -> str:
    if access is None:
        return "**undeclared**"
    if access.key is not None:
        return f"programs with a key for `{access.key.value}`"
    if access.watchers:
        return "this machine, and whoever has `GONGZHI_METRICS_TOKEN`"
    if access.public:
        return "everyone"
    return f"`{access.permission.value}`" if access.permission else "anyone signed in"
