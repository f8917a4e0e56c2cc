"""Numbers for Prometheus: how requests go, and what waits. Nothing of anybody in them.

With several workers each counts its own, unless the environment names a folder that they share
(``PROMETHEUS_MULTIPROC_DIR``, see docs/operate.md). What the database knows is asked at most every
few seconds, however often somebody looks.
"""

import os
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Pool, QueuePool
from sqlalchemy.exc import SQLAlchemyError

from portal.accounts.access import monitoring
from portal.kernel import jobs
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.outbox import backlog
from portal.kernel.web import database
from portal.reports.queries.pulse import pulse

bp = Blueprint("metrics", __name__)
SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
FRESH_SECONDS: Final = 15.0
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
OWN = CollectorRegistry()
REQUESTS = Counter(
    "gongzhi_requests", "Requests answered.", ["endpoint", "method", "status"], registry=OWN
)
SECONDS = Histogram(
    "gongzhi_request_seconds",
    "Time from a request's arrival at the portal to its answer.",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    registry=OWN,
)


@dataclass
class _Known:
    """What the database said, and when."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: float = float("-inf")
    metrics: list[Metric] = field(default_factory=list)


def init_app(app: Flask) -> None:
    """Count every answer."""
    app.extensions["gongzhi_metrics"] = _Known()
    app.after_request(count)


def count(response: Response) -> Response:
    """Note one answer by its endpoint: addresses would be many, and name people's reports."""
    name = request.endpoint or "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(name, method, str(response.status_code)).inc()
    started = g.get("started")
    if started is not None:
        SECONDS.labels(name).observe(time.perf_counter() - started)
    return response


@bp.get("/metrics", endpoint="show")
@monitoring
def metrics() -> ResponseReturnValue:
    """Everything, in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Requests())
    registry.register(_Portal())
    headers = {"Cache-Control": "no-store"}
    return Response(generate_latest(registry), 200, headers, content_type=CONTENT_TYPE_LATEST)


class _Requests(Collector):
    """What this worker counted, or what all of them did."""

    def collect(self) -> Iterable[Metric]:
        if os.environ.get(SHARED):
            # the library types all but this class
            shared: Any = MultiProcessCollector
            return list(shared(CollectorRegistry()).collect())
        return OWN.collect()


class _Portal(Collector):
    """What the database knows, and how many of its connections are in use."""

    def collect(self) -> Iterable[Metric]:
        known: _Known = current_app.extensions["gongzhi_metrics"]
        # one asks, the others wait for what she hears
        with known.lock:
            if time.monotonic() - known.at > FRESH_SECONDS:
                known.metrics = _asked(database(), now())
                known.at = time.monotonic()
        return [*known.metrics, _connections(database())]


def _asked(base: Database, moment: datetime) -> list[Metric]:
    try:
        with base.read() as session:
            waiting, counts = backlog(session, now=moment), pulse(session, moment)
            rows = jobs.job_rows(session)
    except SQLAlchemyError:
        return [_gauge("gongzhi_database_up", "Whether the database answers.", 0)]
    return [
        _gauge("gongzhi_database_up", "Whether the database answers.", 1),
        _gauge("gongzhi_outbox_waiting", "Messages that are due and not sent.", waiting.waiting),
        _gauge("gongzhi_outbox_failed", "Messages given up.", waiting.failed),
        _gauge(
            "gongzhi_outbox_oldest_seconds", "How long the first of them waits.",
            waiting.oldest_seconds,
        ),
        _gauge("gongzhi_reports_open", "Open reports.", counts.open),
        _gauge("gongzhi_reports_overdue", "Open reports whose promise is broken.", counts.late),
        *_of_jobs(rows, moment),
    ]  # fmt: skip


def _of_jobs(rows: list[jobs.JobRow], moment: datetime) -> Iterator[Metric]:
    """When each job last ended, how it went; one that never ran has no age."""
    age = GaugeMetricFamily(
        "gongzhi_job_age_seconds", "Time since a job last ended.", labels=["job"]
    )
    good = GaugeMetricFamily("gongzhi_job_ok", "Whether its last run went well.", labels=["job"])
    for row in rows:
        if row.finished_at is not None:
            age.add_metric([row.name], (moment - row.finished_at).total_seconds())
            good.add_metric([row.name], float(bool(row.ok)))
    yield age
    yield good


def _connections(base: Database) -> Metric:
    found = GaugeMetricFamily(
        "gongzhi_database_connections", "Connections of this worker.", labels=["engine", "state"]
    )
    for name, engine in (("reader", base.reader), ("writer", base.writer)):
        used, spare = _used(engine.pool)
        found.add_metric([name, "used"], used)
        found.add_metric([name, "spare"], spare)
    return found


def _used(pool: Pool) -> tuple[int, int]:
    return (pool.checkedout(), pool.checkedin()) if isinstance(pool, QueuePool) else (0, 0)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
