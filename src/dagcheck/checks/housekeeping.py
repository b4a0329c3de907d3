"""The checks on what the user told dagcheck itself: ignores and the baseline.

Their findings depend on all other findings of the run, so they are made after them: `unused-ignore` by
`dagcheck.ignores.Ignores.unused`, `stale-baseline` by `dagcheck.baseline.Baseline.stale`. Here they have their
name, level and documentation.
"""

from __future__ import annotations

from collections.abc import Iterable

from dagcheck.checks.registry import Settings, check
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord


@check("unused-ignore", Level.WARNING, family="dagcheck itself", scope="folder")
def unused_ignore(_records: Iterable[FileRecord], _settings: Settings) -> Iterable[Finding]:
    """An ignore that matches no finding, names a check that there is not, or gives no reason.

    Why: an ignore that hides nothing today will hide a new finding tomorrow; without its reason nobody dares to
    delete it.

    Fix: delete the comment, or the table in [tool.dagcheck]; correct the name; add the reason. An ignore that is
    of use on some Airflow versions only may name unused-ignore too.

    Bad:
        load = PythonOperator(task_id="load", python_callable=load)  # dagcheck: ignore[parse-netwrok]

    Good:
        RATES = fetch_rates()  # dagcheck: ignore[parse-network] moves into a task with the new API, ticket 123
    """
    return ()


@check("stale-baseline", Level.WARNING, family="dagcheck itself", scope="folder")
def stale_baseline(_records: Iterable[FileRecord], _settings: Settings) -> Iterable[Finding]:
    """An entry of the baseline whose finding is no longer there.

    Why: the entry would let the same mistake come back unseen.

    Fix: write the baseline anew with --dagcheck-write-baseline, and commit it with the repair.

    Bad:
        {"check": "cycle", "file": "dags/repaired_long_ago.py", "what": "...", "count": 1}

    Good:
        pytest --dagcheck --dagcheck-baseline dagcheck-baseline.json --dagcheck-write-baseline
    """
    return ()
