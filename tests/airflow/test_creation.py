# ruff: noqa: AIR311, AIR312 -- the home on every version
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

DagFile = Callable[[str], Path]


def lines(room: Room, path: Path) -> dict[str, int]:
    return {task["task_id"]: task["line"] for task in room.dag(path)["tasks"]}


def test_a_dag_has_the_line_of_its_call(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        x = 1
        with DAG(
            "etl", schedule=None, start_date=START
        ):
            pass
    """)
    assert room.dag(path)["line"] == 3


def test_tasks_of_a_loop_have_the_line_in_the_loop(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START):
            for name in "ab":
                EmptyOperator(task_id=name)
    """)
    assert lines(room, path) == {"a": 4, "b": 4}


def test_tasks_of_a_comprehension_have_its_line(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START):
            tasks = [
                EmptyOperator(task_id=name) for name in "ab"
            ]
    """)
    assert lines(room, path) == {"a": 4, "b": 4}


def test_a_task_of_a_factory_has_the_line_in_the_factory(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        def make(name):
            return EmptyOperator(task_id=name)

        with DAG("etl", schedule=None, start_date=START):
            make("a")
    """)
    assert lines(room, path) == {"a": 3}


def test_a_task_of_a_nested_group_has_its_own_line(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START):
            with TaskGroup("outer"):
                with TaskGroup("inner"):
                    EmptyOperator(task_id="a")
    """)
    assert lines(room, path) == {"outer.inner.a": 5}


def test_a_mapped_operator_has_the_line_of_expand(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        with DAG("etl", schedule=None, start_date=START):
            half = BashOperator.partial(task_id="a")
            half.expand(bash_command=["true"])
    """)
    assert lines(room, path) == {"a": 4}


def test_taskflow_tasks_have_the_line_of_their_call(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        @dag(schedule=None, start_date=START)
        def etl():
            @task
            def number():
                return [1]

            @task
            def double(x):
                return x

            one = number()
            double.expand(x=one)

        etl()
    """)
    assert lines(room, path) == {"number": 12, "double": 13}
    assert room.dag(path)["line"] == 15


def test_the_constructor_of_an_own_operator_does_not_hide_its_caller(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        class Own(BaseOperator):
            def __init__(self, *, number, **kwargs):
                self.number = number
                super().__init__(**kwargs)

        class Later(Own):
            def __init__(self, **kwargs):
                super().__init__(number=1, **kwargs)
                self.number = 2

        with DAG("etl", schedule=None, start_date=START):
            Own(task_id="a", number=1)
            Later(task_id="b")
    """)
    assert lines(room, path) == {"a": 13, "b": 14}


def test_a_copied_task_has_the_line_of_its_original(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        import copy

        original = EmptyOperator(task_id="a")
        with DAG("etl", schedule=None, start_date=START) as dag:
            dag.add_task(copy.copy(original))
    """)
    assert lines(room, path) == {"a": 4}


def test_functions_that_made_something_are_factories(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        def make_task(name):
            return EmptyOperator(task_id=name)

        def make_dag():
            with DAG("etl", schedule=None, start_date=START) as dag:
                make_task("a")
            return dag

        def unused():
            return make_dag()

        dag = make_dag()
    """)
    assert room.describe(path)["factories"] == ["etl.py:5", "etl.py:2"]


def test_a_dag_made_by_a_helper_module_has_the_line_of_the_dag_file(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        from helper import make

        dag = make()
    """)
    (path.parent / "helper.py").write_text(
        "from common import *\n\ndef make():\n    dag = DAG('etl', schedule=None, start_date=START)\n"
        "    EmptyOperator(task_id='a', dag=dag)\n    return dag\n"
    )
    spec = room.dag(path)
    assert (spec["file"], spec["line"]) == ("etl.py", 4)
    assert (spec["tasks"][0]["file"], spec["tasks"][0]["line"]) == ("helper.py", 5)


def test_tasks_that_no_dag_took_are_told(room: Room, dag_file: DagFile) -> None:
    path = dag_file("""
        EmptyOperator(task_id="lost")
        later = EmptyOperator(task_id="later")

        @task
        def flow():
            pass

        flow()
        try:
            EmptyOperator(task_id="broken", nonsense=1)
        except Exception:
            pass
        with DAG("etl", schedule=None, start_date=START) as dag:
            EmptyOperator(task_id="taken") >> later
    """)
    assert room.describe(path)["taskless"] == [["lost", 2], ["flow", 9]]


def _signatures() -> list[str]:
    import inspect

    from airflow.operators.bash import BashOperator

    from dagcheck._airflow import classes, creation

    def seen() -> list[str]:
        dag = classes.dag_class()
        return [str(inspect.signature(x)) for x in (BashOperator, BashOperator.__init__, dag, dag.__init__)]

    before = seen()
    creation.install(lambda _frame: None)
    return ["same"] if seen() == before else seen()


def test_signatures_stay_as_they_were(room: Room) -> None:
    assert room(_signatures) == ["same"]


def _blamed(path: str, with_log: bool) -> list[str]:  # noqa: FBT001 -- a row of arguments
    import warnings

    from dagcheck._airflow import creation
    from dagcheck._airflow.loading import load_file

    if with_log:
        creation.install(lambda _frame: None)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load_file(Path(path))
    return [f"{one.category.__name__} {Path(one.filename).name}:{one.lineno}" for one in caught]


def test_warnings_blame_the_same_lines_as_without_the_log(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "etl.py"
    path.write_text(
        "from datetime import datetime\n"
        "from airflow import DAG\n"
        "from airflow.operators.bash import BashOperator\n"
        "try:\n"
        "    dag = DAG('etl', schedule_interval=None, start_date=datetime(2024, 1, 1))\n"  # 2.x warns
        "except TypeError:\n"
        "    dag = DAG('etl', schedule=None, sla_miss_callback=print)\n"  # 3.x warns
        "BashOperator(task_id='a', bash_command='true', dag=dag, email='a@example.com', trigger_rule='always')\n"
    )
    plain = room(_blamed, str(path), False)  # noqa: FBT003 -- a row of arguments
    assert plain
    assert room(_blamed, str(path), True) == plain  # noqa: FBT003 -- a row of arguments


def _cleared() -> list[object]:
    from airflow import DAG

    from dagcheck._airflow import creation

    log = creation.install(lambda frame: (frame.f_code.co_filename, frame.f_lineno))
    with DAG("etl", schedule=None) as dag:
        pass
    known = log.location_of(dag) is not None
    log.clear()
    return [known, log.location_of(dag), log.factories, log.taskless]


def test_clear_forgets_everything(room: Room) -> None:
    assert room(_cleared) == [True, None, [], []]


def _cost() -> float:
    import datetime
    import time

    from airflow import DAG
    from airflow.operators.empty import EmptyOperator

    from dagcheck._airflow import creation

    def best() -> float:
        rounds = []
        for _ in range(5):
            started = time.process_time()
            with DAG("etl", schedule=None, start_date=datetime.datetime(2024, 1, 1)):  # noqa: DTZ001 -- as DAGs have it
                for number in range(300):
                    EmptyOperator(task_id=f"t{number}")
            rounds.append(time.process_time() - started)
        return min(rounds)

    before = best()
    log = creation.install(lambda frame: (frame.f_code.co_filename, frame.f_lineno))
    del log
    return (best() - before) / 300 * 1e6


def test_watching_costs_microseconds_per_task(room: Room) -> None:
    assert room(_cost) < 60  # measured 5 to 7; the limit leaves room for a busy machine
