"""What is written about the lifecycle is what the code does."""

from __future__ import annotations

from django.core.management import call_command

from helpdesk import diagram
from helpdesk.lifecycle import Status


def test_the_written_lifecycle_is_that_of_the_code() -> None:
    call_command("lifecycle_docs", check=True)


def test_every_arrow_of_the_drawing_has_a_way_of_its_own() -> None:
    assert diagram.unplaced() == []
    assert {status for status in Status if str(status.label) not in diagram.svg()} == set()
