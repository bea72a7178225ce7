"""The analytics page, the lists behind its figures, and the files have the same rows; only those who may see them do."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from helpdesk import moment
from helpdesk.lifecycle import Status
from helpdesk.reports import blocks, period, scope
from helpdesk.reports.figures import FIGURES
from tests.people import NOON, Desk, as_new


@pytest.fixture(scope="module")
def furnished(desk_of_module: Desk) -> Desk:
    with moment.at(NOON):
        for status in Status.values:
            desk_of_module.ticket(status)
        desk_of_module.file(kind=desk_of_module.server, subject="=cmd|' /C calc'!A0")
    return desk_of_module


@pytest.fixture
def lived(furnished: Desk, db: None, noon: datetime) -> Desk:
    return as_new(furnished)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_list_behind_a_figure_has_exactly_its_tickets(lived: Desk, figure: str) -> None:
    counted = FIGURES[figure].tickets(scope.read(lived.olga, {}).tickets, period.read({}))
    page = lived.client("olga").get(reverse("admin:analytics_tickets", args=[figure])).content.decode()

    numbers = {int(number) for number in re.findall(r'href="/admin/helpdesk/ticket/(\d+)/change/"', page)}
    assert numbers == set(counted.values_list("pk", flat=True))


def test_the_page_shows_the_figures_with_their_definitions(lived: Desk) -> None:
    client = lived.client("olga")
    page = client.get(reverse("admin:analytics")).content.decode()

    for figure in FIGURES.values():
        if figure.name != "rated":
            assert str(figure.definition) in page
    assert 'href="tickets/registered/?month=2026-03"' in page
    narrowed = client.get(reverse("admin:analytics") + f"?month=2026-03&line={lived.second.pk}").content.decode()
    assert (
        f"month=2026-03&amp;line={lived.second.pk}" in narrowed or f"month=2026-03&line={lived.second.pk}" in narrowed
    )
    assert client.get(reverse("admin:analytics") + "?month=2020-01").status_code == 200
    assert client.get(reverse("admin:analytics") + "?line=x&assignee=999999&from=1&to=2").status_code == 200


def test_the_files_have_the_rows_of_the_page(lived: Desk) -> None:
    client = lived.client("olga")
    found = blocks.blocks(scope.read(lived.olga, {}), period.read({}))
    book = load_workbook(io.BytesIO(client.get(reverse("admin:analytics_export", args=["xlsx"])).content))
    text = client.get(reverse("admin:analytics_export", args=["csv"])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))

    assert book.sheetnames == ["Contents", *(block.title for block in found)]
    assert {row[0].value: row[1].value for row in book["Contents"].iter_rows(min_row=2)} == {
        block.title: block.definition for block in found
    }
    for block in found:
        sheet = book[block.title]
        assert [cell.value for cell in sheet[1]] == block.file_headers
        assert sheet.max_row == len(block.rows) + 1
        below = [row for row in rows if row[0] == block.title]
        assert (below[0][1], len(below)) == (block.definition, len(block.rows) + 2)


@pytest.mark.parametrize("who", ["anna", "boris", "alla", "egor", "katya"])
def test_figures_are_not_for_everybody(lived: Desk, who: str) -> None:
    client = lived.client(who)

    for address in (
        reverse("admin:analytics"), reverse("admin:analytics_tickets", args=["open"]),
        reverse("admin:analytics_export", args=["csv"]),
    ):  # fmt: skip
        assert client.get(address).status_code == 403


def test_a_lead_sees_nothing_of_other_lines(lived: Desk) -> None:
    client = lived.client("lev")

    page = client.get(reverse("admin:analytics_tickets", args=["registered"])).content.decode()
    assert "calc" not in page
    table = client.get(reverse("admin:analytics")).content.decode()
    assert "Second line" not in table
    for name in ("nonsense", "hour_7_0", "hour_0_24", "flow_1_x", "reaction_never"):
        assert client.get(reverse("admin:analytics_tickets", args=[name])).status_code == 404


def test_the_page_names_the_oldest_requests_and_the_ratings_with_words(lived: Desk) -> None:
    ticket = lived.ticket("on_review")
    lived.act("accept", "anna", ticket, rating="1", comment="It took a week.")
    page = lived.client("olga").get(reverse("admin:analytics")).content.decode()

    assert "It took a week." in page
    assert f">#{lived.ticket().pk}</a>" in lived.client("olga").get(reverse("admin:analytics")).content.decode()
    narrowed = lived.client("olga").get(reverse("admin:analytics"), {"work_type": lived.server.pk}).content.decode()
    assert "It took a week." not in narrowed
    for name in ("reaction_met", "execution_running", "hour_1_10"):
        assert f'href="tickets/{name}/?month=2026-03"' in page
