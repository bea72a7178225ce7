"""Decides the pages about notices: the desk's matrix, a person's own choice, the link that stops letters, the log, the mailbox."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from admin_ext import mailbox
from admin_ext.pages import Page, download, signed_in
from helpdesk import access
from helpdesk.actions import notices
from helpdesk.actions.refusals import ActionRefused, NotFound
from helpdesk.models import Channel, Letter, NoticeKind, NoticeRole
from helpdesk.notify import matrix

PER_PAGE = 50


def rules(request: HttpRequest) -> HttpResponse:
    """Show who is told of what by which channel; save the whole matrix on POST."""
    user = notices.administrator(signed_in(request))
    if request.method == "POST":
        chosen = [cell for cell in notices.cells() if ":".join(cell) in request.POST]
        if "default" in request.POST:
            chosen = [cell for cell in notices.cells() if notices.is_default(*cell)]
        count = notices.set_matrix(actor=user, chosen=chosen)
        text = ngettext("Saved: %(count)d cell differs from the built-in one.",
                        "Saved: %(count)d cells differ from the built-in ones.", count)  # fmt: skip
        messages.success(request, text % {"count": count} if count else _("Saved: everything is as built in."))
        return HttpResponseRedirect(reverse("admin:notice_rules"))
    on = {
        (kind.value, role.value, channel.value)
        for kind, by_role in matrix.whole().items()
        for role, channels in by_role.items()
        for channel in channels
    }
    known = set(notices.cells())
    rows = [(kind.label, [_cells(kind, role, on, known) for role in NoticeRole])
            for kind in NoticeKind if any(cell[0] == kind for cell in known)]  # fmt: skip
    context = {
        **admin.site.each_context(request),
        "title": _("Notices"),
        "roles": [role.label for role in NoticeRole],
        "rows": rows,
        "has_mailbox": mailbox.is_used(),
    }
    context["differing"] = len([cell for cell in known if (cell in on) != notices.is_default(*cell)])
    return TemplateResponse(request, "admin_ext/notices/rules.html", context)


def _cells(kind: NoticeKind, role: NoticeRole, on: set[notices.Cell], known: set[notices.Cell]) -> list[dict[str, Any]]:
    found = []
    for channel in Channel:
        cell = (kind.value, role.value, channel.value)
        if cell in known:
            is_on = cell in on
            found.append({
                "name": ":".join(cell), "on": is_on, "differs": is_on != notices.is_default(*cell),
                "channel": channel.label, "icon": "bell" if channel is Channel.PANEL else "mail",
                "label": f"{kind.label}, {role.label}: {channel.label}",
            })  # fmt: skip
    return found


def choices(request: HttpRequest) -> HttpResponse:
    """Show what one can be told of; keep what one wants on POST."""
    user = signed_in(request)
    offered = notices.offered_to(user)
    if request.method == "POST":
        wanted = [(kind.value, channel.value) for kind, channels in offered.items() for channel in channels
                  if f"{kind.value}:{channel.value}" in request.POST]  # fmt: skip
        waits = "letters_wait" in request.POST if access.roles_of(user).lines else None
        notices.narrow(actor=user, wanted=wanted, letters_wait=waits)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("admin:notice_choices"))
    off = notices.switched_off(user)
    rows = [
        (kind.label, [
            {"name": f"{kind.value}:{channel.value}", "label": f"{kind.label}: {channel.label}",
             "offered": channel in channels, "on": (kind.value, channel.value) not in off}
            for channel in Channel
        ])
        for kind, channels in offered.items()
    ]  # fmt: skip
    context = {
        **admin.site.each_context(request),
        "title": _("What you are told of"),
        "channels": [channel.label for channel in Channel],
        "rows": rows,
        "may_wait": bool(access.roles_of(user).lines),
    }
    return TemplateResponse(request, "admin_ext/notices/choices.html", context)


@csrf_exempt  # a mail program posts here by itself; the signed link is what allows it
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether letters of one kind shall stop, and stop them on POST; no sign-in is needed."""
    found = notices.owner_of_unsubscribe(token)
    if found is None:
        raise Http404
    context: dict[str, Any] = {"title": _("Letters about requests"), "kind": found[1].label, "person": found[0]}
    if request.method == "POST":
        notices.unsubscribe(token=token)
        context["is_done"] = True
    return TemplateResponse(request, "admin_ext/notices/unsubscribe.html", context)


@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """Show the log of letters, by state."""
    user = notices.administrator(signed_in(request))
    outside = request.GET.get("to") == "outside"
    found: Any = notices.visible_joining_letters(user) if outside else notices.visible_letters(user)
    state = request.GET.get("state", "")
    if state in Letter.State.values:
        found = found.filter(state=state)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": _("Letters"),
        "page": page,
        "is_outside": outside,
        "states": [
            ("", _("All"), state == ""),
            *((name, label, name == state) for name, label in Letter.State.choices),
        ],
        "has_mailbox": mailbox.is_used(),
    }
    return TemplateResponse(request, "admin_ext/notices/letters.html", context)


@require_POST
def send_again(request: HttpRequest, letter: int) -> HttpResponse:
    """Put a letter into the queue again."""
    user = notices.administrator(signed_in(request))
    try:
        notices.send_again(actor=user, letter_id=letter)
    except NotFound as error:
        raise Http404 from error
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("The letter will be sent again."))
    return HttpResponseRedirect(reverse("admin:letters"))


@require_POST
def send_joining_again(request: HttpRequest, letter: int) -> HttpResponse:
    """Put a letter to somebody without an account into the queue again."""
    user = notices.administrator(signed_in(request))
    try:
        notices.send_joining_again(actor=user, letter_id=letter)
    except NotFound as error:
        raise Http404 from error
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("The letter will be sent again."))
    return HttpResponseRedirect(f"{reverse('admin:letters')}?to=outside")


@require_GET
def look(request: HttpRequest) -> HttpResponse:
    """Show the letters that became files because there is no mail server, and one of them."""
    notices.administrator(signed_in(request))
    if not mailbox.is_used():
        raise Http404
    found = mailbox.newest()
    chosen = next((item for item in found if item.name == request.GET.get("letter")), found[0] if found else None)
    context = {**admin.site.each_context(request), "title": _("Mailbox"), "found": found, "chosen": chosen}
    return TemplateResponse(request, "admin_ext/notices/mailbox.html", context)


@require_GET
def attached(request: HttpRequest, letter: str, number: int) -> HttpResponse:
    """Hand out a file of a letter in the mailbox."""
    notices.administrator(signed_in(request))
    found = next((item for item in mailbox.newest() if item.name == letter), None) if mailbox.is_used() else None
    if found is None or number >= len(found.files):
        raise Http404
    file = found.files[number]
    return download(file.data, file.name, file.kind)


PAGES = [
    Page("notice_rules", "notices/", rules),
    Page("notice_choices", "profile/notices/", choices, everybody=True),
    Page("unsubscribe", "unsubscribe/<str:token>/", unsubscribe, public=True),
    Page("letters", "letters/", letters),
    Page("letter_again", "letters/<int:letter>/again/", send_again),
    Page("joining_letter_again", "letters/outside/<int:letter>/again/", send_joining_again),
    Page("mailbox", "letters/mailbox/", look),
    Page("mailbox_file", "letters/mailbox/<str:letter>/<int:number>/", attached),
]
