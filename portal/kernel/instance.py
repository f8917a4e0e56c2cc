"""What a session knows of the installation it works for, so that services need no globals."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.kernel.blobs import BlobStore
from portal.kernel.carried import connect_vault
from portal.kernel.city import City
from portal.kernel.config import Config
from portal.kernel.db import Database, open_database
from portal.kernel.vault import Vault


@dataclass(frozen=True)
class Instance:
    """One installation: its settings, its city, its secrets and where its photos lie."""

    config: Config
    city: City
    vault: Vault
    blobs: BlobStore


def instance_of(session: Session) -> Instance:
    """The installation a session belongs to."""
    instance: Instance = session.info["instance"]
    return instance


def open_for(instance: Instance) -> Database:
    """The installation's database, whose sessions know the installation."""
    database = open_database(instance.config.database_url, {"instance": instance})
    connect_vault(instance.vault, database)
    return database
