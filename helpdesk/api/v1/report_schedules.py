"""Decides how programs keep reports by mail."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.actions import report_schedules, report_sendings
from helpdesk.actions.records import delete
from helpdesk.api.endpoint import Endpoint, checked, created
from helpdesk.api.operations import operation
from helpdesk.api.safe_writes import safe_write
from helpdesk.api.shapes.parts import Nothing
from helpdesk.api.shapes.report_schedules import ReportScheduleEdit, ReportScheduleNew, ReportScheduleShape
from helpdesk.api.v1.desk import paged
from helpdesk.models import ReportSchedule, User

TAG = "Reports by mail"
WHO = "whoever may take reports out: his own; administrators: all"
ReportSchedulePage = paged(ReportScheduleShape, "ReportSchedulePage")


def _told(actor: User, pk: int) -> dict[str, object]:
    found = report_schedules.with_sendings(report_schedules.visible(actor)).get(pk=pk)
    return dict(ReportScheduleShape(found).data)


class ReportSchedules(Endpoint):
    """The reports by mail one looks after."""

    orderings = {"name": "name", "id": "pk"}

    @operation(TAG, "report_schedules_list", "List reports by mail", who=WHO, answers={200: ReportSchedulePage}, errors=(400, 403))  # fmt: skip
    def get(self, request: Request) -> Response:
        rows = report_schedules.visible(report_schedules.keeper(self.person))
        page = self.page(report_schedules.with_sendings(rows))
        return Response(page.answer(ReportScheduleShape(page.rows, many=True).data))

    @operation(
        TAG, "report_schedules_create", "Make a report by mail", who=WHO,
        text="It is yours. Each reader gets what he may see himself, in his language.",
        body=ReportScheduleNew, answers={201: ReportScheduleShape}, errors=(403,),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request) -> Response:
        actor = report_schedules.keeper(self.person)
        made = report_schedules.change(
            actor=actor, schedule=ReportSchedule(), values=checked(ReportScheduleNew, request)
        )
        return created(_told(actor, made.pk), f"{request.path}/{made.pk}")


class ReportScheduleOne(Endpoint):
    """One report by mail."""

    @operation(TAG, "report_schedules_read", "Read a report by mail", who=WHO, answers={200: ReportScheduleShape}, errors=(403, 404))  # fmt: skip
    def get(self, request: Request, pk: int) -> Response:
        return Response(_told(self.person, report_schedules.one(actor=self.person, pk=pk).pk))

    @operation(
        TAG, "report_schedules_edit", "Change a report by mail", who=WHO, text="Only the given fields change.",
        body=ReportScheduleEdit, answers={200: ReportScheduleShape}, errors=(403, 404),
    )  # fmt: skip
    def patch(self, request: Request, pk: int) -> Response:
        found = report_schedules.one(actor=self.person, pk=pk)
        report_schedules.change(actor=self.person, schedule=found, values=checked(ReportScheduleEdit, request))
        return Response(_told(self.person, pk))

    @operation(
        TAG, "report_schedules_delete", "Delete a report by mail", who=WHO, text="The log of its sendings goes with it.",
        answers={204: None}, errors=(403, 404),
    )  # fmt: skip
    def delete(self, request: Request, pk: int) -> Response:
        delete(actor=self.person, record=report_schedules.one(actor=self.person, pk=pk))
        return Response(status=204)


class ReportScheduleSend(Endpoint):
    """A letter at once."""

    @operation(
        TAG, "report_schedules_send", "Send the newest report to yourself", who=WHO,
        text="Soon, to your e-mail; it does not count as the sending of that period.",
        body=Nothing, answers={204: None}, errors=(403, 404),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request, pk: int) -> Response:
        checked(Nothing, request)
        report_sendings.send_now(actor=self.person, schedule=report_schedules.one(actor=self.person, pk=pk))
        return Response(status=204)
