"""Decides how rows of a catalog table become services and kinds of work: one sheet, two sheets, or nested codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.spreadsheets.assembly import Cleaned, Fault, Once, Proposed, renamed
from helpdesk.spreadsheets.stock import Stock

_SERVICE = {"service_description": "description", "service_active": "is_active"}
_KIND = {"kind": "name", "type": "kind", "priority": "priority", "line": "line", "reaction_limit": "reaction_limit",
         "execution_limit": "execution_limit", "description": "description", "active": "is_active"}  # fmt: skip


def natural(code: str) -> tuple[Any, ...]:
    """Return the order of codes as people count: `A.2` before `A.10`."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", code)
    )


def parent_of(code: str) -> str:
    """Return the code above a nested one: `A` of `A.1`; nothing when there is none."""
    return code.rpartition(".")[0]


def catalog(rows: list[Cleaned], stock: Stock) -> Iterator[Proposed]:
    """Yield the services and kinds of work that `rows` speak of; `stock` knows what is there already."""
    _unfold(rows)
    _fill_services(rows)
    given = Once()
    names: dict[str, str] = {}
    for row in rows:
        if row.values.get("service_code") and row.values.get("service"):
            names.setdefault(row.values["service_code"].casefold(), row.values["service"])
    for row in rows:
        service = _service(row, stock, names)
        if service is None:
            continue
        code, values = service
        if given.first("service", code, values, row):
            yield Proposed(
                "service", values.get("name") or stock.service_name(code) or code, {"code": code, **values}, row
            )
        yield from _kind(row, code, stock)


def _unfold(rows: list[Cleaned]) -> None:
    """Tell services from kinds in a table where both stand in the same columns, by nested codes."""
    tables = {id(row.record.table): row.record.table for row in rows}
    for table in tables.values():
        fields = table.fields.keys()
        own = [row for row in rows if row.record.table is table]
        if {"kind_code", "kind"} & fields and not {"service_code", "service"} & fields:
            _split(own, "kind_code", "kind")
        elif "service_code" in fields and not {"kind_code", "kind"} & fields:
            _split(own, "service_code", "service")


def _split(rows: list[Cleaned], code_field: str, name_field: str) -> None:
    codes = {(row.values.get(code_field) or "").casefold() for row in rows}
    if not any(parent_of(code) in codes for code in codes if parent_of(code)):
        return
    for row in rows:
        code, name = row.values.pop(code_field, None) or "", row.values.pop(name_field, None)
        top = parent_of(code)
        if top and top.casefold() in codes:
            row.values |= {"service_code": top.split(".")[0], "service": None, "kind_code": code, "kind": name}
            if "service_description" in row.values:
                row.values["description"] = row.values.pop("service_description")
        else:
            row.values |= {"service_code": code, "service": name, "kind_code": None, "kind": None}
            if "description" in row.values:
                row.values["service_description"] = row.values.pop("description")


def _fill_services(rows: list[Cleaned]) -> None:
    """Take the service of the row above where a table names it once for all its kinds."""
    last: dict[str, Any] = {}
    for row in rows:
        fields = row.record.table.fields
        if not {"service_code", "service"} & fields.keys():
            continue
        named = {name: row.values.get(name) for name in ("service_code", "service") if row.values.get(name)}
        if named:
            last = {**named, "row": row.record.row}
        elif last and (row.values.get("kind") or row.values.get("kind_code")):
            row.values |= {name: last[name] for name in ("service_code", "service") if name in last}
            row.remarks.append(_("The service is taken from row %(row)d.") % {"row": last["row"]})


def _service(row: Cleaned, stock: Stock, names: dict[str, str]) -> tuple[str, dict[str, Any]] | None:
    code, name = row.values.get("service_code") or "", row.values.get("service") or ""
    values = renamed(row.values, _SERVICE)
    if not code and not name:
        if row.values.get("kind_code") and (found := stock.service_of(row.values["kind_code"])):
            return found, values
        row.faults.append(
            Fault(str(row.record.row), "", _("The row does not say to which service it belongs."), "MAIL")
        )
        return None
    if not code:
        if stock.is_ambiguous(name):
            row.reject("service", _("Several services are called so. Add a column with their codes."))
            return None
        code = stock.code_for_service(name)
    if name:
        values["name"] = name
    elif code.casefold() in names:
        values["name"] = names[code.casefold()]
    elif stock.service_name(code) is None:
        row.reject("service_code", _("There is no service with this code, and the row does not name one."))
        return None
    return code, values


def _kind(row: Cleaned, service: str, stock: Stock) -> Iterator[Proposed]:
    code, name = row.values.get("kind_code") or "", row.values.get("kind") or ""
    if not code and not name:
        if any(row.values.get(field) for field in ("reaction_limit", "execution_limit", "type")):
            row.reject("kind", _("The row has limits but does not name a kind of work."))
        return
    if not code:
        code = stock.code_for_kind(service, name)
    values = renamed(row.values, _KIND)
    for field in ("kind", "priority", "name", "reaction_limit", "execution_limit"):
        if values.get(field) == "":
            del values[field]
    label = f"{code} {name}".strip()
    yield Proposed("work_type", label, {"service": service, "code": code, **values}, row, key_name=name)
