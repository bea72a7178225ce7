"""Decides what is counted for Prometheus: requests by page, status and time, runs of jobs, and how long work has waited.

With several processes each keeps its numbers in a file of `settings.METRICS_DIR`, and whichever is asked adds them up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from helpdesk import queues
from helpdesk.actions import audit_chain
from helpdesk.health import waiting
from helpdesk.moment import now

REGISTRY = CollectorRegistry()
REQUESTS = Counter("helpdesk_requests_total", "Requests answered.", ("page", "method", "status"), registry=REGISTRY)
SECONDS = Histogram(
    "helpdesk_request_seconds", "Time from the request to its answer.", ("page",), registry=REGISTRY,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
JOBS = Counter("helpdesk_job_runs_total", "Runs of background jobs.", ("job", "outcome"), registry=REGISTRY)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Desk(Collector):
    """What is true of the desk now: open requests by status (at most 10 000 each), and the oldest of what waits."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask the database; a handful of queries along indexes."""
        piles = GaugeMetricFamily("helpdesk_tickets", "Open requests by pile, at most 10000 counted.", labels=("pile",))
        for pile, count in queues.standing().items():
            piles.add_metric([pile], count)
        yield piles
        yield from _waiting()
        place, unsealed = audit_chain.sealed()
        yield GaugeMetricFamily(
            "helpdesk_audit_sealed", "Last place in the chain of the audit; it never falls.", value=place
        )
        yield GaugeMetricFamily(
            "helpdesk_audit_waiting", "Records of the audit that wait for their seal.", value=unsealed
        )


def _waiting() -> Iterator[GaugeMetricFamily]:
    ages = GaugeMetricFamily("helpdesk_oldest_seconds", "Age of the oldest that waits.", labels=("queue",))
    counts = GaugeMetricFamily("helpdesk_waiting", "What waits, at most 10000 counted.", labels=("queue",))
    for queue in waiting.queues():
        ages.add_metric([queue.name], max(0.0, (now() - queue.since).total_seconds()) if queue.since else 0.0)
        counts.add_metric([queue.name], queue.count)
    lost = GaugeMetricFamily("helpdesk_given_up", "Given up in the last two days.", labels=("queue",))
    lost.add_metric(["letters"], waiting.lost_letters())
    lost.add_metric(["deliveries"], waiting.lost_deliveries())
    yield from (ages, counts, lost)


def answered(*, page: str, method: str, status: int, seconds: float) -> None:
    """Count one request. `page` is the name of an address, never the address, so that the number of series is bounded."""
    REQUESTS.labels(page, method if method in _METHODS else "other", str(status)).inc()
    SECONDS.labels(page).observe(seconds)


def ran(job: str, *, done: bool) -> None:
    """Count one run of a background job."""
    JOBS.labels(job, "done" if done else "failed").inc()


def text() -> bytes:
    """Return everything in the text format of Prometheus, the numbers of all processes together."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no annotations
    now_true = CollectorRegistry()
    now_true.register(Desk())
    return generate_latest(registry) + generate_latest(now_true)


def forget_the_dead() -> None:
    """Delete the files of processes that are gone; called when a server starts, where counters begin anew anyway."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    for path in Path(folder).glob("*_*.db") if folder and settings.METRICS_TOKEN else ():
        number = path.stem.rsplit("_", 1)[-1]
        if number.isdigit() and not _lives(int(number)):
            path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
