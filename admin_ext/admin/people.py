"""Decides how administrators keep people: accounts, contacts, roles; memberships of lines are kept on the line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from admin_ext.displays import avatar
from admin_ext.forms.panel import dress
from admin_ext.mixins.records import RecordAdmin, Switchable
from helpdesk import access
from helpdesk.actions import accounts, roles, texts
from helpdesk.models import Role, User

# Role groups are kept by the actions; their bare admin would go around them.
if admin.site.is_registered(Group):
    admin.site.unregister(Group)


class PhoneRead(forms.ModelForm):
    """A form with a phone, in any usual notation."""

    def clean_phone(self) -> str:
        """Return the phone as it is kept."""
        try:
            return texts.clean_phone(self.cleaned_data["phone"], before=self.initial.get("phone", ""))
        except ValidationError as error:
            raise ValidationError(error.message_dict["phone"]) from error


class PersonForm(PhoneRead, UserChangeForm):
    """A person as an administrator changes him."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=[(role.value, role.label) for role in Role if role not in roles.OF_LINES],
        required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Agents and leads get their powers from the lines they are members of."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password", None)
        if self.instance.pk:
            self.fields["roles"].initial = list(self.instance.groups.values_list("name", flat=True))
        for field in self.fields.values():
            dress(field.widget)


class NewPersonForm(PhoneRead, AdminUserCreationForm):
    """A new account with its first password."""

    class Meta(AdminUserCreationForm.Meta):
        model = User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field.widget)

    def validate_passwords(self, *names: str, **options: Any) -> None:
        """An account of a program has no password to check."""
        if self.cleaned_data.get("is_service"):
            self.cleaned_data["usable_password"] = "false"  # noqa: S105 - a choice of the form
        super().validate_passwords(*names, **options)


class NewPasswordForm(AdminPasswordChangeForm):
    """A password that an administrator sets; Django's form may also take it away, ours asks for both fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            self.fields[name].required = True
            dress(self.fields[name].widget)


@admin.register(User)
class PersonAdmin(Switchable, UserAdmin):
    """People with accounts."""

    hint = _("Everybody with an account. Nobody is deleted: switch the account off.")
    icon = "users"
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = NewPasswordForm
    change_user_password_template = "admin_ext/records/password.html"  # noqa: S105 - a template
    list_display = ("face", "email", "department", "role_names", "line_names", "is_active")
    list_display_links = ("face",)
    list_filter = ("is_active", "is_service", "groups")
    search_fields = ("username", "last_name", "first_name", "email", "department")
    ordering = ("last_name", "first_name")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "last_name", "first_name", "email", "department", "phone")}),
        (_("Access"), {"fields": ("is_active", "is_service", "roles")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "last_name", "first_name", "email", "department", "phone")}),
        (_("Password"), {"fields": ("is_service", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ("is_service",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups", "memberships__line")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What an account is, a person or a program, is said once, when it is made."""
        return self.readonly_fields if obj is not None else ()

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002 - Django's name
        """Answer with the form of a new password; an account of a program never gets one."""
        person = self.get_object(request, id)
        if person is not None and person.is_service:
            raise PermissionDenied(_("A service account has no password. Make a token for it."))
        return super().user_change_password(request, id, form_url)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is deleted: requests and history name him."""
        return False

    @admin.display(description=_("person"), ordering="last_name")
    def face(self, person: User) -> Any:
        """The person with his picture."""
        about = f"{person.username} · {_('service account')}" if person.is_service else person.username
        return format_html('<span class="person">{}<span>{}<br><small>{}</small></span></span>', avatar(person), person, about)  # fmt: skip

    @admin.display(description=_("roles"))
    def role_names(self, person: User) -> str:
        """The roles in words."""
        labels = dict(Role.choices)
        return ", ".join(str(labels.get(group.name, group.name)) for group in person.groups.all()) or "–"

    @admin.display(description=_("support lines"))
    def line_names(self, person: User) -> str:
        """The lines the person works on."""
        return ", ".join(str(row.line) for row in person.memberships.all()) or "–"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and isinstance(request.user, User) and "roles" in form.cleaned_data:
            person = form.instance
            wanted = set(form.cleaned_data["roles"])
            if wanted != set(person.groups.values_list("name", flat=True)) - roles.OF_LINES:
                accounts.set_groups(actor=request.user, person=person, groups=wanted)
                access.forget_roles(person)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        RecordAdmin.save_model(self, request, obj, form, change)
