"""Command-line options; each overrides the key of `[tool.dagcheck]` that it names."""

from __future__ import annotations

import pytest

# option -> key of [tool.dagcheck]
OVERRIDES = {
    "dagcheck_workers": "workers",
    "dagcheck_timeout": "timeout",
    "dagcheck_memory": "memory",
    "dagcheck_sweep_seconds": "sweep_seconds",
    "dagcheck_baseline": "baseline",
    "dagcheck_backend": "backend",
    "dagcheck_backend_strict": "backend_strict",
    "dagcheck_strict_answers": "strict_answers",
}


def add(parser: pytest.Parser) -> None:
    """Add the options of dagcheck to `pytest --help`."""
    group = parser.getgroup("dagcheck", "Airflow DAGs (dagcheck)")
    add_option = group.addoption
    add_option("--dagcheck", action="store_true", help="load and check the DAG files of the given paths, else of the "
               "configured dag_folder, else of dags/")  # fmt: skip
    add_option("--dagcheck-workers", type=int, metavar="N", help="processes that load DAG files (default: the cores)")
    add_option("--dagcheck-timeout", type=float, metavar="SECONDS", help="longest time for one DAG file (default: 30)")
    add_option("--dagcheck-memory", metavar="SIZE", help="most memory of a worker, such as '2 GiB' or MiB as a number")
    add_option("--dagcheck-sweep-seconds", type=float, metavar="SECONDS",
               help="most processor time for running one DAG over its dates (default: 5; 0: none)")  # fmt: skip
    add_option("--dagcheck-level", action="append", default=[], metavar="CHECK=LEVEL",
               help="set a check to error, warning or off (repeatable)")  # fmt: skip
    add_option("--dagcheck-shard", metavar="K/N", help="check the K-th of N stable shares of the DAG files")
    add_option("--dagcheck-baseline", metavar="FILE", help="findings recorded in FILE do not fail the run")
    add_option("--dagcheck-write-baseline", action="store_true", help="record today's findings in the baseline file")
    add_option("--dagcheck-list", action="store_true", help="print all checks with their level and exit")
    add_option("--dagcheck-explain", metavar="CHECK", help="print a check's rule, reason, fix and examples and exit")
    add_option(
        "--dagcheck-snapshot-update", action="store_true", help="write the snapshots that tests compare DAGs with"
    )
    parser.addini("dagcheck_hermetic", "give Airflow a throwaway home before any conftest.py or test module imports it",
                  type="bool", default=False)  # fmt: skip
    add_option("--dagcheck-doctor", action="store_true", help="print what a bug report needs and exit")


def add_for_mocks(parser: pytest.Parser) -> None:
    """Add what chooses the far end of mocked hooks."""
    group = parser.getgroup("dagcheck")
    group.addoption("--dagcheck-backend", metavar="TIER", help="what stands behind mocked hooks: auto, fake, embedded "
                    "or container, for all or by service, as in postgres=container,bigquery=fake")  # fmt: skip
    group.addoption("--dagcheck-backend-strict", action="store_true", default=None,
                    help="a chosen back-end that cannot run fails the test instead of skipping it")  # fmt: skip
    group.addoption("--dagcheck-strict-answers", action="store_true", default=None,
                    help="an answer that a test gives and nothing asks for fails the test")  # fmt: skip


def overrides(config: pytest.Config) -> dict[str, object]:
    """Return the given options by key of `[tool.dagcheck]`; paths are made absolute from where pytest was called."""
    found = {key: config.getoption(option) for option, key in OVERRIDES.items()}
    if found["baseline"]:
        found["baseline"] = str(config.invocation_params.dir / found["baseline"])
    if levels := config.getoption("dagcheck_level"):
        found["levels"] = dict(_level(text) for text in levels)
    return {key: value for key, value in found.items() if value is not None}


def _level(text: str) -> tuple[str, str]:
    check, sign, level = text.partition("=")
    if not sign:
        raise pytest.UsageError(f"--dagcheck-level: expected CHECK=LEVEL, such as parse-slow=off, got {text!r}")
    return check.strip(), level.strip()
