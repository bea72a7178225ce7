"""Decides which columns a table of each subject may have, what they are called, and by which headers they are known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.models import ImportSubject
from helpdesk.spreadsheets import widgets
from helpdesk.spreadsheets.widgets import TextWidget

REPORT_HEADERS = frozenset({"what to mend", "что исправить"})


@dataclass(frozen=True)
class Column:
    """A column: our name of it, its header in our own tables, how a cell is read, and the headers that mean it."""

    name: str
    label: Any
    widget: Any
    aliases: str = ""
    group: str = ""

    def known_by(self) -> frozenset[str]:
        """Return the headers that mean this column, in the form `plain_header` gives."""
        return frozenset(alias for alias in self.aliases.split("|") if alias)


@dataclass(frozen=True)
class Subject:
    """What a table brings: its columns, those without which there is no table, and what may stand for each other."""

    name: str
    columns: tuple[Column, ...]
    needs: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> Column:
        """Return the column called `name`. Raises KeyError."""
        return {column.name: column for column in self.columns}[name]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns)


def plain_header(text: str) -> str:
    """Return a header without letter case, punctuation and the unit behind a comma or in brackets."""
    text = text.replace("\xa0", " ").casefold().replace("ё", "е").replace("_", " ").replace("№", "№ ")
    text = re.split(r"[,(\[]", text, maxsplit=1)[0]
    return re.sub(r"\s+", " ", re.sub(r"[^\w№ ]+", " ", text)).strip()


_CATALOG = (
    Column("service_code", _("Service code"), TextWidget(50, "MAIL"),
           "service code|service id|service no|service number|work package code|package code|parent code|category code"
           "|код сервиса|код услуги|шифр сервиса|шифр услуги|id сервиса|id услуги|код пакета|код раздела|код категории",
           "service"),
    Column("service", _("Service"), TextWidget(200, "E-mail"),
           "service|service name|service title|it service|work package|package|category|сервис|услуга|ит сервис|ит услуга"
           "|название сервиса|наименование сервиса|название услуги|наименование услуги|категория|раздел", "service"),
    Column("kind_code", _("Kind code"), TextWidget(50, "MAIL-1"),
           "kind code|code of the kind|work type code|work code|standard id|task code|код вида работ|код вида|код работы"
           "|код работ|шифр работ|шифр вида работ|id вида работ|код подуслуги", "kind"),
    Column("kind", _("Kind of work"), TextWidget(200, "New mailbox"),
           "kind of work|kind|work type|type of work|work|task|standard|request type|вид работ|вид работы|виды работ"
           "|вид работ услуги|работа|работы|наименование работ|наименование работы|наименование вида работ"
           "|название вида работ|тип работ|подуслуга|тематика", "kind"),
    Column("type", _("Type"), widgets.work_kind(),
           "type|kind type|type of request|incident or request|тип|тип заявки|тип обращения|вид заявки|вид обращения",
           "kind"),
    Column("priority", _("Priority"), widgets.priority(),
           "priority|complexity|urgency|приоритет|сложность|уровень сложности|категория сложности|срочность", "kind"),
    Column("line", _("Support line"), TextWidget(100, "First line"),
           "line|support line|support group|group|team|линия|линия поддержки|группа|группа поддержки|ответственная группа",
           "kind"),
    Column("reaction_limit", _("Reaction limit"), widgets.LimitWidget(),
           "reaction limit|reaction time|reaction|response time|time to respond|first response|время реакции"
           "|срок реакции|предельное время реакции|реакция|лимит реакции|норматив реакции|время реагирования", "kind"),
    Column("execution_limit", _("Execution limit"), widgets.LimitWidget(),
           "execution limit|execution time|execution|resolution time|time to resolve|fulfilment time|fulfillment time"
           "|duration|время выполнения|срок выполнения|предельное время выполнения|время решения|срок решения"
           "|срок исполнения|время исполнения|норматив выполнения|лимит выполнения|выполнение|срок", "kind"),
    Column("description", _("Kind description"), TextWidget(20_000),
           "kind description|work description|описание вида работ|описание работ|описание работы", "kind"),
    Column("active", _("Kind active"), widgets.yes_no(),
           "kind active|вид работ активен|вид работ действует", "kind"),
    Column("service_description", _("Service description"), TextWidget(20_000),
           "service description|описание сервиса|описание услуги", "service"),
    Column("service_active", _("Service active"), widgets.yes_no(),
           "service active|сервис активен|услуга активна|сервис действует", "service"),
)  # fmt: skip
# Headers that say what a thing is only together with their neighbours: of the kind where a table has kinds, else of the service.
CATALOG_COMMON = {
    "code": ("code|id|number|no|№|код|шифр|артикул|№ кода", "kind_code", "service_code"),
    "name": ("name|title|название|наименование|имя", "kind", "service"),
    "description": ("description|details|comment|note|описание|комментарий|примечание|пояснение", "description",
                    "service_description"),
    "active": ("active|is active|enabled|in use|активен|активна|активно|действует|включен|используется|актуально",
               "active", "service_active"),
}  # fmt: skip

_LINES = (
    Column("line", _("Line"), TextWidget(100, "First line"),
           "line|support line|name|линия|линия поддержки|название|наименование|группа|группа поддержки"),
    Column("description", _("Description"), TextWidget(20_000), "description|описание|комментарий"),
    Column("calendar", _("Working calendar"), TextWidget(100, "Office"),
           "calendar|working calendar|календарь|рабочий календарь|режим работы|график"),
    Column("active", _("Active"), widgets.yes_no(), "active|активна|активен|действует|включена"),
    Column("login", _("Login of a member"), widgets.LoginWidget(150, "ivanov"),
           "login|username|user|member|login of a member|логин|логин участника|учетная запись|участник|сотрудник"),
    Column("role", _("Role in the line"), widgets.line_role(), "role|role in the line|роль|роль в линии|должность в линии"),
)  # fmt: skip

_PEOPLE = (
    Column("login", _("Login"), widgets.LoginWidget(150, "ivanov"), "login|username|user|account|логин|учетная запись"),
    Column("last_name", _("Last name"), TextWidget(150, "Ivanov"), "last name|surname|family name|фамилия"),
    Column("first_name", _("First name"), TextWidget(150, "Ivan"), "first name|given name|name|имя"),
    Column("email", _("E-mail"), widgets.EmailWidget(254, "ivanov@example.org"),
           "email|e mail|mail|email address|почта|эл почта|электронная почта|адрес электронной почты|e mail адрес"),
    Column("department", _("Department"), TextWidget(150), "department|unit|division|отдел|подразделение|департамент"),
    Column("phone", _("Phone"), widgets.PhoneWidget(40, "+7 495 123-45-67"),
           "phone|telephone|phone number|телефон|номер телефона|тел|рабочий телефон"),
    Column("active", _("Active"), widgets.yes_no(), "active|активен|работает|действует|включен"),
)  # fmt: skip

_CALENDARS = (
    Column("calendar", _("Calendar"), TextWidget(100, "Office"),
           "calendar|working calendar|календарь|рабочий календарь|график|название"),
    Column("zone", _("Time zone"), widgets.ZoneWidget(64, "Europe/Moscow"), "time zone|zone|часовой пояс|пояс"),
    Column("around", pgettext_lazy("column", "Around the clock"), widgets.yes_no(),
           "around the clock|always open|круглосуточно"),
    Column("weekday", _("Weekday"), widgets.weekday(), "weekday|day of the week|день недели"),
    Column("date", _("Date"), widgets.DayWidget(), "date|day|exception|дата|день|исключение"),
    Column("start", _("From"), widgets.MinuteWidget(), "from|start|opens|с|начало|открытие|время с|от"),
    Column("end", _("To"), widgets.MinuteWidget(), "to|end|closes|по|до|конец|окончание|закрытие|время по|время до"),
    Column("note", _("Note"), TextWidget(200), "note|name|holiday|comment|примечание|праздник|комментарий|название дня"),
)  # fmt: skip

SUBJECTS: dict[str, Subject] = {
    subject.name: subject
    for subject in (
        Subject(ImportSubject.CATALOG, _CATALOG, (("service_code", "service", "kind_code", "kind"),)),
        Subject(ImportSubject.LINES, _LINES, (("line",),)),
        Subject(ImportSubject.PEOPLE, _PEOPLE, (("login",),)),
        Subject(ImportSubject.CALENDARS, _CALENDARS, (("calendar",),)),
    )
}


def vocabulary(subject: Subject, remembered: dict[str, list[str]]) -> frozenset[str]:
    """Return every header that means something in a table of `subject`, in the form `plain_header` gives."""
    words = set(remembered)
    for column in subject.columns:
        words |= column.known_by() | {plain_header(str(column.label))}
    if subject.name == ImportSubject.CATALOG:
        words |= {word for aliases, _kind, _service in CATALOG_COMMON.values() for word in aliases.split("|")}
    return frozenset(words)


def recognise(subject: Subject, headers: Iterable[str], remembered: dict[str, list[str]]) -> dict[str, int]:
    """Return which column each field is read from, by headers; what somebody chose before wins over the synonyms."""
    found: dict[str, int] = {}
    plain = [plain_header(header) for header in headers]
    for index, header in enumerate(plain):
        for name in remembered.get(header, ()):
            if name in subject.names:
                found.setdefault(name, index)
    for column in subject.columns:
        for index, header in enumerate(plain):
            if column.name not in found and (header == plain_header(str(column.label)) or _means(column, header)):
                found[column.name] = index
    if subject.name == ImportSubject.CATALOG:
        _common_headers(plain, found)
    return found


def _means(column: Column, header: str) -> bool:
    known = column.known_by()
    if header in known:
        return True
    # The columns of one language among several: `service_en`, `description_ru`. Not for values out of a list.
    tail = re.fullmatch(r"(.+) (?:en|ru|eng|rus|рус|англ)", header)
    return tail is not None and tail[1] in known and isinstance(column.widget, TextWidget)


def _common_headers(plain: list[str], found: dict[str, int]) -> None:
    kinds = {column.name for column in _CATALOG if column.group == "kind"} - {"description", "active"}
    services = {"service_code", "service"} & found.keys()
    of_kinds = bool(services or kinds & found.keys())
    taken = set(found.values())
    for aliases, of_kind, of_service in CATALOG_COMMON.values():
        field = of_kind if of_kinds else of_service
        for index, header in enumerate(plain):
            stem = re.sub(r" (?:en|ru|eng|rus|рус|англ)$", "", header)
            if field not in found and index not in taken and stem in aliases.split("|"):
                found[field] = index
                taken.add(index)
