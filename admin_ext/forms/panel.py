"""Decides how form fields of the panel look: the classes Bootstrap wants, and a mark on what is wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from admin_ext.displays import options


class PanelForm(forms.Form):
    """A form whose widgets carry the classes of the panel."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field.widget)

    def is_valid(self) -> bool:
        """Mark the widgets of wrong fields once it is known which they are."""
        valid = super().is_valid()
        self.mark()
        return valid

    def mark(self) -> None:
        """Mark the widgets of the fields that have errors; again after `add_error`."""
        for name in self.errors:
            if name in self.fields:
                widget = self.fields[name].widget
                known = widget.attrs.get("class", "").replace("is-invalid", "").strip()
                widget.attrs["class"] = f"{known} is-invalid".strip()


class Choice(forms.Select):
    """A select that writes its options itself: Django asks a template or two for each."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        parts = [
            format_html('<optgroup label="{}">{}</optgroup>', label, options(inner, chosen))
            if isinstance(inner, (list, tuple))
            else options([(label, inner)], chosen)
            for label, inner in self.choices
        ]
        whole = flatatt(self.build_attrs({**self.attrs, "name": name}, attrs))
        return format_html("<select{}>{}</select>", whole, format_html_join("", "{}", ((part,) for part in parts)))


def dress(widget: forms.Widget) -> None:
    """Give a widget the class for its sort; a wrapper hands it to the widget inside."""
    inner = getattr(widget, "widget", None)
    if isinstance(inner, forms.Widget):
        dress(inner)
        return
    if isinstance(widget, forms.Textarea):
        widget.attrs.setdefault("rows", 5)
        widget.attrs["rows"] = min(int(widget.attrs["rows"]), 7)
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        wanted = "form-check-input"
    elif isinstance(widget, forms.Select):
        wanted = "form-select"
    else:
        wanted = "form-control"
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {wanted}".strip()
