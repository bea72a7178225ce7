"""Decides how the rows of a file become cases: one row an event of a log, or one row a whole case; what does not is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from sys import intern
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from helpdesk.cases.cells import BadMoment, Cells
from helpdesk.cases.mapping import IGNORED, MOMENTS, CaseMapping, check
from helpdesk.lifecycle import CLOSED, Status
from helpdesk.models import CaseRemark
from helpdesk.moment import now
from helpdesk.spreadsheets.columns import plain_header
from helpdesk.spreadsheets.reading import Row, Sheet, as_text, is_blank, read_sheets
from helpdesk.spreadsheets.sniffing import LOG_BYTES, LOG_ROWS

LONGEST_NUMBER = 100
_SAME = ("subject", "text", "requester")
# Names are the same with one blank or two between their words.
_NAMES = frozenset({"case", "status", "activity", "resource", "line", "requester", "service", "work_type"})
_Kind = CaseRemark.Kind


class Remark(NamedTuple):
    """Something that could not be taken as it stands."""

    kind: str
    row: int | None
    case: str
    text: str


class ForeignEvent(NamedTuple):
    """What happened to a case: when, in which row, to which status (empty: none), by whom, on which line, about what."""

    at: datetime
    row: int
    status: str
    resource: str
    line: str
    comment: str
    word: str
    service: str = ""
    work_type: str = ""


@dataclass
class ForeignTicket:
    """A case as the file tells it. `events` are in the order of their moments, and of the file within a moment."""

    number: str
    row: int
    texts: dict[str, str] = field(default_factory=dict)
    due: datetime | None = None
    events: list[ForeignEvent] = field(default_factory=list)

    def kinds(self) -> Iterator[tuple[str, str]]:
        """Yield the names of service and kind of work from each event on. A row that names none changes nothing; where
        the first ones name none, the first named holds from the beginning.
        """
        service = next((event.service for event in self.events if event.service), "")
        begun = takewhile(lambda event: _is_same(event.service, service), self.events)
        kind = next((event.work_type for event in begun if event.work_type), "")
        for event in self.events:
            if not _is_same(event.service, service):
                # A kind belongs to its service: the one before is none of the new service.
                service, kind = event.service, event.work_type
            yield service, (kind := event.work_type or kind)


def _is_same(named: str, service: str) -> bool:
    return not named or named == service or named.casefold() == service.casefold()


@dataclass
class ReadFile:
    """The cases of a file, what could not be read, and how many rows were looked at or passed over by choice."""

    cases: list[ForeignTicket] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rows: int = 0
    ignored: int = 0
    # Words for statuses that nobody has mapped, with how often each stands there.
    unmapped: Counter[str] = field(default_factory=Counter)


def sheet_of(data: bytes) -> Sheet:
    """Return the first sheet that holds anything, in the limits of logs. Raises UnreadableFile."""
    return read_sheets(data, max_bytes=LOG_BYTES, max_rows=LOG_ROWS)[0]


def headers_of(sheet: Sheet) -> list[str]:
    """Return the first filled row of the sheet as texts."""
    return [as_text(cell) for cell in next(row for row in sheet.rows if any(not is_blank(cell) for cell in row))]


def read(sheet: Sheet, mapping: CaseMapping) -> ReadFile:
    """Return the cases of the sheet by `mapping`. Raises BadMapping when a column of it is not there."""
    headers = headers_of(sheet)
    check(mapping, headers)
    reader = _Reader(mapping, headers)
    begin = next(number for number, row in enumerate(sheet.rows) if any(not is_blank(cell) for cell in row)) + 1
    for number, row in enumerate(sheet.rows[begin:], start=begin + sheet.top + 1):
        if any(not is_blank(cell) for cell in row):
            reader.take(number, row)
    return reader.result()


class _Reader:
    def __init__(self, mapping: CaseMapping, headers: list[str]) -> None:
        self._mapping = mapping
        plain = [plain_header(header) for header in headers]
        self._places = {name: plain.index(plain_header(header)) for name, header in mapping.columns.items()}
        self._zones = {name: mapping.zone_of(name) for name in MOMENTS}
        self._cells = Cells(mapping.unknown, day_first=mapping.day_first)
        self._cases: dict[str, ForeignTicket] = {}
        self._now = now()
        self._found = ReadFile()

    def take(self, number: int, row: Row) -> None:
        """Read a row into its case, or say why it is left out."""
        self._found.rows += 1
        case = self._text(row, "case")
        if not case or len(case) > LONGEST_NUMBER:
            self._remark(number, case[:LONGEST_NUMBER], _("The row has no number of a case, or one that is too long."))
            return
        try:
            step: Callable[[int, Row, str], None] = self._event if self._mapping.is_log else self._whole
            step(number, row, case)
        except BadMoment as error:
            self._remark(number, case, _("“%(text)s” is no moment.") % {"text": str(error)[:60]})

    def result(self) -> ReadFile:
        for case in self._cases.values():
            case.events.sort(key=lambda event: event.at)
        cases = [case for case in self._cases.values() if case.events]
        self._found.cases = sorted(cases, key=lambda case: (case.events[0].at, case.row))
        return self._found

    def _text(self, row: Row, name: str) -> str:
        cell = self._cell(row, name)
        text = "" if cell is None else self._cells.text(cell)
        return " ".join(text.split()) if name in _NAMES else text

    def _cell(self, row: Row, name: str) -> Any:
        place = self._places.get(name)
        return row[place] if place is not None and place < len(row) else None

    def _moment(self, row: Row, name: str) -> datetime | None:
        found = self._cells.moment(self._cell(row, name), self._zones[name])
        if found is not None and found > self._now and name != "due":
            raise BadMoment(_("in the future: %(moment)s") % {"moment": f"{found:%Y-%m-%d %H:%M}"})
        return found

    def _remark(self, row: int, case: str, text: str, kind: str = _Kind.LEFT_OUT) -> None:
        self._found.remarks.append(Remark(kind, row, case, text[:300]))

    def _left_unmapped(self, number: int, case: str, word: str) -> None:
        self._remark(number, case, _("Nobody has said what “%(word)s” is here.") % {"word": word[:60]})
        if word:
            self._found.unmapped[word] += 1

    def _case(self, number: int, row: Row, name: str) -> ForeignTicket:
        case = self._cases.get(name)
        if case is None:
            case = self._cases[name] = ForeignTicket(name, number)
        for label in _SAME:
            if label not in case.texts and (text := self._text(row, label)):
                case.texts[label] = text
        if case.due is None:
            case.due = self._moment(row, "due")
        return case

    def _event(self, number: int, row: Row, name: str) -> None:
        word = self._text(row, "status") or self._text(row, "activity")
        at = self._moment(row, "at")
        if at is None:
            self._remark(number, name, _("The event has no moment."))
            return
        status = self._mapping.status_of(word) if word else None
        if status is None:
            self._left_unmapped(number, name, word)
            return
        if status == IGNORED:
            self._found.ignored += 1
        case = self._case(number, row, name)
        case.events.append(self._made(at, number, row, "" if status == IGNORED else status, word))

    def _whole(self, number: int, row: Row, name: str) -> None:
        if name in self._cases:
            self._remark(number, name, _("The case is there already, in row %(row)d.") % {"row": self._cases[name].row})
            return
        created, closed = self._moment(row, "created"), self._moment(row, "closed")
        if created is None:
            self._remark(number, name, _("The case has no moment of registration."))
            return
        word = self._text(row, "status")
        status = self._mapping.status_of(word) if word else Status.NEW
        if status is None:
            self._left_unmapped(number, name, word)
            return
        moments = list(self._moments(number, row, name, created, closed, status))
        self._case(number, row, name).events.extend(self._made(at, number, row, to, word) for at, to in moments)

    def _moments(
        self, number: int, row: Row, name: str, created: datetime, closed: datetime | None, status: str
    ) -> Iterator[tuple[datetime, str]]:
        """Yield when a case of a table came into which status: registered, taken, closed, or as it stands."""
        yield created, Status.NEW
        taken = self._moment(row, "taken")
        if taken is not None:
            yield max(created, taken), Status.IN_WORK
        if closed is not None:
            if closed < created:
                text = _("Closed before it was registered: taken as closed at once.")
                self._remark(number, name, text, _Kind.CHANGED)
            yield max(created, taken or created, closed), status if status in CLOSED else Status.DONE
        elif status not in (Status.NEW, IGNORED):
            yield max(created, taken or created), status

    def _made(self, at: datetime, number: int, row: Row, status: str, word: str) -> ForeignEvent:
        # The same few names stand in every row: each is kept once.
        who, line, service, kind = (
            intern(self._text(row, name)) for name in ("resource", "line", "service", "work_type")
        )
        return ForeignEvent(at, number, status, who, line, self._text(row, "comment"), word, service, kind)
