from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.airflow.conftest import Room


def _warm_up() -> dict[str, Any]:
    import threading

    from dagcheck._airflow import classes, metadata_db
    from dagcheck._airflow.warmup import warm_up

    uses: list[int] = []
    metadata_db.install(lambda: uses.append(1))
    threads = threading.active_count()
    warm_up()
    context = classes.dag_context()
    return {
        "threads": threading.active_count() - threads,
        "uses": len(uses),
        "registered": len(context.autoregistered_dags),
        "current": context.get_current_dag(),
        "group": bool(classes.task_group_context().active),
    }


def test_it_starts_no_thread_uses_no_db_and_leaves_no_dag(cold_room: Room) -> None:
    assert cold_room(_warm_up) == {"threads": 0, "uses": 0, "registered": 0, "current": None, "group": False}


def _modules_that_a_file_adds(path: str) -> list[str]:
    import sys

    from dagcheck._airflow import creation
    from dagcheck._airflow.loading import load_file, refusals
    from dagcheck._airflow.specs import dag_spec
    from dagcheck._airflow.warmup import warm_up_for

    warm_up_for([Path(path)])
    log = creation.install(lambda _frame: None)
    before = set(sys.modules)
    loaded = load_file(Path(path))
    refusals(loaded, log)
    for dag in loaded.dags:
        dag_spec(dag, log, str)
    return sorted(name for name in set(sys.modules) - before if not name.startswith("unusual_prefix_"))


def test_a_dag_of_everything_needs_no_module_more(room: Room) -> None:
    plain = Path(__file__).with_name("plain") / "orders.py"
    assert room(_modules_that_a_file_adds, str(plain)) == []


def _modules_for(path: str) -> int:
    import sys

    from dagcheck._airflow.warmup import warm_up_for

    before = len(sys.modules)
    warm_up_for([Path(path), Path(path).with_name("nowhere.py")])
    return len(sys.modules) - before


def test_files_without_asset_uris_need_nothing_more(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "etl.py"
    path.write_text("# see https://example.com/\nasset = 'none'\n")
    assert room(_modules_for, str(path)) == 0
