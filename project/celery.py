"""Decides how the background jobs run under Celery: each job of `helpdesk.jobs` is a task, and beat sends it when it is due.

`celery -A project worker --beat` on one machine; on several, workers everywhere and one `celery -A project beat`.
"""

from __future__ import annotations

import logging
import os

import django
from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after the set-up

from helpdesk import jobs  # noqa: E402

app = Celery("helpdesk", broker=settings.CELERY_BROKER_URL or None)
app.conf.update(
    # A task is done when it has ended: a killed worker's task goes to another one. Every job may run twice.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # Nobody asks what a job returned.
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=10_000,
    broker_connection_retry_on_startup=True,
    task_default_queue="helpdesk",
    beat_schedule_filename=str(settings.VAR_DIR / "celerybeat-schedule"),
    # A task that found no worker until its successor was due is dropped: jobs do not pile up in the queue.
    beat_schedule={
        job.name: {
            "task": f"helpdesk.{job.name}",
            "schedule": job.every,
            "options": {"expires": max(job.every.total_seconds(), 5)},
        }
        for job in jobs.JOBS
    },
)


def _keep_logging(**_options: object) -> None:
    """Leave the log as the settings have it, without a line for each of the hundred tasks a minute."""
    for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


setup_logging.connect(_keep_logging)


def _task_of(job: jobs.Job) -> None:
    def run() -> None:
        jobs.run_alone(job)

    app.task(name=f"helpdesk.{job.name}")(run)


for _job in jobs.JOBS:
    _task_of(_job)
