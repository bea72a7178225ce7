"""Decides the pages of people on their way to an account: who waits, who is invited, and the form of the invited."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from admin_ext.forms.joining import InviteForm
from admin_ext.forms.signing_up import InvitedForm
from admin_ext.pages import Page, signed_in
from helpdesk.actions import approving, inviting
from helpdesk.actions.refusals import ActionRefused, NotFound

PER_PAGE = 50
MODES = {
    "open": gettext_lazy("Anybody may sign up; the account is made when the e-mail is confirmed."),
    "approval": gettext_lazy("Anybody may sign up; when the e-mail is confirmed, you decide here."),
    "invitation": gettext_lazy("Only who is invited here makes an account."),
    "closed": gettext_lazy(
        "Nobody makes his own account, by an invitation neither: you make accounts among the people."
    ),
}


def joining(request: HttpRequest) -> HttpResponse:
    """Show who waits and who is invited; invite on POST."""
    form = InviteForm(request.POST or None, initial={"line_role": "member"})
    if request.method == "POST" and form.is_valid():
        try:
            made = inviting.invite(actor=signed_in(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            form.mark()
        except ActionRefused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            text = ngettext("%(count)d invitation is on its way.", "%(count)d invitations are on their way.", len(made))
            messages.success(request, text % {"count": len(made)})
            return HttpResponseRedirect(reverse("admin:joining"))
    return _page(request, form=form, status=422 if form.errors else 200)


@require_POST
def decide(request: HttpRequest, sign_up: int) -> HttpResponse:
    """Approve who waits, or refuse him with a reason."""
    actor = signed_in(request)
    approving.require_right(actor)
    try:
        if "refuse" in request.POST:
            approving.refuse(actor=actor, sign_up_id=sign_up, reason=request.POST.get("reason", ""))
            messages.success(request, _("Refused; a letter tells why."))
        else:
            login = request.POST.get("username", "")
            person = approving.approve(actor=actor, sign_up_id=sign_up, username=login)
            messages.success(request, _("%(person)s has an account now; a letter says so.") % {"person": person})
    except NotFound as error:
        raise Http404 from error
    except ValidationError as error:
        return _page(request, errors={sign_up: error.message_dict}, status=422)
    except ActionRefused as refusal:
        messages.error(request, str(refusal.reason))
    return HttpResponseRedirect(reverse("admin:joining"))


@require_POST
def change_invitation(request: HttpRequest, invitation: int) -> HttpResponse:
    """Withdraw an invitation, or send it again."""
    actor = signed_in(request)
    try:
        if "withdraw" in request.POST:
            row = inviting.withdraw(actor=actor, invitation_id=invitation)
            text = _("The invitation of %(email)s is withdrawn.")
        else:
            row = inviting.send_again(actor=actor, invitation_id=invitation)
            text = _("The invitation of %(email)s is sent again; the link sent before has ended.")
    except NotFound as error:
        raise Http404 from error
    messages.success(request, text % {"email": row.email})
    return HttpResponseRedirect(reverse("admin:joining"))


@never_cache
@sensitive_post_parameters()
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form to the holder of an invitation; make his account on POST."""
    row = inviting.held(token)
    if row is None:
        over = {"is_alone": True, "title": _("The link is over"), "was_invited": True}
        return TemplateResponse(request, "registration/sign_up_over.html", over, status=410)
    form = InvitedForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            inviting.accept(secret=token, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            form.mark()
        except ActionRefused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            messages.success(request, _("Your account is ready. Sign in with your login and password."))
            return HttpResponseRedirect(reverse("admin:login"))
    context = {"is_alone": True, "title": _("New account"), "form": form, "invitation": row}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registration/sign_up_form.html", context, status=status)


def _page(
    request: HttpRequest, *, form: InviteForm | None = None, errors: dict[int, Any] | None = None, status: int = 200
) -> HttpResponse:
    actor = signed_in(request)
    told, typed = errors or {}, request.POST
    waiting = [
        {
            "row": row,
            "errors": told.get(row.pk, {}),
            "username": typed.get("username", row.username) if row.pk in told else row.username,
            "reason": typed.get("reason", "") if row.pk in told else "",
        }
        for row in approving.waiting_for(actor)[:PER_PAGE]
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Sign-up and invitations"),
        "mode": MODES[settings.SIGN_UP],
        "waiting": waiting,
        "form": (form or InviteForm(initial={"line_role": "member"})) if inviting.may_be_used() else None,
        "page": Paginator(inviting.visible_to(actor), PER_PAGE).get_page(request.GET.get("page")),
    }
    return TemplateResponse(request, "admin_ext/people/joining.html", context, status=status)


PAGES = [
    Page("joining", "people/joining/", joining),
    Page("joining_decide", "people/joining/<int:sign_up>/", decide),
    Page("invitation", "people/invitations/<int:invitation>/", change_invitation),
    Page("invited", "invited/<str:token>/", invited, public=True),
]
