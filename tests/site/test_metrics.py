"""What Prometheus reads: how requests go and what waits, for whoever watches the portal."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from portal.kernel import jobs
from portal.kernel.clock import now
from portal.kernel.config import BadSetting, load_config
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.kernel.outbox import Channel, OutboxMessage, OutboxState, post_message
from portal.reports.rules.codes import State
from portal.site.app import create_app
from tests.make import reports as make
from tests.make.areas import small_tree

TOKEN = "a-token-of-this-test-0123456789"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(app: Flask) -> Samples:
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, tuple(sorted(labels.items()))), 0.0)


def test_what_waits_is_counted(app: Flask, database: Database) -> None:
    moment = now()
    with database.write() as session:
        area = small_tree(session)["370283001001"]
        for state in (State.REPORTED, State.DISPATCHED, State.CLOSED):
            make.case(session, area, state=state, at=moment - timedelta(hours=8))
        late = make.case(session, area, at=moment - timedelta(days=9))
        late.promised_at = moment - timedelta(days=2)
        for minutes in (-10, -1, 60):
            post_message(
                session, channel=Channel.SMS, to="13800001288", template="reports.test", facts={},
                now=moment, due_at=moment + timedelta(minutes=minutes),
            )  # fmt: skip
        session.flush()
        session.add(
            OutboxMessage(channel=Channel.SMS, template="t", language="en", created_at=moment,
                          due_at=moment, state=OutboxState.FAILED)
        )  # fmt: skip
    jobs.run_due(database, now, only="reports.forget_old")
    found = samples(app)
    assert value(found, "gongzhi_database_up") == 1
    assert value(found, "gongzhi_reports_open") == 3
    assert value(found, "gongzhi_reports_overdue") == 1
    assert value(found, "gongzhi_outbox_failed") == 1
    # walking a case posts messages too: those of the test are the oldest
    assert value(found, "gongzhi_outbox_waiting") >= 2
    assert value(found, "gongzhi_outbox_oldest_seconds") >= 600
    assert 0 <= value(found, "gongzhi_job_age_seconds", job="reports.forget_old") < 60
    assert value(found, "gongzhi_job_ok", job="reports.forget_old") == 1
    assert ("gongzhi_database_connections", (("engine", "reader"), ("state", "used"))) in found
    with database.write() as session:
        make.case(session, area)
    assert value(samples(app), "gongzhi_reports_open") == 3  # asked a moment ago


@on_sqlite
def test_requests_are_counted_by_endpoint_and_status_and_never_by_address(
    app: Flask, database: Database
) -> None:
    before = samples(app)
    client = app.test_client()
    for path in ("/help", "/help", "/reports/7K3M9-QX2HD", "/none", "/r/secret-secret-secret"):
        client.get(path)
    found = samples(app)

    def more(name: str, **labels: str) -> float:
        return value(found, name, **labels) - value(before, name, **labels)

    labels = {"endpoint": "site.help", "method": "GET", "status": "200"}
    assert more("gongzhi_requests_total", **labels) == 2
    labels = {"endpoint": "reports.show", "method": "GET", "status": "404"}
    assert more("gongzhi_requests_total", **labels) == 1
    assert more("gongzhi_requests_total", endpoint="none", method="GET", status="404") == 1
    assert more("gongzhi_request_seconds_count", endpoint="site.help") == 2
    text = client.get("/metrics").text
    assert not [word for word in ("7K3M9", "secret", "/reports") if word in text]


@on_sqlite
def test_only_this_machine_and_whoever_has_the_token_read_them(
    instance: Instance, database: Database
) -> None:
    guarded = replace(instance, config=replace(instance.config, metrics_token=TOKEN))
    for one, good in ((instance, False), (guarded, True)):
        client = create_app(one, database).test_client()
        assert client.get("/metrics").status_code == 200  # from 127.0.0.1
        far = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
        assert client.get("/metrics", **far).status_code == 404
        proxied = {"X-Forwarded-For": "203.0.113.7"}
        assert client.get("/metrics", headers=proxied).status_code == 404
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert client.get("/metrics", headers=bearer, **far).status_code == (200 if good else 404)
        wrong = {"Authorization": "Bearer "}
        assert client.get("/metrics", headers=wrong, **far).status_code == 404


def test_a_short_token_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="GONGZHI_METRICS_TOKEN"):
        load_config({"GONGZHI_INSTANCE": str(tmp_path), "GONGZHI_METRICS_TOKEN": "short"})


def test_workers_share_their_counts_in_a_folder(tmp_path: Path) -> None:
    """Two processes count one request each; a third, that counted none, tells both."""
    count = "from portal.site.metrics import REQUESTS as r; r.labels('site.help','GET','200').inc()"
    tell = (
        "from prometheus_client import CollectorRegistry as R, generate_latest as g\n"
        "from portal.site.metrics import _Requests\n"
        "r = R(); r.register(_Requests()); print(g(r).decode())"
    )
    shared = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    told = [
        subprocess.run(
            [sys.executable, "-c", code], env=shared, check=True, capture_output=True, text=True
        ).stdout
        for code in (count, count, tell)
    ]
    line = 'gongzhi_requests_total{endpoint="site.help",method="GET",status="200"} 2.0'
    assert line in told[-1]
