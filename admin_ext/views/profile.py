"""Decides how a person sees and changes his own account: name, contacts, photo, theme, language, time zone."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from admin_ext.forms.profile import ProfileForm
from admin_ext.pages import Page, signed_in
from helpdesk import access
from helpdesk.actions import accounts
from helpdesk.models import Language, Theme, User


def profile(request: HttpRequest) -> HttpResponse:
    """Show the profile; save it on POST."""
    user = signed_in(request)
    if request.method != "POST":
        return _page(request, _form(user))
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        accounts.update_profile(actor=user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, form, status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("admin:profile"))


@require_POST
def set_photo(request: HttpRequest) -> HttpResponse:
    """Keep the uploaded photo, or remove the present one; tell at the field why a file cannot be one."""
    user = signed_in(request)
    upload = request.FILES.get("photo")
    if upload is None and "remove" not in request.POST:
        return _page(request, _form(user), photo_errors=[_("Choose a file first.")], status=422)
    try:
        accounts.set_photo(actor=user, upload=upload)
    except ValidationError as error:
        return _page(request, _form(user), photo_errors=error.messages, status=422)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("admin:profile"))


def _form(user: User) -> ProfileForm:
    return ProfileForm(initial={name: getattr(user, name) for name in ProfileForm.base_fields})


def _page(
    request: HttpRequest, form: ProfileForm, *, photo_errors: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Profile and settings"),
        "form": form,
        "photo_errors": photo_errors,
    }
    return TemplateResponse(request, "admin_ext/profile/page.html", context, status=status)


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark, or as the system has it."""
    theme = request.POST.get("theme", "")
    if theme in Theme.values:
        accounts.update_profile(actor=signed_in(request), theme=theme)
    return _back(request)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language, for the account and, before the sign-in, for the browser."""
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        if isinstance(request.user, User) and language in Language.values:
            accounts.update_profile(actor=request.user, language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax", httponly=True,
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )  # fmt: skip
    return response


def photo(request: HttpRequest, person: int) -> HttpResponseBase:
    """Answer with a person's photo."""
    found = access.has_photo(request.user, person)
    if found is None:
        raise Http404
    try:
        response = FileResponse(found.photo.open("rb"), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _back(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("next") or request.headers.get("Referer") or ""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(address if safe else reverse("admin:index"))


PAGES = [
    Page("profile", "profile/", profile, everybody=True),
    Page("set_photo", "profile/photo/", set_photo, everybody=True),
    Page("set_theme", "profile/theme/", set_theme, everybody=True),
    Page("set_language", "language/", set_language, everybody=True, public=True),
    Page("photo", "photos/<int:person>/", photo, everybody=True),
]
