"""What the checks across DAGs know of the whole folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from dagcheck.checks.registry import Settings
from dagcheck.checks.wording import name
from dagcheck.errors import nearest
from dagcheck.record import FileRecord
from dagcheck.spec import DagSpec, TaskSpec


class Folder:
    """The DAGs that were loaded, by id, and whether an id that is not among them can be said to be nowhere."""

    def __init__(self, records: Iterable[FileRecord], settings: Settings) -> None:
        self.dags: dict[str, DagSpec] = {}
        self._settings = settings
        self._complete = settings.complete
        for record in records:
            self.dags.update((dag.dag_id, dag) for dag in record.dags)
            # what a file that failed would have defined, nobody knows
            self._complete = self._complete and record.failure is None and not record.refusals

    def tasks(self) -> Iterator[tuple[DagSpec, TaskSpec]]:
        """Every task of every DAG, DAGs in the order of their files."""
        return ((dag, task) for dag in self.dags.values() for task in dag.tasks)

    def lacks(self, dag_id: str) -> bool:
        """Tell whether a DAG is surely not there: neither in the folder nor declared to live elsewhere."""
        return dag_id not in self.dags and self._complete and not is_declared(dag_id, self._settings.external_dags)

    def lacks_asset(self, asset: str, produced: set[str]) -> bool:
        """Tell whether nobody produces an asset, in the folder or, as declared, elsewhere."""
        return asset not in produced and self._complete and not is_declared(asset, self._settings.external_assets)

    def hint(self, dag_id: str) -> str:
        """Return how to make a reference to a DAG right."""
        close = nearest(dag_id, self.dags)
        meant = f"write {name(close)} if that was meant; " if close else ""
        return (
            f"{meant}if another repository has it, list {name(dag_id)} in [tool.dagcheck] external_dags "
            "(patterns such as sales_* are possible)"
        )


def is_declared(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether one of the patterns (`*`, `?`, `[...]`) covers a name."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def is_templated(text: str) -> bool:
    """Tell whether an id is known only when the task runs."""
    return "{{" in text or "{%" in text
