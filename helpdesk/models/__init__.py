"""Decides what the desk keeps. One module per aggregate; import models from here."""

from helpdesk.models.audit import AuditKind, AuditRecord, HistoryDoor
from helpdesk.models.calendars import CalendarException, CalendarInterval, WorkCalendar
from helpdesk.models.cases import CaseImport, CaseImportState, CaseRemark, ForeignCase
from helpdesk.models.catalog import Priority, Service, ServiceIcon, WorkType
from helpdesk.models.clocks import ClockEvent, ClockEventKind, ClockKind, ClockState, TicketClock
from helpdesk.models.company import CompanyGrant, CompanyGroup, CompanyIdentity
from helpdesk.models.imports import (
    ColumnChoice,
    ImportChange,
    ImportFile,
    ImportState,
    ImportSubject,
    SpreadsheetImport,
)
from helpdesk.models.lines import Membership, ReplyTemplate, SupportLine
from helpdesk.models.messages import Message, MessageRecipient
from helpdesk.models.month_figures import MonthFigures, MonthPart
from helpdesk.models.notifications import (
    AccountLetter,
    Channel,
    Event,
    Letter,
    LineDigest,
    Notice,
    NoticeChoice,
    NoticeKind,
    NoticeRole,
    NoticeRule,
)
from helpdesk.models.people import Language, Role, Theme, User
from helpdesk.models.report_schedules import ReportEvery, ReportSchedule, ReportSending
from helpdesk.models.search import SearchDoc
from helpdesk.models.second_factors import Authenticator, Passkey, RecoveryCode
from helpdesk.models.sessions import BrowserSession
from helpdesk.models.sign_ups import Invitation, JoiningLetter, SignUp
from helpdesk.models.stays import LONG, Closing, Stay
from helpdesk.models.tickets import Attachment, Presence, Rating, Ticket
from helpdesk.models.tokens import ApiToken, IdempotencyKey, TokenScope
from helpdesk.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "LONG",
    "AccountLetter",
    "ApiToken",
    "Attachment",
    "AuditKind",
    "AuditRecord",
    "Authenticator",
    "BrowserSession",
    "CalendarException",
    "CalendarInterval",
    "CaseImport",
    "CaseImportState",
    "CaseRemark",
    "Channel",
    "ClockEvent",
    "ClockEventKind",
    "ClockKind",
    "ClockState",
    "Closing",
    "ColumnChoice",
    "CompanyGrant",
    "CompanyGroup",
    "CompanyIdentity",
    "Event",
    "ForeignCase",
    "HistoryDoor",
    "IdempotencyKey",
    "ImportChange",
    "ImportFile",
    "ImportState",
    "ImportSubject",
    "Invitation",
    "JoiningLetter",
    "Language",
    "Letter",
    "LineDigest",
    "Membership",
    "Message",
    "MessageRecipient",
    "MonthFigures",
    "MonthPart",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "NoticeRole",
    "NoticeRule",
    "Passkey",
    "Presence",
    "Priority",
    "Rating",
    "RecoveryCode",
    "ReplyTemplate",
    "ReportEvery",
    "ReportSchedule",
    "ReportSending",
    "Role",
    "SearchDoc",
    "Service",
    "ServiceIcon",
    "SignUp",
    "SpreadsheetImport",
    "Stay",
    "SupportLine",
    "Theme",
    "Ticket",
    "TicketClock",
    "TokenScope",
    "User",
    "Webhook",
    "WebhookDelivery",
    "WorkCalendar",
    "WorkType",
]
