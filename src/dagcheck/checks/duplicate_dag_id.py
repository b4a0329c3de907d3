"""Reports DAG ids that are used more than once in the folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dagcheck.checks.registry import Settings, check
from dagcheck.checks.wording import MESSAGE, listing, one_line, place
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord

_TWO = 2


class _Place(NamedTuple):
    """The DAG file that Airflow would parse, and where the DAG was made: there, or in a module it imports."""

    dag_file: str
    file: str
    line: int | None

    @property
    def text(self) -> str:
        made = place(self.file, self.line)
        return made if self.file == self.dag_file else f"{place(self.dag_file, None)} (made at {made})"


@check("duplicate-dag-id", Level.ERROR, "Loading", "folder")
def duplicate_dag_id(records: Iterable[FileRecord], _: Settings) -> Iterator[Finding]:
    """A DAG id must be used once in the folder.

    Why: Airflow keeps one of the DAGs and drops the others. Which one it keeps depends on the order in which it
    parses the files, so that the DAG seems to change by itself.

    Fix: Give each DAG a dag_id of its own. If a file imports a DAG object from another DAG file, Airflow finds that
    DAG in both: import the function that makes it, or write its id as text.

    Bad:
        from airflow import DAG

        for table in ("orders", "customers"):
            with DAG("load", schedule="@daily") as dag:
                ...

    Good:
        from airflow import DAG

        for table in ("orders", "customers"):
            with DAG(f"load_{table}", schedule="@daily") as dag:
                ...
    """
    known: dict[str, Counter[_Place]] = {}
    for record in records:
        for dag in record.dags:
            known.setdefault(dag.dag_id, Counter())[_Place(record.file, dag.file, dag.line)] += 1
        for refusal in record.refusals:
            if refusal.type.endswith("DuplicatedIdException"):
                _count_refused(known.setdefault(refusal.dag_id, Counter()), record.file, refusal.line)
    for dag_id, places in known.items():
        if places.total() > 1:
            yield from _findings(dag_id, places)


def _count_refused(places: Counter[_Place], file: str, line: int | None) -> None:
    """Count the two DAGs that Airflow speaks of, as far as they are not among the file's DAGs already."""
    here = sum(times for known, times in places.items() if known.dag_file == file)
    if here < _TWO:
        places[_Place(file, file, line)] += _TWO - here


def _findings(dag_id: str, places: Counter[_Place]) -> Iterator[Finding]:
    for here, times in places.items():
        others = [other.text for other in places if other != here]
        here_too = [f"{times} times at this line"] if times > 1 else []
        yield Finding(
            check="duplicate-dag-id",
            file=here.dag_file,
            line=here.line if here.file == here.dag_file else None,
            dag_id=one_line(dag_id),
            what=f"the DAG id is used more than once: {_where(here_too, others)}",
            why="Airflow keeps one of the DAGs, and which one depends on the order of parsing",
            fix=_fix(here, places),
        )


def _fix(here: _Place, places: Counter[_Place]) -> str:
    home = _Place(here.file, here.file, here.line)
    if here != home and home in places:
        return f"do not import the DAG object from {one_line(here.file)}: Airflow finds it in both files"
    return "give each DAG a dag_id of its own"


def _where(here_too: list[str], others: list[str]) -> str:
    also = [f"also at {listing(others, limit=MESSAGE)}"] if others else []
    return ", ".join([*here_too, *also])
