"""Decides what a report by mail says: figures with their change, the main tables, the whole of it as xlsx, and the way to the page.

Everything is asked anew when the letter leaves, with the rights, the language and the clock of its reader.
"""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Field
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from helpdesk.actions import report_sendings
from helpdesk.mailing import tables
from helpdesk.models import Letter, Priority, ReportSchedule, ReportSending, User
from helpdesk.notify import envelope, unsubscribing
from helpdesk.notify.letters import Writer
from helpdesk.reports import blocks, period, scope
from helpdesk.reports.blocks import Report
from helpdesk.reports.period import Period
from helpdesk.reports.scope import NARROWING, Scope
from helpdesk.spreadsheets import writing


def obstacle(letter: Letter) -> str:
    """Return why a report is not sent to its reader any more, in English for the log; nothing when it is."""
    sending = _sending(letter)
    code = report_sendings.hindrance(letter.person, sending.schedule)
    if not code or (code == "not_wanted" and sending.asked_by_id == letter.person_id):
        return ""
    return report_sendings.HINDRANCES[code][0]


def compose(letter: Letter) -> EmailMultiAlternatives:
    """Return the report as HTML, text and xlsx; the file only to who may take reports out."""
    sending, person = _sending(letter), letter.person
    stop = unsubscribing.address_for(letter)
    zone = ZoneInfo(person.time_zone or settings.TIME_ZONE)
    with translation.override(person.language or settings.LANGUAGE_CODE), timezone.override(zone):
        stretch = stretch_of(sending)
        asked = scope.read(person, narrowing(sending.schedule))
        report = blocks.report(asked, stretch)
        file = _file(person, report, stretch)
        context = {**_told(sending, report, asked, stretch), "settings_address": stop, "file": file[0] if file else ""}
        text = render_to_string("helpdesk/mail/report.txt", context)
        html = render_to_string("helpdesk/mail/report.html", context)
    headers = envelope.headers(f"report-{sending.pk}-{person.pk}", stop=stop)
    mail = EmailMultiAlternatives(" ".join(context["title"].split()), text, to=[person.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    if file:
        mail.attach(*file, writing.XLSX_TYPE)
    return mail


WRITER = Writer(obstacle, compose)


def _sending(letter: Letter) -> ReportSending:
    if letter.report is None:
        raise ValueError("not a report")
    return letter.report


def stretch_of(sending: ReportSending) -> Period:
    """Return the days a sending tells of as a period of the page, so that its address opens the same figures."""
    month = period.month_of(sending.first)
    whole = (month.first, month.last) == (sending.first, sending.last)
    return month if whole else period.between(sending.first, sending.last)


def narrowing(schedule: ReportSchedule) -> dict[str, str]:
    """Return what narrows a report, as the address of the page says it."""
    values = {name: getattr(schedule, name) for name in NARROWING}
    return {name: str(getattr(value, "pk", value)) for name, value in values.items() if value is not None}


def _file(person: User, report: Report, stretch: Period) -> tuple[str, bytes] | None:
    if not scope.may_export(person):
        return None
    dates = f"{date_format(stretch.first, 'Y-m-d')}–{date_format(stretch.last, 'Y-m-d')}"
    data = writing.book_as_xlsx(blocks.as_book(report.blocks))
    return f"{_('Analytics')} {dates}.xlsx", data


def _told(sending: ReportSending, report: Report, asked: Scope, stretch: Period) -> dict[str, Any]:
    schedule = sending.schedule
    return {
        "title": f"{schedule.name}: {stretch.label}",
        "schedule": schedule,
        "so_far": stretch.so_far(),
        "before": stretch.beside(),
        "narrowed": narrowed_words(schedule),
        "address": envelope.page("analytics") + f"?{stretch.query}{asked.query}",
        "tiles": tables.tiles(report.tiles, asked, stretch),
        "tables": tables.main(report.blocks, asked, stretch),
    }


def narrowed_words(schedule: ReportSchedule) -> list[tuple[str, str]]:
    """Return what narrows a report in words: what it is, and which one."""
    found = []
    for name in NARROWING:
        value, field = getattr(schedule, name), cast("Field[Any, Any]", schedule._meta.get_field(name))
        if value is not None:
            found.append((str(field.verbose_name), str(Priority(value).label) if name == "priority" else str(value)))
    return found
