"""Makes a folder of DAG files as a company has them; the same count and Airflow version always give the same files.

    python benchmarks/generate.py FOLDER 200 --airflow 3

Ids are unique; no two files are alike. A quarter of the files imports a helper module of the folder. One in eight
asks for the time in one of its tasks, as one in eight of the example DAGs that Airflow ships does (or for random
numbers): dagcheck loads such files twice.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from dag_texts import FEWEST_TASKS, KINDS, MOST_TASKS, text

DAG_FOLDER = "dags"
HELPERS = "common"
CLOCK_EVERY = 8
_SHARED_EVERY = 4

_TEAMS = ("sales", "finance", "logistics", "marketing", "support", "product", "people", "risk")
_SUBJECTS = ("orders", "invoices", "payments", "returns", "visits", "tickets", "prices", "stocks", "contracts",
             "campaigns", "deliveries", "accounts", "reviews")  # fmt: skip
_VERBS = ("Loads", "Reconciles", "Publishes", "Cleans", "Exports")

_PROJECT = """\
[project]
name = "company-dags"
version = "1.0"

[tool.pytest.ini_options]
pythonpath = ["dags"]

[tool.dagcheck]
dag_folder = "dags"
"""

_DEFAULTS = '''\
"""What the workflows of all teams have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

_LIMITS = {"orders": 40, "payments": 60, "visits": 80}


def default_args(team: str) -> dict[str, Any]:
    """Return the arguments that each task of a team gets."""
    return {"owner": team, "retries": 2, "retry_delay": timedelta(minutes=5), "execution_timeout": timedelta(hours=1)}


def quality_limit(subject: str) -> int:
    """Return the least number of rows that a day should have."""
    return _LIMITS.get(subject, 20)
'''


def generate(project: Path, count: int, airflow: int, clock_every: int = CLOCK_EVERY) -> list[Path]:
    """Write the project and return its DAG files; `airflow` is the major version, `clock_every` 0 means never."""
    folder = project / DAG_FOLDER
    (folder / HELPERS).mkdir(parents=True)
    (project / "pyproject.toml").write_text(_PROJECT, encoding="utf-8")
    (folder / HELPERS / "__init__.py").touch()
    (folder / HELPERS / "defaults.py").write_text(_DEFAULTS, encoding="utf-8")
    return list(_write(folder, count, airflow, clock_every))


def source(number: int, airflow: int, clock_every: int = CLOCK_EVERY) -> str:
    """Return the text of one DAG file."""
    turn, kind = divmod(number, len(KINDS))
    tasks = FEWEST_TASKS + (turn + number) % (MOST_TASKS - FEWEST_TASKS + 1)
    clock = bool(clock_every) and turn % clock_every == clock_every - 1
    return text(KINDS[kind], airflow, tasks, _words(number), shared=turn % _SHARED_EVERY == 0, clock=clock)


def dag_id(number: int) -> str:
    """Return the id of the one DAG in a file, which is also the file's name."""
    return f"{_team(number)}_{_subject(number)}_{number:04}"


def _write(folder: Path, count: int, airflow: int, clock_every: int) -> Iterator[Path]:
    for number in range(count):
        path = folder / _team(number) / f"{dag_id(number)}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(source(number, airflow, clock_every), encoding="utf-8")
        yield path


def _team(number: int) -> str:
    return _TEAMS[number * 5 % len(_TEAMS)]


def _subject(number: int) -> str:
    return _SUBJECTS[number * 7 % len(_SUBJECTS)]


def _words(number: int) -> dict[str, str]:
    cron = f'"{number % 60} {number // 3 % 24} * * *"'
    schedules = (cron, cron, '"@daily"', "timedelta(hours=6)", cron, "None", '"@hourly"')
    team, subject = _team(number), _subject(number)
    return {
        "dag_id": dag_id(number),
        "team": team,
        "subject": subject,
        "what": f"{_VERBS[number % len(_VERBS)]} the {subject} of {team}",
        "table": f"{team}_{subject}",
        "limit": str(20 + number % 37),
        "schedule": schedules[number % len(schedules)],
    }


def main() -> None:
    """Write a folder that anything can be tried on."""
    parser = argparse.ArgumentParser(description="Write a project with COUNT DAG files to FOLDER.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("count", type=int, metavar="COUNT")
    parser.add_argument("--airflow", type=int, choices=(2, 3), default=3, help="major version to write for")
    clock = f"one in K files asks for the time in a task; 0: none (default: {CLOCK_EVERY})"
    parser.add_argument("--clock-every", type=int, default=CLOCK_EVERY, metavar="K", help=clock)
    given = parser.parse_args()
    files = generate(given.folder, given.count, given.airflow, given.clock_every)
    print(f"{len(files)} DAG files in {given.folder / DAG_FOLDER}")


if __name__ == "__main__":
    main()
