"""Decides what `manage.py doctor` looks at: everything that makes a desk slow, late, unsafe or forgetful before anybody notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.db import connection
from django.db.models import BaseConstraint, Index, Model

from helpdesk import backups, openid, search
from helpdesk.actions import attachments, audit_chain, catalog_check, malware, roles, totp
from helpdesk.actions import stays as courses
from helpdesk.health import readiness, waiting
from helpdesk.health.findings import Check, Finding, failed, ok, run, warning
from helpdesk.models import CalendarException, Event, SupportLine, TicketClock, Webhook, guards
from helpdesk.moment import now

STALE_LEASE = timedelta(minutes=10)
OLDEST_BACKUP = timedelta(days=2)
OLDEST_SIGNATURES = timedelta(days=7)
SKEW = timedelta(seconds=5)
NEWEST = 200
AUTUMN = 10


def examine() -> list[Finding]:
    """Return what every check found; without a database only what can be told without one."""
    found = run([("settings", configuration), ("disk", readiness.disk), ("database", readiness.database)])
    if found[-1].level == "failed":
        return found
    found += run([("migrations", readiness.migrations)])
    return found if found[-1].level == "failed" else found + run(CHECKS)


def configuration() -> Iterator[Finding]:
    """Look for settings that are fine on a desk of one's own and nowhere else."""
    found = list(_odd_settings())
    yield from found or [ok("settings", "The settings fit together.")]


def _odd_settings() -> Iterator[Finding]:
    for message in run_checks():
        if message.level >= ERROR:
            yield failed("settings", f"{message.id}: {message.msg}", message.hint or "Look it up in Django's manual.")
    if settings.DEBUG:
        yield failed("settings", "DEBUG is on: error pages show the code and the settings.", "Unset DEBUG.")
    public = urlsplit(settings.PUBLIC_URL).hostname not in {"127.0.0.1", "localhost", "::1"}
    if public and not settings.HTTPS:
        yield warning("settings", "Passwords travel unencrypted: PUBLIC_URL is http.", "Set PUBLIC_URL=https://…")
    if public and not settings.EMAIL_HOST:
        yield warning("settings", "Letters become files: there is no mail server.", "Set EMAIL_HOST.")


def indexes() -> Iterator[Finding]:
    """Compare the indexes and constraints the models want with those the database has; say how to make missing ones."""
    missing: list[tuple[type[Model], BaseConstraint | Index]] = []
    with connection.cursor() as cursor:
        for model in apps.get_app_config("helpdesk").get_models():
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            declared = (*model._meta.indexes, *model._meta.constraints)
            missing += [(model, each) for each in declared if each.name not in there]
    for model, wanted in missing:
        sql = wanted.create_sql(model, connection.schema_editor(collect_sql=True))
        yield failed("indexes", f"{wanted.name} of {model._meta.db_table} is missing.", f"{sql};")
    gone = search.missing_parts()
    if gone:
        yield failed(
            "indexes", f"The search lacks {', '.join(gone)}.", "Restore a backup, or make it as migration 0002 does."
        )
    if not missing and not gone:
        yield ok("indexes", "Every index and constraint is there.")


def leases() -> Iterator[Finding]:
    """Look for work that somebody began and neither finished nor gave back."""
    stuck: dict[str, int] = {}
    for model in apps.get_app_config("helpdesk").get_models():
        if "leased_until" in {field.name for field in model._meta.fields}:
            count = model._default_manager.filter(leased_until__lt=now() - STALE_LEASE).count()
            stuck |= {model.__name__: count} if count else {}
    for name, count in stuck.items():
        yield warning(
            "leases", f"{name}: {count} begun by a worker that is gone.", "Start a worker: it takes them over."
        )
    if not stuck:
        yield ok("leases", "No work is stuck.")


def letters() -> Iterator[Finding]:
    """Count the letters of two days that nobody will try again."""
    count = waiting.lost_letters()
    if count:
        yield warning(
            "letters",
            f"{count} letters of the last two days were given up.",
            "Look at the letters in the panel and at EMAIL_HOST.",
        )
    else:
        yield ok("letters", "No letter was given up lately.")


def webhooks() -> Iterator[Finding]:
    """Count what webhooks have lost in two days, and name those whose other side does not answer."""
    lost = waiting.lost_deliveries()
    down = list(Webhook.objects.filter(is_active=True, rest_until__gt=now()).order_by("name"))
    for webhook in down:
        yield warning(
            "webhooks",
            f"“{webhook}” did not answer {webhook.failures} times in a row and rests until {webhook.rest_until:%Y-%m-%d %H:%M} UTC.",
            "Look at the other side, then try it out on the page of the webhook.",
        )
    if lost:
        yield warning(
            "webhooks",
            f"{lost} deliveries of the last two days were given up.",
            "Look at the log of the webhook in the panel; what was lost can be sent again there.",
        )
    if not lost and not down:
        yield ok("webhooks", "Every webhook answers, and nothing was given up lately.")


def clock() -> Iterator[Finding]:
    """Compare the clock with that of the database server, and with the newest event."""
    at = now()
    drift = timedelta(0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            # The clock of the machine is what is looked at, not `moment`.
            drift = abs(cursor.fetchone()[0] - datetime.now(UTC))
    newest = Event.objects.order_by("-id").values_list("at", flat=True).first()
    if drift > SKEW:
        yield failed(
            "clock",
            f"This clock and the database's differ by {drift.total_seconds():.0f} s.",
            "Let both keep time by NTP.",
        )
    elif newest is not None and newest > at + SKEW:
        yield failed("clock", f"The newest event is of {newest:%Y-%m-%d %H:%M}, ahead of now.", "Set the clock right.")
    else:
        yield ok("clock", f"It is {at:%Y-%m-%d %H:%M} UTC.")


def calendars() -> Iterator[Finding]:
    """Look for calendars whose holidays end with this year although it draws to its end."""
    at = now()
    year = at.year + (at.month >= AUTUMN)
    dates = CalendarException.objects.values_list("calendar__name", "date__year").distinct()
    years: dict[str, set[int]] = {}
    for name, each in dates:
        years.setdefault(name, set()).add(each)
    bare = sorted(name for name, known in years.items() if year not in known)
    for name in bare:
        yield warning(
            "calendars", f"“{name}” knows no holiday of {year}.", "Add them on the page of the calendar in the panel."
        )
    if not bare:
        yield ok("calendars", f"The calendars know the holidays of {year}.")


def catalog() -> Iterator[Finding]:
    """Count what `check_catalog` finds; it names each."""
    found = catalog_check.findings()
    if found:
        yield warning(
            "catalog",
            f"Things to mend in catalog, lines and calendars: {len(found)}.",
            "Run `manage.py check_catalog`.",
        )
    else:
        yield ok("catalog", "Catalog, lines and calendars fit together.")


def role_groups() -> Iterator[Finding]:
    """Look whether the role groups and the staff flags say what roles and lines say."""
    out = roles.differences()
    if out:
        yield warning("roles", f"{len(out)} out of step, such as {out[0]}.", "Run `manage.py sync_roles`.")
    else:
        yield ok("roles", "Roles and groups are in step.")


def apps_for_codes() -> Iterator[Finding]:
    """Count the apps for codes whose secret no key opens any more."""
    closed = totp.unreadable()
    if closed:
        yield failed(
            "second factor", f"{closed} apps for codes cannot be read: SECRET_KEY has changed.",
            "Set the former key as SECRET_KEY_FALLBACKS.",
        )  # fmt: skip
    else:
        yield ok("second factor", "The secrets of all apps for codes can be read.")


def default_line() -> Iterator[Finding]:
    """Look for the line on which requests land whose kind of work names none."""
    line = SupportLine.objects.filter(is_default=True).first()
    if line is None:
        yield failed("default line", "There is none: requests may have nowhere to go.", "Run `manage.py setup`.")
    elif not line.members.filter(is_active=True).exists():
        yield warning("default line", f"Nobody is on “{line}”.", "Add members to it in the panel.")
    else:
        yield ok("default line", f"It is “{line}”.")


def index_of_search() -> Iterator[Finding]:
    """Compare the words of the newest requests with their rows, and the number of all."""
    wrong = search.differences(newest=NEWEST)
    missing = search.missing_count()
    if wrong or missing:
        yield warning(
            "search", f"{len(wrong)} of the newest {NEWEST} entries differ, {missing} of all are missing.",
            "Run `manage.py rebuild_search`.",
        )  # fmt: skip
    else:
        yield ok("search", "Index and rows agree.")


def stays() -> Iterator[Finding]:
    """Compare what the figures of past days are counted from with the history of the requests changed last."""
    wrong = courses.differences(newest=NEWEST)
    if wrong:
        numbers = ", ".join(f"#{number}" for number in wrong[:10])
        yield warning(
            "stays", f"What the figures are counted from differs from the history: {numbers}.",
            "Run `manage.py rebuild_stays`.",
        )  # fmt: skip
    else:
        yield ok("stays", "Figures and history agree.")


def clocks() -> Iterator[Finding]:
    """Count the clocks that were set aside because a sweep failed on them."""
    aside = list(
        TicketClock.objects.filter(set_aside_at__isnull=False).order_by("pk").values_list("ticket_id", flat=True)
    )
    if aside:
        numbers = ", ".join(f"#{number}" for number in aside[:10])
        yield warning(
            "clocks", f"{len(aside)} clocks are set aside after a failure: {numbers}.",
            "Look in the log for the reason, mend it, then take an action on the request.",
        )  # fmt: skip
    else:
        yield ok("clocks", "No clock is set aside.")


def files() -> Iterator[Finding]:
    """Look whether the newest uploads are where their rows say."""
    lost = attachments.missing(newest=NEWEST)
    if lost:
        yield failed(
            "files",
            f"{len(lost)} of the newest uploads are not where their rows say.",
            "Bring them from a backup, or from the versions of the bucket.",
        )
    else:
        yield ok("files", "The newest uploads are in their place.")


def scanner() -> Iterator[Finding]:
    """Ask the scanner of uploads, where there is one, how new what it knows is."""
    if not settings.CLAMAV:
        return
    try:
        newest = malware.signatures()
    except malware.NotLookedThrough as error:
        yield failed("malware", f"No file is taken in: {error}", "Start clamd, or look at CLAMAV_URL.")
        return
    if newest is None:
        yield warning("malware", "The scanner knows no signature of ClamAV.", "Run freshclam.")
    elif now().replace(tzinfo=None) - newest > OLDEST_SIGNATURES:
        yield warning("malware", f"The newest signatures are of {newest:%Y-%m-%d}.", "Look why freshclam stopped.")
    else:
        yield ok("malware", f"Uploads are looked through; the newest signatures are of {newest:%Y-%m-%d}.")


def audit_records() -> Iterator[Finding]:
    """Look whether the audit is sealed and guarded; whether it is whole is told by `verify_audit`, which reads all of it."""
    place, waiting = audit_chain.sealed()
    gone, late = guards.missing(connection), audit_chain.late()
    for name in gone:
        yield failed(
            "audit", f"The database lacks its guard {name}.", "Run `manage.py migrate`: it puts guards in place."
        )
    if late:
        yield warning("audit", f"{late} records wait for their seal for over an hour.", "Start a worker.")
    if not gone and not late:
        yield ok("audit", f"Sealed up to place {place}, {waiting} waiting.")


def backup() -> Iterator[Finding]:
    """Look how old the newest backup is."""
    made: datetime | None = backups.newest(settings.BACKUP_DIR)
    if made is None:
        yield warning("backup", f"There is no backup in {settings.BACKUP_DIR}.", "Run `manage.py backup` every night.")
    elif now() - made > OLDEST_BACKUP:
        yield warning("backup", f"The newest is of {made:%Y-%m-%d %H:%M} UTC.", "Look why the nightly one stopped.")
    else:
        yield ok("backup", f"The newest is of {made:%Y-%m-%d %H:%M} UTC.")


def company() -> Iterator[Finding]:
    """Ask the company's provider, where there is one, what it says of itself."""
    if not openid.is_used():
        return
    openid.forget()
    try:
        openid.describe()
    except openid.ProviderDown as error:
        remedy = "Look at OIDC_ISSUER and at the way there; meanwhile people with a password sign in with it."
        yield failed("company sign-in", f"The provider cannot be used: {error}.", remedy)
    else:
        yield ok("company sign-in", f"{settings.OIDC_ISSUER} answers.")


CHECKS: tuple[tuple[str, Check], ...] = (
    ("cache", readiness.counts),
    ("indexes", indexes),
    ("outbox", readiness.outbox),
    ("leases", leases),
    ("letters", letters),
    ("webhooks", webhooks),
    ("clock", clock),
    ("clocks", clocks),
    ("calendars", calendars),
    ("roles", role_groups),
    ("default line", default_line),
    ("catalog", catalog),
    ("search", index_of_search),
    ("stays", stays),
    ("files", files),
    ("malware", scanner),
    ("audit", audit_records),
    ("backup", backup),
    ("company sign-in", company),
    ("second factor", apps_for_codes),
)
