"""Writes constraints.txt: the exact version of everything that the direct requirements bring along.

Installs the lists of requirements without constraints into a fresh environment and takes down what came. Direct
requirements keep their own pins and are left out.
"""

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = (
    "requirements.txt",
    "requirements-postgres.txt",
    "requirements-celery.txt",
    "requirements-s3.txt",
    "requirements-dev.txt",
)
HEADER = (
    "# Exact versions of what the direct requirements bring along (Python 3.11 and newer). `make pins` rewrites it.\n"
)


def canonical(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Resolve afresh and write the file."""
    direct: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        for name in LISTS:
            lines = (ROOT / name).read_text(encoding="utf-8").splitlines(keepends=True)
            direct |= {canonical(found[1]) for line in lines if (found := re.match(r"([\w.-]+)(\[.*\])?==", line))}
            (Path(folder) / name).write_text(
                "".join(line for line in lines if not line.startswith("-c")), encoding="utf-8"
            )
        venv.create(Path(folder) / "venv", with_pip=True)
        pip = [str(Path(folder) / "venv" / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "-r", str(Path(folder) / LISTS[-1])], check=True)  # noqa: S603 - fixed arguments
        frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout  # noqa: S603 - as above
    kept = [line for line in frozen.splitlines() if canonical(line.split("==")[0]) not in direct]
    (ROOT / "constraints.txt").write_text(HEADER + "\n".join(kept) + "\n", encoding="utf-8")
    sys.stdout.write(f"constraints.txt: {len(kept)} packages\n")


if __name__ == "__main__":
    main()
