"""The benchmark of the pages runs: every page answers at every server, goals are judged, and what is missing is told."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from helpdesk.management.commands import bench as command
from tests.bench.web import asks, goals, run


def _figures(milliseconds: float) -> dict[str, dict[str, object]]:
    figure = {"best": milliseconds, "cpu": milliseconds, "queries": 9, "size": 100}
    return {ask.name: dict(figure) for ask in asks.ASKS}


def test_a_goal_is_missed_by_what_takes_too_long() -> None:
    told = {
        "engine": "sqlite", "tickets": 10, "figures": _figures(10), "counters": {"anna": {"queries": 1, "ms": 0.2}},
        "export": {"first byte, s": 0.1, "memory grown, MB": 3}, "workers, MB": {"after": [150, 120]},
    }  # fmt: skip
    told["figures"]["list, all"]["cpu"] = 41  # type: ignore[index]

    missed = [verdict.goal for verdict in goals.of_one(told) if not verdict.met]

    assert missed == [
        "list, all / floor: list, all", "API list of 25, queries", "API list of 25 by due time, queries", "API list of 25 of a requester, queries", "API one ticket, queries",
    ]  # fmt: skip


def test_growth_is_judged_between_the_smallest_and_the_largest() -> None:
    runs = [{"engine": "sqlite", "tickets": size, "figures": _figures(size)} for size in (200, 10, 100)]

    verdicts = list(goals.of_growth(runs))

    assert {verdict.found for verdict in verdicts} == {20}
    assert not any(verdict.met for verdict in verdicts)


def test_what_postgresql_does_counts_by_the_clock_on_the_wall() -> None:
    runs = [{"engine": "postgresql", "tickets": size, "figures": _figures(10)} for size in (10, 100)]
    runs[1]["figures"]["list, all"]["best"] = 14  # type: ignore[index]

    assert [verdict.goal for verdict in goals.of_growth(runs) if not verdict.met] == [
        "postgresql, list, all, 100 / 10 tickets"
    ]


def test_without_the_source_the_command_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _name: None)

    with pytest.raises(CommandError, match=r"requirements-dev\.txt"):
        call_command("bench")


@pytest.mark.slow
@pytest.mark.own_desk
def test_every_page_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    run.options(parser)
    file = tmp_path / "figures.json"

    run.bench(parser.parse_args(["--tickets", "60", "--rounds", "1", "--small", "--json", str(file)]))

    told = json.loads(file.read_text())[0]
    assert set(told["figures"]) == {ask.name for ask in asks.ASKS}
    assert told["figures"]["ticket, card"]["queries"] > 5
    assert told["export"]["megabytes sent"] > 0
    assert "list, my lines" in capsys.readouterr().out
