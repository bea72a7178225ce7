"""Decides how cases of another desk come in by the panel: upload, mapping, preview, the work in the background, the report."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from tablib import Dataset

from admin_ext.forms.cases import CasesUploadForm, MappingForm
from admin_ext.pages import Page, download, signed_in
from admin_ext.views.imports import DOWNLOADS
from helpdesk.actions import audit, foreign
from helpdesk.actions.notices import administrator
from helpdesk.actions.refusals import ActionRefused
from helpdesk.cases import intake, running
from helpdesk.models import CaseImport, CaseImportState
from helpdesk.spreadsheets import writing

PER_PAGE = 50
WORKING = (CaseImportState.LOOKING, CaseImportState.WAITING, CaseImportState.RUNNING)


def start(request: HttpRequest) -> HttpResponse:
    """Show the imports so far; keep an upload on POST."""
    user = administrator(signed_in(request))
    form = CasesUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        imported = foreign.receive(actor=user, name=file.name, data=file.read())
        return HttpResponseRedirect(reverse("admin:cases_page", args=[imported.pk]))
    page = Paginator(foreign.visible(user), 20).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request), "title": _("Cases from another desk"), "form": form, "page": page,
        "history": [(item, in_words(item.counts)) for item in page],
    }  # fmt: skip
    return TemplateResponse(request, "admin_ext/cases/start.html", context, status=422 if form.errors else 200)


def show(request: HttpRequest, imported: int) -> HttpResponse:
    """Show a file as it stands: columns to name, being worked on, or the report. POST keeps the columns and previews."""
    found = _import(request, imported)
    if found.state == CaseImportState.MAPPING and found.file and not found.contents:
        # As it came: nobody has looked into it yet.
        _look(request, found)
    if found.state in WORKING:
        part = "Hx-Request" in request.headers
        return TemplateResponse(
            request, f"admin_ext/cases/{'progress' if part else 'working'}.html", _context(request, found)
        )
    if "Hx-Request" in request.headers:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    if found.state == CaseImportState.DONE:
        return TemplateResponse(request, "admin_ext/cases/report.html", _report(request, found))
    return _mapping(request, found)


def _mapping(request: HttpRequest, found: CaseImport) -> HttpResponse:
    context = _context(request, found)
    if not found.contents:
        context["is_gone"] = not found.file
        return TemplateResponse(request, "admin_ext/cases/mapping.html", context)
    look = intake.look(found, {name[4:]: str(value) for name, value in request.POST.items() if name[:4] == "col_"})
    form = MappingForm(request.POST or None, headers=look.headers, words=look.words, mapping=look.mapping)
    context["form"] = form
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            foreign.choose(actor=signed_in(request), imported=found, mapping=form.mapping.as_json())
            _go_on(request, found)
            return HttpResponseRedirect(reverse("admin:cases_page", args=[found.pk]))
    if found.preview.get("looked") and request.method == "GET":
        context |= _preview(found)
    return TemplateResponse(request, "admin_ext/cases/mapping.html", context, status=status)


def _go_on(request: HttpRequest, found: CaseImport) -> None:
    """Bring the file in, or say what that would do."""
    if "begin" in request.POST:
        foreign.queue(actor=signed_in(request), imported=found)
    else:
        _look(request, found)


def _look(request: HttpRequest, found: CaseImport) -> None:
    """Look at a short file at once, leave a long one to the background."""
    is_short = intake.is_short(found)
    foreign.look(actor=signed_in(request), imported=found, at_once=is_short)
    if is_short:
        running.safely(found, running.look)


def _preview(found: CaseImport) -> dict[str, Any]:
    remarks = found.remarks.all()
    return {
        "previewed": True, "summary": in_words(found.preview), "more": max(0, remarks.count() - PER_PAGE),
        "remarks": [(item.row, item.case, item.get_kind_display(), item.text) for item in remarks[:PER_PAGE]],
    }  # fmt: skip


def _report(request: HttpRequest, found: CaseImport) -> dict[str, Any]:
    page = Paginator(found.remarks.all(), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(item.row, item.case, item.get_kind_display(), item.text) for item in page]
    return {**_context(request, found), "summary": in_words(found.counts), "page": page, "remarks": rows}


@require_POST
def drop(request: HttpRequest, imported: int) -> HttpResponse:
    """Forget a file that was not brought in."""
    try:
        foreign.drop(actor=signed_in(request), imported=_import(request, imported))
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
        return HttpResponseRedirect(reverse("admin:cases_page", args=[imported]))
    messages.success(request, _("Dropped. Nothing was changed."))
    return HttpResponseRedirect(reverse("admin:cases"))


@require_GET
def report(request: HttpRequest, imported: int, form: str) -> HttpResponse:
    """Hand out every remark with its row."""
    found = _import(request, imported)
    if form not in DOWNLOADS:
        raise Http404
    table = Dataset(headers=[_("Row"), _("Case"), _("What became of it"), _("Why")])
    for item in found.remarks.all().iterator():
        table.append([item.row, item.case, str(item.get_kind_display()), item.text])
    title = _("Remarks")
    audit.exported(actor=signed_in(request), what="case_report", form=form, rows=len(table), number=found.pk)
    data = writing.as_csv(table) if form == "csv" else writing.as_xlsx(table, title)
    return download(data, f"{found.name.rsplit('.', 1)[0]} – {title}.{form}", DOWNLOADS[form])


def in_words(counts: dict[str, int]) -> list[str]:
    """Return the counts of an import as short phrases, those that are not zero."""
    number = {name: counts.get(name, 0) for name in (
        "cases", "steps", "known", "implied", "reclassified", "corrected", "changed", "left_out", "ignored", "line", "service", "work_type",
        "person")}  # fmt: skip
    words = {
        "cases": ngettext("%(count)d case", "%(count)d cases", number["cases"]),
        "steps": ngettext("%(count)d step", "%(count)d steps", number["steps"]),
        "known": ngettext("%(count)d case here already", "%(count)d cases here already", number["known"]),
        "implied": ngettext("%(count)d implied step", "%(count)d implied steps", number["implied"]),
        "reclassified": ngettext(
            "%(count)d change of the kind of work", "%(count)d changes of the kind of work", number["reclassified"]
        ),
        "corrected": ngettext("%(count)d correction", "%(count)d corrections", number["corrected"]),
        "changed": ngettext("%(count)d read otherwise", "%(count)d read otherwise", number["changed"]),
        "left_out": ngettext("%(count)d row left out", "%(count)d rows left out", number["left_out"]),
        "ignored": ngettext("%(count)d event passed over", "%(count)d events passed over", number["ignored"]),
        "line": ngettext("%(count)d new line", "%(count)d new lines", number["line"]),
        "service": ngettext("%(count)d new service", "%(count)d new services", number["service"]),
        "work_type": ngettext("%(count)d new kind of work", "%(count)d new kinds of work", number["work_type"]),
        "person": ngettext("%(count)d new person", "%(count)d new people", number["person"]),
    }
    return [words[name] % {"count": count} for name, count in number.items() if count]


def _import(request: HttpRequest, number: int) -> CaseImport:
    found = foreign.visible(administrator(signed_in(request))).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _context(request: HttpRequest, found: CaseImport) -> dict[str, Any]:
    state = CaseImportState(found.state)
    is_look = state == CaseImportState.LOOKING
    total = (found.preview if is_look else found.counts).get("total", 0)
    done = found.preview.get("seen", 0) if is_look else foreign.brought_by(found)
    percent = min(100, round(100 * done / total)) if total else 0
    return {
        **admin.site.each_context(request), "title": _("Cases from another desk"), "imported": found, "state": state,
        "percent": percent, "is_look": is_look,
    }  # fmt: skip


PAGES = [
    Page("cases", "cases/", start),
    Page("cases_page", "cases/<int:imported>/", show),
    Page("cases_drop", "cases/<int:imported>/drop/", drop),
    Page("cases_report", "cases/<int:imported>/report.<slug:form>", report),
]
