"""The event log has every step of the tickets a person may report on, in order, as csv and as XES, a few tickets at a time."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from helpdesk.reports import event_log, scope
from tests.people import Desk

XES = "{http://www.xes-standard.org/}"


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def page(desk: Desk, name: str, form: str, query: str = "") -> Any:
    return desk.client(name).get(reverse("admin:event_log", args=[form]) + query)


def test_both_forms_have_the_steps_of_each_ticket_in_order(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "BATCH", 2)
    kind = desk.mail
    kind.name = '=1+1 <"mail">'
    kind.save()
    tickets = [desk.ticket("rework"), desk.ticket("cancelled"), desk.ticket("done")]

    rows = rows_of(page(desk, "olga", "csv").getvalue())
    tree = ET.fromstring(page(desk, "olga", "xes").getvalue())  # noqa: S314 - our own answer

    steps = [
        ["Registered", "Taken into work", "Submitted for review", "Returned for rework"],
        ["Registered", "Cancelled"],
        ["Registered", "Taken into work", "Submitted for review", "Accepted"],
    ]
    for ticket, wanted in zip(tickets, steps, strict=True):
        own = [row for row in rows if row["case"] == str(ticket.pk)]
        assert [row["activity"] for row in own] == wanted
        assert own[0] == {
            "case": str(ticket.pk), "activity": "Registered", "timestamp": "2026-03-10T07:00:00+00:00",
            "resource": "Anna Smirnova", "line": "First line", "service": "'=1+1 <\"mail\">", "kind": "Mailbox",
            "status": "New",
        }  # fmt: skip
    traces = [
        [next(a.get("value") for a in event if a.get("key") == "concept:name") for event in trace.iter(f"{XES}event")]
        for trace in tree.iter(f"{XES}trace")
    ]
    assert traces == steps
    assert [child.tag.removeprefix(XES) for child in tree][:8] == [
        "extension", "extension", "extension", "global", "global", "classifier", "string", "trace"
    ]  # fmt: skip
    service = next(node for node in tree.iter(f"{XES}string") if node.get("key") == "service")
    assert service.get("value") == '=1+1 <"mail">'


def test_rows_are_those_of_the_report_and_its_filters(desk: Desk) -> None:
    own, foreign = desk.file(), desk.file(kind=desk.server)

    assert {row["case"] for row in rows_of(page(desk, "lev", "csv").getvalue())} == {str(own.pk)}
    assert {row["case"] for row in rows_of(page(desk, "olga", "csv").getvalue())} == {str(own.pk), str(foreign.pk)}
    assert rows_of(page(desk, "olga", "csv", "?month=2020-01").getvalue()) == []
    assert [page(desk, name, "csv").status_code for name in ("anna", "alla", "katya")] == [403, 403, 403]
    assert page(desk, "olga", "pdf").status_code == 404


def test_the_command_writes_the_same_file(desk: Desk, tmp_path: Any) -> None:
    desk.ticket("done")
    call_command("export_event_log", tmp_path / "log.csv", user="olga", language="en", verbosity=0)

    assert (tmp_path / "log.csv").read_bytes() == page(desk, "olga", "csv").getvalue()
    with pytest.raises(CommandError):
        call_command("export_event_log", tmp_path / "no.csv", user="alla")
    assert not (tmp_path / "no.csv").exists()


def test_queries_grow_with_batches_not_with_events(desk: Desk, django_assert_num_queries: Any) -> None:
    for _number in range(6):
        desk.ticket("done")
    tickets = scope.read(desk.olga, {}).tickets
    with django_assert_num_queries(7):
        assert len(list(event_log.events(tickets))) == 24


def attributes(node: ET.Element) -> dict[str, str]:
    """Return the attributes below `node`, key to tag; each key once, each value as its type has it."""
    found = {}
    for child in node:
        tag = child.tag.removeprefix(XES)
        if tag in ("string", "date"):
            assert set(child.attrib) == {"key", "value"}
            assert found.setdefault(child.attrib["key"], tag) == tag
            if tag == "date":
                assert datetime.fromisoformat(child.attrib["value"]).tzinfo is not None
    assert len(found) == len([child for child in node if child.tag.removeprefix(XES) in ("string", "date")])
    return found


def test_the_log_is_built_as_the_schema_of_xes_has_it(desk: Desk) -> None:
    for status in ("done", "rework", "cancelled"):
        desk.ticket(status)
    log = ET.fromstring(page(desk, "olga", "xes").getvalue())  # noqa: S314 - our own answer

    assert (log.tag, log.attrib) == (f"{XES}log", {"xes.version": "1.0", "xes.features": ""})
    ranks = ("extension", "global", "classifier", "string", "trace")
    order = [ranks.index(child.tag.removeprefix(XES)) for child in log]
    assert order == sorted(order)
    extensions = {node.attrib["prefix"]: node.attrib["uri"] for node in log.iter(f"{XES}extension")}
    assert extensions == {
        prefix: f"http://www.xes-standard.org/{prefix}.xesext" for prefix in ("concept", "time", "org")
    }
    always = {node.attrib["scope"]: attributes(node) for node in log.iter(f"{XES}global")}
    assert always == {
        "trace": {"concept:name": "string"},
        "event": {"concept:name": "string", "time:timestamp": "date"},
    }
    for classifier in log.iter(f"{XES}classifier"):
        assert set(classifier.attrib["keys"].split()) <= always["event"].keys()
    traces = list(log.iter(f"{XES}trace"))
    assert len(traces) == 3
    for trace in traces:
        events = trace.findall(f"{XES}event")
        assert list(trace)[-len(events) :] == events
        for scope_name, node in (("trace", trace), *(("event", event) for event in events)):
            found = attributes(node)
            assert always[scope_name].items() <= found.items()
            assert {key.partition(":")[0] for key in found if ":" in key} <= extensions.keys()
        moments = [node.attrib["value"] for node in trace.iter(f"{XES}date")]
        assert moments == sorted(moments)
