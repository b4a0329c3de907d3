from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.versions import at_least, release

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

DagFile = Callable[[str], Path]
_NEED_A_PLUGIN = ["example_custom_weight.py"]  # 3.0 and 3.1 ship its plugin where no plugins folder is
DAG = "import airflow\nfrom airflow import DAG\nwith DAG({name!r}, schedule=None) as dag:\n    pass\n"


def _folders() -> list[str]:
    """Every folder of example DAGs that the installed Airflow and its standard provider ship."""
    import airflow

    places = [Path(place) for place in airflow.__path__]
    names = ("example_dags", "providers/standard/example_dags")
    return sorted({str(place / name) for place in places for name in names if (place / name).is_dir()})


def _by_the_dag_bag(folder: str) -> dict[str, Any]:
    import logging

    from airflow.models import DagBag

    from dagcheck._airflow import metadata_db

    logging.disable()
    metadata_db.install(lambda: None)  # the queries of Airflow's own, which an empty DB would answer
    bag = DagBag(folder)
    return {"dags": {dag_id: _graph(dag) for dag_id, dag in bag.dags.items()}, "errors": sorted(bag.import_errors)}


def _by_us(folder: str) -> dict[str, Any]:
    from dagcheck._airflow import creation, metadata_db
    from dagcheck._airflow.discovery import dag_files
    from dagcheck._airflow.loading import load_file, refusals
    from dagcheck._airflow.specs import dag_spec

    metadata_db.install(lambda: None)
    log = creation.install(lambda frame: (frame.f_code.co_filename, frame.f_lineno))
    dags, errors = {}, []
    for file in dag_files(Path(folder)):
        log.clear()
        try:
            loaded = load_file(file)
        except Exception:  # noqa: BLE001 -- the test compares which files fail
            errors.append(str(file))
            continue
        errors += [str(file) for _ in refusals(loaded, log)]
        specs = [dag_spec(dag, log, str) for dag in loaded.dags]
        dags.update({spec.dag_id: {task.task_id: list(task.downstream) for task in spec.tasks} for spec in specs})
    return {"dags": dags, "errors": sorted(errors)}


def _graph(dag: Any) -> dict[str, list[str]]:
    return {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks}


def test_examples_have_the_dags_tasks_and_edges_that_the_dag_bag_finds(room: Room) -> None:
    folders = room(_folders)
    found = {folder: room(_by_us, folder) for folder in folders}
    assert found == {folder: room(_by_the_dag_bag, folder) for folder in folders}
    own = found[folders[0]]  # those of the standard provider are written for Airflow 3
    assert len(own["dags"]) >= 50
    assert [Path(file).name for file in own["errors"]] == (_NEED_A_PLUGIN if (3, 0) <= release() < (3, 2) else [])


def _module_name(path: str) -> list[str]:
    from dagcheck._airflow.loading import load_file

    (module,) = load_file(Path(path)).modules
    return [module.__name__, str(module.__file__)]


def test_the_module_is_called_as_airflow_calls_it(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "etl.py"
    path.write_text("x = 1\n")
    name, file = room(_module_name, str(path))
    assert name.startswith("unusual_prefix_")
    assert name.endswith("_etl")
    assert file == str(path)


def _raised(path: str) -> list[str]:
    from dagcheck._airflow import classes
    from dagcheck._airflow.loading import load_file

    try:
        load_file(Path(path))
    except BaseException as error:  # noqa: BLE001 -- the test looks at it
        context = classes.dag_context()
        left = [str(context.current_autoregister_module_name), str(len(context.autoregistered_dags))]
        return [type(error).__name__, str(error), *left]
    return []


@pytest.mark.parametrize(
    ("line", "kind", "message"),
    [
        ("raise SystemExit('bye')", "SystemExit", "bye"),
        ("raise KeyboardInterrupt('now')", "KeyboardInterrupt", "now"),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("def", "SyntaxError", "expected"),
    ],
)
def test_what_a_file_raises_comes_out_unchanged(room: Room, tmp_path: Path, line: str, kind: str, message: str) -> None:
    path = tmp_path / "etl.py"
    path.write_text(DAG.format(name="etl") + line + "\n")
    found = room(_raised, str(path))
    assert found[0] == kind
    assert message in found[1] or kind == "SyntaxError"
    assert found[2:] == ["None", "0"]


def test_dags_come_in_the_order_in_which_they_were_made(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        for name in "cab":
            with DAG(name, schedule=None) as dag:
                pass
        last = DAG("last", schedule=None)
        dag = last
    """)
    assert [spec["dag_id"] for spec in room.describe(path)["dags"]] == ["c", "a", "b", "last"]


def test_a_dag_inside_a_function_that_is_not_used_with_with_is_not_found(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        def make():
            return DAG("hidden", schedule=None)
        make()
    """)
    assert room.describe(path)["dags"] == []


def test_auto_register_false_keeps_a_dag_out(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        def make():
            with DAG("hidden", schedule=None, auto_register=False):
                pass
        make()
    """)
    assert room.describe(path)["dags"] == []


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "dags.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("good.py", "import helper\n" + DAG.format(name="good"))
        opened.writestr("helper.py", "")
        opened.writestr("broken.py", DAG.format(name="lost") + "1 / 0\n")
        opened.writestr("also.py", DAG.format(name="also"))
        opened.writestr("twin.py", DAG.format(name="also"))
        opened.writestr("inner/deep.py", DAG.format(name="deep"))
    return path


def test_a_zip_archive_gives_the_dags_of_its_top_level_modules(room: Room, archive: Path) -> None:
    found = room.describe(archive)
    assert [(spec["dag_id"], spec["file"]) for spec in found["dags"]] == [
        ("good", "dags.zip/good.py"),
        ("also", "dags.zip/also.py"),
        ("also", "dags.zip/twin.py"),
    ]
    assert found["dags"][0]["line"] == 4


def test_a_broken_member_of_a_zip_archive_is_told_by_its_path(room: Room, archive: Path) -> None:
    assert room.describe(archive)["errors"] == [["dags.zip/broken.py", "ZeroDivisionError", "division by zero"]]


def test_the_second_dag_of_one_id_is_refused(room: Room, archive: Path) -> None:
    (refusal,) = room.describe(archive)["refusals"]
    assert (refusal["dag_id"], refusal["type"], refusal["line"]) == ("also", "AirflowDagDuplicatedIdException", 3)
    assert "also.py:3" in refusal["message"]


def test_two_dags_of_one_id_in_one_file_both_have_a_spec(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        one = DAG("etl", schedule=None)
        two = DAG("etl", schedule=None)
    """)
    found = room.describe(path)
    assert [spec["line"] for spec in found["dags"]] == [2, 3]
    assert [refusal["line"] for refusal in found["refusals"]] == [3]


def test_a_schedule_that_does_not_validate_is_refused(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        from airflow.exceptions import AirflowTimetableInvalid
        from airflow.timetables.simple import NullTimetable

        class Own(NullTimetable):
            def validate(self):
                raise AirflowTimetableInvalid("never on Sundays")

        bad = DAG("bad", start_date=START, schedule=Own())
        good = DAG("good", start_date=START, schedule="0 0 * * *")
    """)
    (refusal,) = room.describe(path)["refusals"]
    assert (refusal["dag_id"], refusal["type"]) == ("bad", "AirflowTimetableInvalid")
    assert refusal["message"] == "never on Sundays"


def test_what_would_end_airflow_while_a_dag_is_validated_is_refused(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        from airflow.timetables.simple import NullTimetable

        class Own(NullTimetable):
            def validate(self):
                raise SystemExit("bye")

        bad = DAG("bad", start_date=START, schedule=Own())
        good = DAG("good", start_date=START, schedule=None)
    """)
    found = room.describe(path)
    assert [(one["dag_id"], one["type"], one["message"]) for one in found["refusals"]] == [("bad", "SystemExit", "bye")]
    assert [spec["dag_id"] for spec in found["dags"]] == ["bad", "good"]


def _with_policy(path: str, kind: str) -> list[list[str]]:
    from airflow import settings

    from dagcheck._airflow import creation
    from dagcheck._airflow.loading import load_file, refusals

    def policy(_dag: Any) -> None:
        from airflow import exceptions

        raise getattr(exceptions, kind, ValueError)("no")

    settings.dag_policy = policy
    log = creation.install(lambda _frame: None)
    return [[one.type, one.message] for one in refusals(load_file(Path(path)), log)]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("AirflowClusterPolicyViolation", "AirflowClusterPolicyViolation"),
        ("AirflowClusterPolicySkipDag", "AirflowClusterPolicySkipDag"),
        ("ValueError", "AirflowClusterPolicyError"),
    ],
)
def test_a_cluster_policy_refuses_as_in_airflow(room: Room, tmp_path: Path, raised: str, told: str) -> None:
    path = tmp_path / "etl.py"
    path.write_text(DAG.format(name="etl"))
    assert room(_with_policy, str(path), raised) == [[told, "no"]]


def test_an_executor_that_is_not_configured_is_refused_where_airflow_refuses_it(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START):
            task = EmptyOperator(task_id="a")
            task.executor = "NoSuchExecutor"
    """)
    refused = [one["type"] for one in room.describe(path)["refusals"]]
    assert refused == (["UnknownExecutorException"] if at_least(2, 10) else [])


def test_a_configured_executor_is_taken(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        from airflow.configuration import conf
        with DAG("etl", schedule=None, start_date=START):
            task = EmptyOperator(task_id="a")
            task.executor = conf.get("core", "executor")
    """)
    assert room.describe(path)["refusals"] == []


def _with_a_listener(path: str) -> list[str]:
    import sys

    from airflow.listeners.listener import get_listener_manager

    from dagcheck._airflow import creation
    from dagcheck._airflow.loading import load_file, refusals

    sys.path.insert(0, str(Path(path).parent))
    get_listener_manager().add_listener(sys.modules["json"])  # a module without hooks is a listener too
    log = creation.install(lambda _frame: None)
    return [f"{one.dag_id} {one.type} {one.message.partition(',')[0]}" for one in refusals(load_file(Path(path)), log)]


def test_a_task_that_ends_in_the_trigger_is_refused_beside_listeners(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START):
            task = EmptyOperator(task_id="a")
            task.end_from_trigger = True
    """)
    told = ["etl AirflowClusterPolicyError task a has end_from_trigger=True"] if at_least(2, 10) else []
    assert room(_with_a_listener, str(path)) == told


def test_template_files_are_read_as_in_airflow(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START) as dag:
            BashOperator(task_id="a", bash_command="run.sh")
    """)
    (path.parent / "run.sh").write_text("echo hello")
    assert room(_command, str(path)) == "echo hello"


def _command(path: str) -> str:
    import sys

    from dagcheck._airflow import creation
    from dagcheck._airflow.loading import load_file, refusals

    sys.path.insert(0, str(Path(path).parent))
    loaded = load_file(Path(path))
    refusals(loaded, creation.CreationLog(lambda _frame: None))
    return str(loaded.dags[0].get_task("a").bash_command)
