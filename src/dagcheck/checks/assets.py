"""Reports DAGs whose assets (datasets, before Airflow 3) can not start them as they should."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from dagcheck.checks.folder import Folder
from dagcheck.checks.registry import Settings, check
from dagcheck.checks.subjects import at_dag
from dagcheck.checks.wording import listing, name, place
from dagcheck.errors import nearest
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord
from dagcheck.spec import find_cycle


@check("asset-source", Level.WARNING, "Across DAGs", "folder")
def asset_source(records: Iterable[FileRecord], settings: Settings) -> Iterator[Finding]:
    """Somebody should produce every asset that a DAG is scheduled on.

    A producer is a task with the asset among its outlets, a watcher on the asset, or, declared with
    `[tool.dagcheck] external_assets`, somebody outside the folder.

    Why: The DAG never starts by itself. Often the URI differs by a slash or a letter from the producer's.

    Fix: Correct the URI, add the outlet, or declare the asset as external.

    Bad:
        from airflow.sdk import DAG, Asset

        with DAG("report", schedule=[Asset("s3://lake/oders")]): ...

    Good:
        from airflow.sdk import DAG, Asset

        with DAG("report", schedule=[Asset("s3://lake/orders")]): ...
    """
    folder = Folder(records, settings)
    produced = {asset for _, task in folder.tasks() for asset in task.outlets}
    for dag in folder.dags.values():
        for asset in dag.assets:
            if asset not in dag.watched and folder.lacks_asset(asset, produced):
                close = nearest(asset, produced)
                meant = f"write {name(close)} if that was meant; " if close else "add it to a task's outlets; "
                yield Finding(
                    check="asset-source",
                    **at_dag(dag),
                    what=f"is scheduled on {name(asset)}, which no task produces",
                    why="it never starts by itself",
                    fix=f"{meant}if somebody else produces it, list it in [tool.dagcheck] external_assets",
                )


@check("asset-cycle", Level.ERROR, "Across DAGs", "folder")
def asset_cycle(records: Iterable[FileRecord], settings: Settings) -> Iterator[Finding]:
    """DAGs that are scheduled on assets must not start each other in a circle.

    Why: Each run starts the next one, without end; or, if each also waits for the other, none ever starts.

    Fix: Take the asset from one of the tasks' outlets, or from one of the schedules.

    Bad:
        from airflow.sdk import DAG, Asset, task

        with DAG("clean", schedule=[Asset("s3://lake/orders")]):

            @task(outlets=[Asset("s3://lake/orders")])
            def write_back(): ...

            write_back()

    Good:
        from airflow.sdk import DAG, Asset, task

        with DAG("clean", schedule=[Asset("s3://lake/orders")]):

            @task(outlets=[Asset("s3://lake/clean_orders")])
            def write(): ...

            write()
    """
    folder = Folder(records, settings)
    started_by: dict[str, list[str]] = {}
    for dag in folder.dags.values():
        for asset in dag.assets:
            started_by.setdefault(asset, []).append(dag.dag_id)
    starts: dict[str, dict[str, str]] = {dag_id: {} for dag_id in folder.dags}
    for dag, task in folder.tasks():
        for asset in task.outlets:
            starts[dag.dag_id].update(dict.fromkeys(started_by.get(asset, ()), asset))
    path = find_cycle({dag_id: tuple(after) for dag_id, after in starts.items()})
    if not path:
        return
    first = folder.dags[path[0]]
    assets = [starts[one][after] for one, after in pairwise(path)]
    yield Finding(
        check="asset-cycle",
        **at_dag(first),
        what=f"assets start the DAGs in a circle: {' -> '.join(name(dag_id) for dag_id in path)}",
        why=f"each updates what the next one is scheduled on ({listing(assets)})",
        fix=f"take {name(assets[-1])} from the outlets in {name(path[-2])}, or from the schedule of {name(path[0])}",
        proof=tuple(
            f"{place(folder.dags[one].file, folder.dags[one].line)}: {name(one)} updates {name(asset)}"
            for one, asset in zip(path, assets, strict=False)
        ),
    )
