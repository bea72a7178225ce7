"""A list, a ticket and a form: one query each for what is shown, one template, sign-in by session; and a bare REST framework."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination

from tests.bench.floor.models import Kind, Line, Membership, Message, Service, Ticket, User

RELATED = ("requester", "registered_by", "assignee", "line", "service", "work_type")
OPEN = ("new", "in_work", "waiting", "on_review", "rework")
PAGE = 25


def _shown(request: HttpRequest) -> QuerySet[Ticket]:
    rows = Ticket.objects.defer("text").select_related("requester", "assignee", "line", "service", "work_type")
    if "line" in request.GET:
        rows = rows.filter(line=request.GET["line"])
    if "status" in request.GET:
        rows = rows.filter(status=request.GET["status"])
    if "before" in request.GET:
        rows = rows.filter(pk__lt=request.GET["before"])
    if "work" in request.GET:
        mine = list(Membership.objects.filter(person=request.user).values_list("line", flat=True))
        rows = rows.filter(line__in=mine, status__in=OPEN)
        return rows.order_by(F("due_at").asc(nulls_last=True), "priority", "pk")
    return rows.order_by("-pk")


@login_required
def list_page(request: HttpRequest) -> HttpResponse:
    return render(request, "page.html", {"tickets": _shown(request)[:PAGE]})


@login_required
def ticket_page(request: HttpRequest, number: int) -> HttpResponse:
    ticket = get_object_or_404(Ticket.objects.select_related(*RELATED), pk=number)
    said = Message.objects.filter(ticket=ticket).select_related("author").order_by("pk")
    return render(request, "page.html", {"ticket": ticket, "said": said})


class TicketForm(forms.ModelForm):
    class Meta:
        model = Ticket
        fields = ("work_type", "subject", "text")


@login_required
def create(request: HttpRequest) -> HttpResponse:
    form = TicketForm(request.POST)
    if not form.is_valid():
        return HttpResponse(str(form.errors), status=422)
    kind: Kind = form.cleaned_data["work_type"]
    new = form.instance
    new.requester = new.registered_by = request.user
    new.line_id, new.service_id = kind.line_id, kind.service_id
    new.reaction_limit, new.execution_limit = kind.reaction_limit, kind.execution_limit
    with transaction.atomic():
        new.save()
        _record(new)
    return redirect("ticket", number=new.pk)


def _record(ticket: Ticket) -> None:
    """Write the row of history, as a project that keeps one would."""
    columns = ", ".join(field.column for field in Ticket._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO helpdesk_historicalticket ({columns}, history_date, history_type, history_user_id)"  # noqa: S608
            f" SELECT {columns}, created_at, '+', requester_id FROM helpdesk_ticket WHERE id = %s",
            [ticket.pk],
        )


class _Person(serializers.ModelSerializer):
    name = serializers.CharField(source="__str__")

    class Meta:
        model = User
        fields = ("id", "name")


def _brief(of: type, *names: str) -> serializers.ModelSerializer:
    meta = type("Meta", (), {"model": of, "fields": ("id", *names)})
    return type(f"{of.__name__}Brief", (serializers.ModelSerializer,), {"Meta": meta})()


class TicketShape(serializers.ModelSerializer):
    requester, registered_by, assignee = _Person(), _Person(), _Person()
    line, service, work_type = _brief(Line, "name"), _brief(Service, "name", "code"), _brief(Kind, "name", "code")

    class Meta:
        model = Ticket
        fields = (
            "id", "subject", "status", "priority", "service", "work_type", "line", "requester", "registered_by", "assignee",
            "created_at", "updated_at", "due_at", "taken_at", "submitted_at", "closed_at", "returns", "version",
        )  # fmt: skip


class TicketWhole(TicketShape):
    class Meta(TicketShape.Meta):
        fields = (*TicketShape.Meta.fields, "text", "reaction_limit", "execution_limit", "reopen_until")


class _Pages(CursorPagination):
    page_size, ordering = PAGE, "-id"


class ApiList(generics.ListAPIView):
    queryset = Ticket.objects.select_related(*RELATED).defer("text")
    serializer_class = TicketShape
    pagination_class = _Pages


class ApiOne(generics.RetrieveAPIView):
    queryset = Ticket.objects.select_related(*RELATED)
    serializer_class = TicketWhole
