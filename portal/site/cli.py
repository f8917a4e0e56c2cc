"""The command ``gongzhi``: errors in one sentence on stderr, exit ≠ 0, nothing half done."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from portal.kernel.carried import WrongKey
from portal.kernel.config import BadSetting, Config, load_config
from portal.kernel.db import Database
from portal.kernel.errors import BadData, Busy, Forbidden, Missing, Refused
from portal.kernel.instance import Instance, open_for
from portal.kernel.logs import configure_logging
from portal.kernel.words import say
from portal.site import commands, keeping, packages
from portal.site.app import create_app
from portal.site.unfinished import Unfinished, refuse_unfinished
from portal.site.wsgi import open_instance


class Tools:
    """What every command may use, made when it is first asked for.

    ``ends_unfinished``: a command that ends what was cut off, so that it may begin at all.
    """

    ends_unfinished = False

    @cached_property
    def config(self) -> Config:
        return load_config()

    @cached_property
    def instance(self) -> Instance:
        if not self.ends_unfinished:
            refuse_unfinished(self.config.instance)
        return open_instance(self.config)

    @cached_property
    def database(self) -> Database:
        return open_for(self.instance)

    @cached_property
    def app(self) -> Flask:
        return create_app(self.instance, self.database)


@click.group()
@click.version_option(package_name="gongzhi")
@click.pass_context
def cli(context: click.Context) -> None:
    """Gongzhi 共治: residents report, the street settles, everyone sees.

    \b
    Example:
      gongzhi db upgrade && gongzhi city init && gongzhi serve
    """
    context.obj = context.obj or Tools()


HOUSE = (commands.serve, commands.db, commands.jobs, commands.city)
KEEPING = (keeping.backup, keeping.restore, keeping.keys)
for command in (*HOUSE, *KEEPING, *packages.COMMANDS):
    cli.add_command(command)


def main() -> None:
    """The console script."""
    configure_logging(level=logging.WARNING)
    tools = Tools()
    with _one_sentence(tools):
        code = cli.main(obj=tools, standalone_mode=False, prog_name="gongzhi")
        sys.exit(code if isinstance(code, int) else 0)


@contextmanager
def _one_sentence(tools: Tools) -> Iterator[None]:
    try:
        yield
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _end("Stopped.", 130)
    except (BadSetting, BadData, Busy, Forbidden, Missing, Refused, SQLAlchemyError) as error:
        _end(_sentence(tools, error))
    except (Unfinished, WrongKey) as error:
        _end(_sentence(tools, error))
    except OSError as error:
        _end(f"{error.filename or 'The system'}: {error.strerror or error}")


def _end(sentence: str, code: int = 1) -> None:
    click.echo(f"gongzhi: {sentence}", err=True)
    sys.exit(code)


def _sentence(tools: Tools, error: Exception) -> str:
    """What went wrong, for the person at the keyboard."""
    if isinstance(error, Refused):
        with tools.app.app_context():
            return say(error.code, **error.facts)
    if isinstance(error, Missing):
        return str(error) or "There is no such thing."
    if isinstance(error, Forbidden):
        return str(error) or "That is not allowed."
    if isinstance(error, Busy):
        return "The database is busy; try again in a moment."
    if isinstance(error, SQLAlchemyError):
        cause = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        return f"The database cannot do that: {' '.join(cause.split())[:300]}"
    return str(error)
