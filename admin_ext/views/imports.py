"""Decides how tables come in and go out by the panel: upload, choice of columns, preview, confirmation, undo, export."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from admin_ext.forms.imports import ChoiceForm, UploadForm
from admin_ext.pages import Page, download, signed_in
from helpdesk.actions import audit, imports
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import ImportChange, ImportState, ImportSubject, SpreadsheetImport
from helpdesk.spreadsheets import intake, report_book, resources, running, tried_limits, wording, writing

PER_PAGE = 50
WORKING = (ImportState.READING, ImportState.APPLYING, ImportState.UNDOING)
DOWNLOADS = {"xlsx": writing.XLSX_TYPE, "csv": "text/csv; charset=utf-8"}


def start(request: HttpRequest) -> HttpResponse:
    """Show what can be brought in and taken out, and the imports so far; keep an upload on POST."""
    user = signed_in(request)
    subjects = imports.subjects_of(user)
    asked = {"subject": request.GET.get("subject", "")}
    form = UploadForm(request.POST or None, request.FILES or None, subjects=subjects, initial=asked)
    if request.method == "POST" and form.is_valid():
        imported = imports.receive(actor=user, subject=form.cleaned_data["subject"], uploads=form.uploads())
        running.start(imported)
        return HttpResponseRedirect(reverse("admin:import_page", args=[imported.pk]))
    found = imports.visible_imports(user).select_related("author").prefetch_related("files")
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": _("Import and export"),
        "form": form,
        "subjects": subjects,
        "page": page,
        "history": [(item, intake.in_words(item.counts)) for item in page],
    }
    return TemplateResponse(request, "admin_ext/imports/start.html", context, status=422 if form.errors else 200)


@require_GET
def show(request: HttpRequest, imported: int) -> HttpResponse:
    """Show an import as it stands: being worked on, a choice to make, the preview, or what it did."""
    found = _import(request, imported)
    if found.state in WORKING:
        context = {**_context(request, found), "percent": running.progress_of(found)}
        part = "Hx-Request" in request.headers
        return TemplateResponse(request, f"admin_ext/imports/{'progress' if part else 'working'}.html", context)
    if "Hx-Request" in request.headers:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return TemplateResponse(request, "admin_ext/imports/page.html", _shown(request, found))


def _shown(request: HttpRequest, found: SpreadsheetImport, form: ChoiceForm | None = None) -> dict[str, Any]:
    counts = {name: found.counts.get(name, 0) for name in ("new", "changed", "missing", "rejected")}
    wanted = request.GET.get("show", "")
    if wanted not in counts:
        wanted = next((name for name, count in counts.items() if count), "new")
    page = Paginator(found.changes.filter(outcome=wanted), PER_PAGE).get_page(request.GET.get("page"))
    labels = ImportChange.Outcome
    rows = [
        (change, wording.entity_label(change), wording.differences(change) if wanted != "rejected" else [])
        for change in page
    ]
    return {
        **_context(request, found),
        "choice": form or ChoiceForm(found),
        "counts": counts,
        "summary": intake.in_words(found.counts),
        "shown": wanted,
        "chips": [(name, labels(name).label, count) for name, count in counts.items()],
        "page": page,
        "rows": rows,
        "changes": counts["new"] + counts["changed"],
        "can_choose": found.state in (ImportState.QUESTION, ImportState.PREVIEW),
    }


@require_POST
def choose(request: HttpRequest, imported: int) -> HttpResponse:
    """Keep which table is read and what its columns are, and read the files again."""
    found = _import(request, imported)
    form = ChoiceForm(found, request.POST)
    if not form.is_valid():
        return TemplateResponse(request, "admin_ext/imports/page.html", _shown(request, found, form), status=422)
    choices, remember = form.chosen()
    try:
        imports.choose(actor=signed_in(request), imported=found, choices=choices, remember=remember)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        running.start(found)
    return _back(found)


@require_POST
def confirm(request: HttpRequest, imported: int) -> HttpResponse:
    """Carry the change-set out; a long one in the background."""
    found = _import(request, imported)
    is_long = sum(found.counts.get(name, 0) for name in ("new", "changed", "missing")) > running.LONG_CHANGES
    try:
        done = imports.confirm(
            actor=signed_in(request), imported=found, with_missing="with_missing" in request.POST,
            without_rejected="without_rejected" in request.POST, only_queue=is_long,
        )  # fmt: skip
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        if done.state == ImportState.APPLIED:
            messages.success(request, _("Done. The import can be taken back here."))
    return _back(found)


@require_POST
def drop(request: HttpRequest, imported: int) -> HttpResponse:
    """Give an import up; nothing was written."""
    found = _import(request, imported)
    try:
        imports.drop(actor=signed_in(request), imported=found)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
        return _back(found)
    messages.success(request, _("Dropped. Nothing was changed."))
    return HttpResponseRedirect(reverse("admin:import"))


@require_POST
def undo(request: HttpRequest, imported: int) -> HttpResponse:
    """Take an import back, or say what is in the way."""
    found = _import(request, imported)
    is_long = found.counts.get("applied", 0) > running.LONG_CHANGES
    try:
        done = imports.undo(actor=signed_in(request), imported=found, only_queue=is_long)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        if done.state == ImportState.UNDONE:
            messages.success(request, _("Taken back. Everything is as it was before the import."))
    return _back(found)


@require_GET
def report(request: HttpRequest, imported: int, number: int) -> HttpResponse:
    """Hand a file back with what to mend written into it."""
    found = _import(request, imported)
    file = found.files.order_by("pk")[number : number + 1].first() if number < 10 else None
    if file is None or not file.file:
        raise Http404
    name = f"{file.name.rsplit('.', 1)[0]} – {_('to mend')}.xlsx"
    audit.exported(actor=signed_in(request), what="import_report", form="xlsx", number=found.pk)
    return download(report_book.report_book(file, number), name, writing.XLSX_TYPE)


@require_GET
def export(request: HttpRequest, subject: str, form: str) -> HttpResponse:
    """Hand out a table in exactly the columns the import reads."""
    if form not in DOWNLOADS or subject not in imports.subjects_of(signed_in(request)):
        raise Http404
    title = str(ImportSubject(subject).label)
    table = resources.table_of(subject)
    audit.exported(actor=signed_in(request), what=subject, form=form, rows=len(table))
    data = writing.as_csv(table) if form == "csv" else writing.as_xlsx(table, title)
    return download(data, f"{title}.{form}", DOWNLOADS[form])


@require_GET
def example(request: HttpRequest, subject: str) -> HttpResponse:
    """Hand out a workbook to fill in."""
    if subject not in imports.subjects_of(signed_in(request)):
        raise Http404
    name = f"{ImportSubject(subject).label} – {_('example')}.xlsx"
    return download(writing.example(subject), name, writing.XLSX_TYPE)


def _import(request: HttpRequest, number: int) -> SpreadsheetImport:
    user = signed_in(request)
    imports.subjects_of(user)
    found: SpreadsheetImport | None = imports.visible_imports(user).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _context(request: HttpRequest, found: SpreadsheetImport) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": _("Import #%(number)d") % {"number": found.pk},
        "imported": found,
        "files": list(enumerate(found.files.order_by("pk"))),
        "state": ImportState(found.state),
        "tried": found.choices.get(tried_limits.ORIGIN, ""),
    }


def _back(found: SpreadsheetImport) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:import_page", args=[found.pk]))


PAGES = [
    Page("import", "imports/", start),
    Page("import_example", "imports/example/<slug:subject>/", example),
    Page("export", "imports/export/<slug:subject>.<slug:form>", export),
    Page("import_page", "imports/<int:imported>/", show),
    Page("import_choose", "imports/<int:imported>/choose/", choose),
    Page("import_confirm", "imports/<int:imported>/confirm/", confirm),
    Page("import_drop", "imports/<int:imported>/drop/", drop),
    Page("import_undo", "imports/<int:imported>/undo/", undo),
    Page("import_report", "imports/<int:imported>/report/<int:number>/", report),
]
