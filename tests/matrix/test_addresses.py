"""Every address of the panel × every sort of person answers as the table says; an address without a row fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from helpdesk.actions import foreign, imports, report_schedules, webhooks
from helpdesk.models import (
    CalendarInterval,
    CompanyGroup,
    ReplyTemplate,
    ReportSchedule,
    SpreadsheetImport,
    Webhook,
    WorkCalendar,
)
from helpdesk.spreadsheets import intake
from tests.people import NO_ROW, Desk

# anonymous, requester, outsider, agent, lead, catalog administrator, administrator
WHO = (None, "anna", "boris", "alla", "lev", "katya", "roman")
OPEN = (302, 200, 200, 200, 200, 200, 200)
STAFF = (302, 403, 403, 200, 200, 200, 200)
POST = (302, 405, 405, 405, 405, 405, 405)
POST_STAFF = (302, 403, 403, 405, 405, 405, 405)
TICKET = (302, 200, 404, 200, 200, 404, 200)
TICKET_POST = POST
CATALOG = (302, 403, 403, 403, 403, 200, 200)
ADMIN = (302, 403, 403, 403, 403, 403, 200)
REPORTS = (302, 403, 403, 403, 200, 403, 200)
LEAD = (302, 403, 403, 403, 200, 403, 200)
NOBODY = (302, 403, 403, 403, 403, 403, 403)
REDIRECT = (302, 302, 302, 302, 302, 302, 302)
TABLE: dict[str, tuple[int, ...]] = {
    "admin:index": OPEN, "admin:login": (200, 302, 302, 302, 302, 302, 302), "admin:logout": (302, 405, 405, 405, 405, 405, 405),
    "admin:password_change": OPEN, "admin:password_change_done": OPEN, "admin:jsi18n": OPEN,
    "admin:autocomplete": NOBODY,
    "admin:app_list": (302, 403, 403, 404, 404, 404, 404), "admin:final": (302, 403, 403, 404, 404, 404, 404),
    "admin:inbox": OPEN, "admin:inbox_read_all": POST, "admin:inbox_open": POST, "admin:counters": OPEN,
    "admin:search": OPEN, "admin:profile": OPEN, "admin:set_photo": POST, "admin:set_theme": POST,
    "admin:set_language": (405,) * 7, "admin:photo": (302, 404, 404, 404, 404, 404, 404), "admin:help": OPEN,
    "admin:new_request": OPEN, "admin:new_request_form": OPEN, "admin:people_search": STAFF, "admin:next_ticket": POST_STAFF,
    "admin:ticket_action": TICKET_POST, "admin:presence": TICKET_POST, "admin:ticket_message": TICKET_POST,
    "admin:ticket_messages": TICKET, "admin:message_edit": POST, "admin:attachment": (302, 404, 404, 404, 404, 404, 404),
    "admin:bulk_action": POST_STAFF, "admin:ticket_deadline": TICKET, "admin:ticket_similar": TICKET, "admin:draft_similar": POST, "admin:ticket_numbers": OPEN, "admin:calendar_holidays": POST_STAFF, "admin:calendar_trial": POST_STAFF,
    "admin:helpdesk_ticket_changelist": OPEN, "admin:helpdesk_ticket_change": TICKET,
    "admin:helpdesk_ticket_add": NOBODY, "admin:helpdesk_ticket_delete": NOBODY,
    "admin:helpdesk_ticket_history": (302, 403, 403, 302, 302, 404, 302),
    **{f"admin:helpdesk_{name}_{page}": CATALOG for name in ("service", "worktype") for page in ("changelist", "add", "change", "delete", "history")},
    **{f"admin:helpdesk_{name}_{page}": ADMIN for name in ("supportline", "workcalendar", "webhook", "companygroup") for page in ("changelist", "add", "change", "delete", "history")},
    **{f"admin:helpdesk_user_{page}": ADMIN for page in ("changelist", "add", "change", "history")},
    "admin:helpdesk_user_delete": NOBODY, "admin:auth_user_password_change": ADMIN,
    **{f"admin:helpdesk_replytemplate_{page}": LEAD for page in ("changelist", "add", "change", "delete", "history")},
    **{f"admin:helpdesk_reportschedule_{page}": LEAD for page in ("changelist", "add", "change", "delete", "history")},
    "admin:report_sendings": LEAD, "admin:report_send_now": POST_STAFF,
    "admin:analytics": REPORTS, "admin:analytics_tickets": REPORTS, "admin:analytics_export": REPORTS, "admin:event_log": REPORTS,
    "admin:what_if": REPORTS, "admin:what_if_apply": POST_STAFF,
    "admin:cases": ADMIN, "admin:cases_page": ADMIN, "admin:cases_report": ADMIN, "admin:cases_drop": POST_STAFF,
    "admin:notice_rules": ADMIN, "admin:notice_choices": OPEN, "admin:letters": ADMIN, "admin:mailbox": (302, 403, 403, 403, 403, 403, 404), "admin:mailbox_file": (302, 403, 403, 403, 403, 403, 404),
    "admin:tokens": OPEN, "admin:tokens_of_person": (302, 403, 403, 403, 403, 403, 404), "admin:token_revoke": POST,
    "admin:second_factor": OPEN, "admin:app_remove": POST, "admin:passkey_remove": POST, "admin:recovery_codes": POST,
    "admin:sign_ins": OPEN, "admin:sign_in_end": POST, "admin:sign_ins_end_others": POST, "admin:show_again": OPEN,
    "admin:second_step": REDIRECT, "admin:by_passkey": (405,) * 7, "admin:passkey_options": (405,) * 7, "admin:reset_factor": ADMIN,
    "admin:set_aside": ADMIN, "admin:set_aside_again": POST_STAFF,
    "admin:erase_person": ADMIN, "admin:mentions_of_person": ADMIN, "admin:data_of_person": (302, 403, 403, 200, 403, 403, 200),
    "admin:own_data": OPEN,
    "admin:let_go": ADMIN, "admin:who_may": ADMIN, "admin:audit": ADMIN, "admin:audit_export": ADMIN,
    "admin:letter_again": POST_STAFF, "admin:unsubscribe": (404,) * 7,
    "admin:webhook_secret": ADMIN, "admin:webhook_deliveries": ADMIN,
    **{f"admin:webhook_{name}": POST_STAFF for name in ("trial", "again", "lost_again")},
    "admin:password_forgotten": (200,) * 7, "admin:password_set": (410,) * 7,
    **{f"admin:company_{name}": (404,) * 7 for name in ("start", "back", "link")}, "admin:company_of_person": ADMIN, "admin:company_unlink": POST_STAFF,
    "admin:joining": ADMIN, "admin:joining_decide": POST_STAFF, "admin:invitation": POST_STAFF, "admin:invited": (410,) * 7,
    "admin:joining_letter_again": POST_STAFF, "admin:sign_up": (200,) * 7, "admin:sign_up_confirm": (410,) * 7,
    "admin:import": CATALOG, "admin:catalog_check": CATALOG, "admin:import_example": CATALOG, "admin:export": CATALOG,
    "admin:import_page": CATALOG, "admin:import_report": CATALOG,
    **{f"admin:import_{name}": POST_STAFF for name in ("choose", "confirm", "drop", "undo")},
    "ticket": REDIRECT, "home": REDIRECT, "livez": (200,) * 7, "readyz": (200,) * 7, "metrics": (404,) * 7,
}  # fmt: skip


def named(resolver: URLResolver, prefix: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the route of every address below `resolver`."""
    for item in resolver.url_patterns:
        path = route + str(item.pattern)
        if isinstance(item, URLResolver):
            space = f"{item.namespace}:" if item.namespace else ""
            yield from named(item, prefix + space, path)
        elif isinstance(item, URLPattern):
            yield prefix + (item.name or ("home" if path == "" else "final")), path


def parts(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    """Return what stands for a part of a route; of two that fit, the later one."""
    nothing = ("person", "file", "message", "clock", "token", "passkey", "letter", "sign_up", "invitation")
    return [
        (":number>", {"number": desk.request.pk}),
        (":service>", {"service": desk.mail.pk}),
        *((f":{name}>", {name: NO_ROW}) for name in nothing),
        (":somebody>", {"somebody": desk.alla.pk}),
        (":calendar>", {"calendar": desk.calendar.pk}),
        ("<slug:number>", {"number": "add"}),
        ("<slug:purpose>", {"purpose": "add"}),
        ("<slug:name>", {"name": "take"}),
        ("analytics", {"figure": "overdue", "form": "csv"}),
        (":webhook>", {"webhook": desk.hook.pk, "delivery": NO_ROW}),
        (":letter>", {"number": 0}),
        (":schedule>", {"schedule": desk.schedule.pk}),
        ("unsubscribe", {"token": "wrong"}),
        ("sign-up/<str:token>", {"token": "wrong"}),
        ("invited/<str:token>", {"token": "wrong"}),
        ("<str:uid>", {"uid": "MQ", "token": "wrong"}),
        ("admin/cases/", {"imported": desk.foreign.pk, "form": "csv"}),
        ("admin/imports/", {"imported": desk.brought.pk, "number": 0, "subject": "catalog", "form": "csv"}),
    ]


def kwargs_for(desk: Desk, name: str, route: str) -> dict[str, Any]:
    records = {
        "service": desk.mail.pk, "worktype": desk.mailbox.pk, "supportline": desk.second.pk, "user": desk.alla.pk,
        "workcalendar": desk.calendar.pk, "replytemplate": desk.template.pk, "ticket": desk.request.pk, "webhook": desk.hook.pk,
        "companygroup": desk.group.pk, "reportschedule": desk.schedule.pk,
    }  # fmt: skip
    values: dict[str, Any] = {}
    if "object_id" in route:
        values["object_id"] = records[name.split("_")[1]]
    for part, some in parts(desk):
        if part in route:
            values |= some
    return values


def addresses(desk: Desk) -> Iterator[tuple[str, str]]:
    for name, route in named(get_resolver()):
        if name.startswith("api:"):
            continue  # the API has a table of its own in tests/api
        if "<path:object_id>/" in route and route.endswith("<path:object_id>/"):
            continue
        path = route
        for key, value in kwargs_for(desk, name, route).items():
            for kind in ("int", "path", "slug", "str"):
                path = path.replace(f"<{kind}:{key}>", str(value))
        path = path.replace("<id>", str(desk.alla.pk)).replace("<int:content_type_id>/<path:object_id>", "1/1")
        path = path.replace("(?P<url>.*)$", "nonsense").replace("^(?P<app_label>auth|helpdesk)/$", "helpdesk/")
        yield name, "/" + path


def bring_catalog(desk: Desk) -> SpreadsheetImport:
    data = b"service code,service\nNEW,New\n"
    upload = imports.Upload("new.csv", ContentFile(data, "new.csv"), len(data))
    brought = imports.receive(actor=desk.katya, subject="catalog", uploads=[upload])
    intake.read(brought)
    return brought


@pytest.fixture
def furnished(desk: Desk, settings: Any, tmp_path: Any) -> Desk:
    """Add a record of every sort to the desk."""
    settings.MEDIA_ROOT = tmp_path
    calendar = WorkCalendar.objects.create(name="Office")
    CalendarInterval.objects.create(calendar=calendar, weekday=0, start=540, end=1080)
    desk.__dict__["calendar"] = calendar
    desk.__dict__["template"] = ReplyTemplate.objects.create(line=desk.first, name="Hello", text="Hello {name}")
    desk.__dict__["group"] = CompanyGroup.objects.create(group="support", line=desk.first)
    desk.__dict__["brought"] = bring_catalog(desk)
    desk.__dict__["foreign"] = foreign.receive(
        actor=desk.roman, name="log.csv", data=b"case,status,created\n1,open,?\n"
    )
    given = {"name": "Monitor", "address": "https://monitor.example.org/desk"}
    desk.__dict__["hook"] = webhooks.change(actor=desk.roman, webhook=Webhook(), values=given)
    given = {"name": "Week", "recipients": [desk.lev.pk]}
    desk.__dict__["schedule"] = report_schedules.change(actor=desk.lev, schedule=ReportSchedule(), values=given)
    desk.__dict__["request"] = desk.ticket("in_work")
    return desk


HEADERS = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}


def lacks(answer: Any) -> list[str]:
    """Return what an answer does not have of that which every answer has: its headers, a policy, a word to caches."""
    policy = answer.get("Content-Security-Policy", "")
    scripts = policy.partition("script-src ")[2].partition(";")[0]
    kept = {
        "no scripts of others": scripts == "'self'",
        "no frames": "frame-ancestors 'none'" in policy,
        "no caches": "no-store" in answer.get("Cache-Control", ""),
    }
    wrong = [header for header, value in HEADERS.items() if answer.get(header) != value]
    return wrong + [name for name, holds in kept.items() if not holds]


def strange(answer: Any) -> list[str]:
    """Return what a page has of foreign hosts, and of scripts that are not a file of ours."""
    if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
        return []
    text = answer.content.decode()
    return [
        *re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]+"', text),
        # Data that a script of ours reads is no script.
        *re.findall(r'<script(?![^>]*(?:\bsrc=|type="application/json"))[^>]*>', text),
        *re.findall(r'\son[a-z]+="', text),
    ]


def test_every_address_answers_everybody_as_the_table_says(furnished: Desk) -> None:
    """And every answer has its headers, and names no foreign host: a walk through all of them is too long to go twice."""
    found: dict[str, list[int]] = {}
    odd = []
    clients = [Client(raise_request_exception=False) if login is None else furnished.client(login) for login in WHO]
    for name, path in addresses(furnished):
        for login, client in zip(WHO, clients, strict=True):
            answer = client.get(path)
            found.setdefault(name, []).append(answer.status_code)
            odd += [(name, login, said) for said in lacks(answer) + strange(answer)]

    assert {name: answers for name, answers in found.items() if list(TABLE.get(name, ())) != answers} == {}
    assert set(TABLE) - set(found) == set()
    assert odd == []


@pytest.mark.once
def test_an_answer_that_no_page_gives_has_its_headers_too(desk: Desk) -> None:
    paths = ("/api/v1/tickets", "/api/v1/none", "/x")

    assert [lacks(client.get(path)) for client in (Client(), desk.client("anna")) for path in paths] == [[]] * 6
