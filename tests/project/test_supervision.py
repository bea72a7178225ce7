"""Programs under one supervisor start together, and end together: by a signal, or because one of them died."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUPERVISE = """
import sys
from pathlib import Path
from helpdesk.management import supervision
supervision.GRACE = 1.0
programs = {name: [sys.executable, "-u", "-c", code] for name, code in [argument.split("=", 1) for argument in sys.argv[1:]]}
supervisor = supervision.Supervisor(programs, cwd=Path.cwd(), say=lambda line: print(line, flush=True))
sys.exit(supervisor.run(ready=lambda: True, announce=lambda: print("Ready.", flush=True)))
"""
WAIT = """
import signal, sys, time
def end(*_):
    sys.stdout.write("{name} ended in order\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
sys.stdout.write("{name} runs\\n")
time.sleep(60)
"""
DIE = "import sys, time; time.sleep(0.5); sys.exit(7)"
KILLED = "import os, signal, time; time.sleep(0.5); os.kill(os.getpid(), signal.SIGKILL)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf runs', flush=True); time.sleep(60)"
)


def supervise(**programs: str) -> subprocess.Popen[str]:
    """Start a supervisor of programs given as Python code by name."""
    arguments = [f"{name}={code.replace('{name}', name)}" for name, code in programs.items()]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-u", "-c", SUPERVISE, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], *wanted: str) -> None:
    """Read lines until each of `wanted` was seen."""
    assert process.stdout is not None
    missing = set(wanted)
    while missing:
        line = process.stdout.readline()
        assert line, f"ended before saying {missing}"
        missing.discard(line.strip())


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_in_order(sent: signal.Signals) -> None:
    supervisor = supervise(web=WAIT, worker=WAIT)
    read_until(supervisor, "web runs", "worker runs", "Ready.")

    supervisor.send_signal(sent)
    output, _ = supervisor.communicate(timeout=10)

    assert sorted(output.splitlines()) == ["Stopping.", "web ended in order", "worker ended in order"]
    assert supervisor.returncode == 0


@pytest.mark.parametrize(("code", "outcome"), [(DIE, "exit status 7"), (KILLED, "signal SIGKILL")])
def test_the_death_of_one_ends_the_other_and_is_told(code: str, outcome: str) -> None:
    supervisor = supervise(web=WAIT, worker=code)

    output, _ = supervisor.communicate(timeout=10)

    assert f"The worker process ended by itself ({outcome}). Stopping the rest.\n" in output
    assert output.endswith("web ended in order\n")
    assert supervisor.returncode == 1


@pytest.mark.slow
def test_a_program_that_does_not_listen_is_killed_after_its_grace() -> None:
    supervisor = supervise(deaf=STUBBORN)
    read_until(supervisor, "deaf runs", "Ready.")
    asked = time.monotonic()

    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=10)

    assert output == "Stopping.\nThe deaf process does not end; killing it.\n"
    assert 1 <= time.monotonic() - asked < 5
