"""Whatever is killed under eight clients, nothing acknowledged is lost, nothing is stored twice, and it goes on by itself."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.chaos.cluster import cluster, programs
from tests.chaos.desks import Clients, agree, ask, cycles, desk, tell

pytestmark = pytest.mark.chaos
needs_postgresql = pytest.mark.skipif(programs() is None, reason="no server programs of PostgreSQL on this machine")


def test_killed_web_servers_and_workers_on_sqlite(tmp_path: Path) -> None:
    with desk(tmp_path) as running:
        web, port = running.web()
        worker = running.worker()
        back = []
        with Clients(running, [port]) as clients:
            for _cycle in range(cycles(3)):
                clients.until(15)
                running.kill(web)
                running.kill(worker)
                began = time.monotonic()
                web, _port = running.web(port)
                back.append(time.monotonic() - began)
                worker = running.worker()
            clients.until(15)
        found = running.told()

    agree(found, clients.acknowledged)
    assert set(clients.statuses) <= {-1, 0, 200, 201, 429}, clients.texts
    tell(f"killed {2 * len(back)} times, acknowledged {len(clients.acknowledged)}, answers {dict(clients.statuses)}, "
          f"back after {max(back):.1f} s at most")  # fmt: skip


@needs_postgresql
def test_a_killed_postgresql_is_told_in_a_sentence_and_come_back_to(tmp_path: Path) -> None:
    with cluster() as server, desk(tmp_path, DATABASE_URL=server.url) as running:
        _web, port = running.web()
        running.worker()
        back = []
        with Clients(running, [port]) as clients:
            for _cycle in range(cycles(2)):
                clients.until(15)
                server.kill()
                time.sleep(1)
                page = ask(port, "GET", "/admin/", Cookie="sessionid=abcdefgh12345678")
                ready = ask(port, "GET", "/readyz")
                assert ask(port, "GET", "/livez") == (200, "ok\n")
                assert (page[0], ready[0]) == (503, 503)
                assert "Traceback" not in page[1]
                assert "127.0.0.1" not in page[1]
                server.start()
                began = time.monotonic()
                clients.until(1, patience=10)
                back.append(time.monotonic() - began)
            clients.until(15)
        found = running.told()

    agree(found, clients.acknowledged)
    assert set(clients.statuses) <= {200, 201, 429, 503}, clients.statuses
    assert {json.loads(text)["code"] for text in clients.texts} <= {"busy", "unavailable"}
    tell(f"PostgreSQL killed {len(back)} times, acknowledged {len(clients.acknowledged)}, "
          f"answers {dict(clients.statuses)}, back after {max(back):.1f} s at most")  # fmt: skip


@needs_postgresql
def test_two_web_servers_and_two_workers_share_the_load_and_one_of_each_may_die(tmp_path: Path) -> None:
    with cluster() as server, desk(tmp_path, DATABASE_URL=server.url, METRICS_TOKEN="watch-me") as running:
        (first, port), (_second, other) = running.web(), running.web()
        worker, _other_worker = running.worker(), running.worker()
        with Clients(running, [port, other]) as clients:
            clients.until(40)
            shared = dict(clients.by_port)
            running.kill(first)
            running.kill(worker)
            clients.until(30)
        found = running.told()
        text = ask(other, "GET", "/metrics", Authorization="Bearer watch-me")[1]

    agree(found, clients.acknowledged)
    assert min(shared[port], shared[other]) > 5, shared
    counted = [
        line for line in text.splitlines() if line.startswith("helpdesk_requests_total{") and 'status="201"' in line
    ]
    assert sum(float(line.split()[-1]) for line in counted) > clients.by_port[other], "both web servers are added up"
