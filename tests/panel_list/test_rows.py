"""Rows of the list: what is remembered of moments knows zone, day and language; what people typed is escaped."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta

from django.utils import timezone, translation

from admin_ext import displays, ticket_rows
from admin_ext.ticket_rows import Shown
from helpdesk import moment
from helpdesk.models import Ticket
from tests.people import NOON, Desk


def test_a_moment_is_told_anew_in_another_zone_another_day_and_another_language() -> None:
    with moment.at(NOON), translation.override("en"):
        with timezone.override(zoneinfo.ZoneInfo("UTC")):
            first = displays.when(NOON - timedelta(hours=1))
        with timezone.override(zoneinfo.ZoneInfo("Asia/Tokyo")):
            second = displays.when(NOON - timedelta(hours=1))
    with moment.at(NOON + timedelta(days=1)), timezone.override(zoneinfo.ZoneInfo("UTC")):
        with translation.override("en"):
            third = displays.when(NOON - timedelta(hours=1))
        with translation.override("ru"):
            fourth = displays.when(NOON - timedelta(hours=1))

    texts = [str(drawn).partition(">")[2].removesuffix("</time>") for drawn in (first, second, third, fourth)]
    assert texts == [
        f"{NOON - timedelta(hours=1):%H:%M}",
        f"{NOON + timedelta(hours=8):%H:%M}",
        f"yesterday {NOON - timedelta(hours=1):%H:%M}",
        f"вчера в {NOON - timedelta(hours=1):%H:%M}",
    ]


def test_what_people_typed_is_escaped_in_every_cell(desk: Desk) -> None:
    ticket = desk.ticket("in_work")
    type(desk.alla).objects.filter(pk=desk.alla.pk).update(last_name="<i>A</i>")
    type(ticket.line).objects.filter(pk=ticket.line_id).update(name="<i>L</i>")
    type(ticket.service).objects.filter(pk=ticket.service_id).update(name='"<i>S')
    Ticket.objects.filter(pk=ticket.pk).update(subject="<script>")

    found = Ticket.objects.select_related("requester", "assignee", "line", "service", "work_type")
    drawn = ticket_rows.rows(found, {ticket.pk}, Shown(choosable=True, requester=True, line=True))

    assert f'href="/admin/helpdesk/ticket/{ticket.pk}/change/"' in drawn
    assert "&lt;script&gt;" in drawn
    assert "<script" not in drawn
    assert "<i>" not in drawn
    assert 'class=" is-unread"' in drawn or 'class="is-late is-unread"' in drawn


def test_options_say_names_as_they_are_and_never_as_markup() -> None:
    drawn = displays.options([(7, 'R&D "<script>"'), ('"x', "Next")], {"7"})

    assert drawn == (
        '<option value="7" selected>R&amp;D &quot;&lt;script&gt;&quot;</option><option value="&quot;x">Next</option>'
    )
