"""Settings: environment only, each typed, nonsense refused with the name and what is expected."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

CHECKOUT = Path(__file__).resolve().parents[2]
DEFAULT_CITY = Path(__file__).resolve().parents[1] / "areas" / "data" / "cities" / "pingdu.toml"
KNOWN = {
    "GONGZHI_INSTANCE", "GONGZHI_ORIGIN", "GONGZHI_OUTBOX", "GONGZHI_SMS", "GONGZHI_SMTP",
    "GONGZHI_BLOBS", "GONGZHI_TILES", "GONGZHI_TRUSTED_PROXIES", "GONGZHI_CITY",
    "GONGZHI_TEST_POSTGRES", "GONGZHI_METRICS_TOKEN", "GONGZHI_WEBHOOKS",
}  # fmt: skip


class BadSetting(Exception):
    """A setting that cannot be meant. The text names it and says what is expected."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name} is not usable: expected {expected}")
        self.name = name


@dataclass(frozen=True)
class SmsGateway:
    """A generic HTTP gateway: the body template has ``{to}`` and ``{text}`` places."""

    url: str
    headers: Mapping[str, str]
    body: str


WEBHOOK_EVENTS = ("accepted", "dispatched", "handled", "closed", "reopened")


@dataclass(frozen=True)
class Webhook:
    """Somebody outside who is told what happens. ``place``: of which place alone, by its code.

    ``robot``: a group robot of 企业微信, whose address is its key.
    """

    name: str
    url: str = field(repr=False)
    robot: bool = False
    secret: str | None = field(default=None, repr=False)
    place: str | None = None
    events: frozenset[str] = frozenset(WEBHOOK_EVENTS)

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()


@dataclass(frozen=True)
class Config:
    """What the environment said, checked."""

    instance: Path
    database_url: str
    secret_key: str = field(repr=False)
    origin: str = "http://127.0.0.1:8000"
    outbox: Path | None = None
    sms: SmsGateway | None = field(default=None, repr=False)
    smtp: str | None = field(default=None, repr=False)
    blobs: str = ""
    tiles: tuple[Mapping[str, Any], ...] = ()
    trusted_proxies: int = 0
    webhooks: tuple[Webhook, ...] = ()
    city: Path = DEFAULT_CITY
    metrics_token: str | None = field(default=None, repr=False)

    @property
    def secure(self) -> bool:
        """Whether people reach us over TLS, so that cookies may insist on it."""
        return self.origin.startswith("https://")


def load_config(environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings; raises BadSetting. Creates the instance folder and its SECRET_KEY."""
    env = os.environ if environ is None else environ
    for name in env:
        if name.startswith("GONGZHI_") and name not in KNOWN:
            raise BadSetting(name, f"one of {', '.join(sorted(KNOWN))}")
    instance = Path(env.get("GONGZHI_INSTANCE") or CHECKOUT / "instance").expanduser().resolve()
    _make_folder("GONGZHI_INSTANCE", instance)
    return Config(
        instance=instance,
        database_url=_database_url(env.get("DATABASE_URL") or f"sqlite:///{instance}/gongzhi.db"),
        secret_key=_secret_key(env.get("SECRET_KEY"), instance),
        origin=_origin(env.get("GONGZHI_ORIGIN") or "http://127.0.0.1:8000"),
        outbox=_outbox(env.get("GONGZHI_OUTBOX")),
        sms=_sms(env.get("GONGZHI_SMS")),
        smtp=_smtp(env.get("GONGZHI_SMTP")),
        blobs=_blobs(env.get("GONGZHI_BLOBS"), instance),
        tiles=_tiles(env.get("GONGZHI_TILES")),
        trusted_proxies=_proxies(env.get("GONGZHI_TRUSTED_PROXIES") or "0"),
        webhooks=_webhooks(env.get("GONGZHI_WEBHOOKS")),
        city=_city(env.get("GONGZHI_CITY")),
        metrics_token=_metrics_token(env.get("GONGZHI_METRICS_TOKEN")),
    )


def _make_folder(name: str, folder: Path) -> None:
    try:
        # ours alone: it holds the key, the database and the photos
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(name, f"a folder that can be made and written ({error})") from error


def _database_url(value: str) -> str:
    expected = "sqlite:////path/to/file.db or postgresql+psycopg://user@host/name"
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise BadSetting("DATABASE_URL", expected) from error
    if url.drivername not in {"sqlite", "postgresql+psycopg"} or not url.database:
        raise BadSetting("DATABASE_URL", expected)
    return value


def _secret_key(value: str | None, instance: Path) -> str:
    if value is not None:
        if len(value) < 32:
            raise BadSetting("SECRET_KEY", "at least 32 random characters, or none to generate one")
        return value
    path = instance / "secret_key"
    try:
        # exclusive, so that two servers starting together agree on one key
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        key = path.read_text("ascii").strip()
        if len(key) < 32:
            raise BadSetting("SECRET_KEY", f"a whole key in {path}: the file is damaged") from None
        return key
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
    return key


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise BadSetting("GONGZHI_ORIGIN", "a public address like https://gongzhi.example.cn")
    return value.rstrip("/")


def _outbox(value: str | None) -> Path | None:
    if not value:
        return None
    folder = Path(value).expanduser().resolve()
    _make_folder("GONGZHI_OUTBOX", folder)
    return folder


def _json(name: str, value: str, expected: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise BadSetting(name, f"{expected} ({error})") from error


def _sms(value: str | None) -> SmsGateway | None:
    if not value:
        return None
    expected = 'JSON like {"url": "https://…", "headers": {}, "body": "…{to}…{text}…"}'
    data = _json("GONGZHI_SMS", value, expected)
    if not isinstance(data, dict) or not str(data.get("url", "")).startswith(
        ("https://", "http://")
    ):
        raise BadSetting("GONGZHI_SMS", expected)
    body = data.get("body")
    if not isinstance(body, str) or "{to}" not in body or "{text}" not in body:
        raise BadSetting("GONGZHI_SMS", expected)
    headers = data.get("headers") or {}
    if not isinstance(headers, dict):
        raise BadSetting("GONGZHI_SMS", expected)
    return SmsGateway(data["url"], {str(k): str(v) for k, v in headers.items()}, body)


def _smtp(value: str | None) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or "from=" not in parts.query:
        raise BadSetting("GONGZHI_SMTP", "smtps://user:password@host:465/?from=address")
    return value


def _blobs(value: str | None, instance: Path) -> str:
    if not value:
        return str(instance / "blobs")
    if re.fullmatch(r"s3://[a-z0-9.-]+(/.*)?", value):
        return value
    if "://" in value:
        raise BadSetting("GONGZHI_BLOBS", "a folder or s3://bucket/prefix")
    return str(Path(value).expanduser().resolve())


def _tiles(value: str | None) -> tuple[Mapping[str, Any], ...]:
    if not value:
        return ()
    expected = 'a JSON list like [{"url": "https://…/{z}/{x}/{y}.png", "attribution": "…"}]'
    data = _json("GONGZHI_TILES", value, expected)
    good = isinstance(data, list) and all(
        isinstance(source, dict) and str(source.get("url", "")).startswith("https://")
        for source in data
    )
    if not good:
        raise BadSetting("GONGZHI_TILES", expected)
    return tuple(data)


def _proxies(value: str) -> int:
    """A count of proxies in front, or a list of their networks (whose number is then the count)."""
    if value.isdigit() and int(value) <= 5:
        return int(value)
    try:
        return len([ip_network(part.strip()) for part in value.split(",")])
    except ValueError as error:
        raise BadSetting("GONGZHI_TRUSTED_PROXIES", "a number from 0 to 5, or networks") from error


def _metrics_token(value: str | None) -> str | None:
    if value and (len(value) < 20 or not value.isascii()):
        raise BadSetting("GONGZHI_METRICS_TOKEN", "at least 20 random characters, or none")
    return value or None


def _webhooks(value: str | None) -> tuple[Webhook, ...]:
    if not value:
        return ()
    expected = (
        'a JSON list like [{"name": "…", "url": "https://…", "secret": "16 characters or more"}];'
        ' a robot has "robot": true and no secret; "place" and "events" narrow it'
    )
    data = _json("GONGZHI_WEBHOOKS", value, expected)
    try:
        found = tuple(_webhook(dict(row)) for row in data)
    except (TypeError, ValueError) as error:
        raise BadSetting("GONGZHI_WEBHOOKS", expected) from error
    if len({hook.name for hook in found}) != len(found):
        raise BadSetting("GONGZHI_WEBHOOKS", "a name of its own for each receiver")
    return found


def _webhook(row: dict[str, Any]) -> Webhook:
    """One receiver; ValueError when it cannot be meant."""
    events = frozenset(row.pop("events", WEBHOOK_EVENTS))
    hook = Webhook(**row, events=events)
    texts = (hook.name, hook.url, hook.secret or "", hook.place or "")
    good = all(isinstance(text, str) for text in texts) and 0 < len(hook.name) <= 80
    good = good and hook.url.startswith("https://") and "." in hook.host
    good = good and bool(events) and events <= set(WEBHOOK_EVENTS)
    signed = hook.secret is None if hook.robot else len(hook.secret or "") >= 16
    if not good or not signed:
        raise ValueError(hook.name)
    return hook


def _city(value: str | None) -> Path:
    if not value:
        return DEFAULT_CITY
    path = Path(value).expanduser().resolve()
    if not path.is_file():
        raise BadSetting("GONGZHI_CITY", "the path of a city file (TOML)")
    return path
