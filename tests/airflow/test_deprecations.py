from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dagcheck._airflow.versions import at_least, release

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

NOW = (3, 99)
# what is deprecated on these versions, both included
DEPRECATED = [
    ("airflow.operators.dummy", "DummyOperator", (2, 7), (2, 11)),
    ("airflow.operators.python_operator", "PythonOperator", (2, 7), (2, 11)),
    ("airflow.contrib.sensors.python_sensor", "PythonSensor", (2, 7), (2, 11)),
    ("airflow.sensors.base_sensor_operator", "BaseSensorOperator", (2, 7), (2, 11)),
    ("airflow.hooks.base_hook", "BaseHook", (2, 7), (2, 11)),
    ("airflow.models.dagparam", "DagParam", (2, 7), (2, 11)),
    ("airflow", "AirflowException", (2, 8), (2, 11)),
    ("airflow.models.baseoperator", "BaseOperatorLink", (2, 8), (2, 11)),
    ("airflow.models", "ImportError", (2, 10), (2, 11)),
    ("airflow.datasets", "Dataset", (3, 0), (3, 1)),
    ("airflow.datasets.metadata", "Metadata", (3, 0), (3, 1)),
    ("airflow", "Dataset", (3, 0), NOW),
    ("airflow.operators.python", "PythonOperator", (3, 0), NOW),
    ("airflow.models.param", "Param", (3, 0), NOW),
    ("airflow.decorators", "task", (3, 1), NOW),
    ("airflow.hooks.base", "BaseHook", (3, 1), NOW),
    ("airflow.models.baseoperator", "BaseOperator", (3, 1), NOW),
    ("airflow.models.dag", "DAG", (3, 1), NOW),
    ("airflow.security.permissions", "RESOURCE_DAG", (3, 1), NOW),
    ("airflow.utils.dag_cycle_tester", "check_cycle", (3, 1), NOW),
    ("airflow.utils.task_group", "TaskGroup", (3, 1), NOW),
    ("airflow.exceptions", "AirflowSkipException", (3, 2), NOW),
    ("airflow.models.xcom", "XCom", (3, 2), NOW),
    ("airflow.models.xcom_arg", "XComArg", (3, 2), NOW),
    ("airflow.utils.context", "Context", (3, 2), NOW),
]
IMPORTS = [(module, name) for module, name, since, until in DEPRECATED if since <= release() <= until]


def _warned(*paths: str) -> list[list[str]]:
    """Load one file after the other in one process, and tell what each of them was warned about."""
    return [_warnings_of(path) for path in paths]


def _warnings_of(path: str) -> list[str]:
    import sys
    import warnings

    from dagcheck._airflow import deprecations
    from dagcheck._airflow.loading import load_file

    heard: dict[str, None] = {}

    def show(message: Any, category: Any, filename: Any, *_: Any, **__: Any) -> None:
        if deprecations.is_airflow_deprecation(category, message, filename):
            heard[f"{category.__name__}: {message}"] = None

    before = set(sys.modules)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        load_file(Path(path))
    deprecations.forget_shims(set(sys.modules) - before)
    return list(heard)


@pytest.mark.parametrize(("module", "name"), IMPORTS)
def test_two_files_after_another_are_warned_as_one_is_in_a_process_of_its_own(
    room: Room, cold_room: Room, tmp_path: Path, module: str, name: str
) -> None:
    paths = [tmp_path / "one.py", tmp_path / "two.py"]
    for path in paths:
        path.write_text(f"from {module} import {name}\n")
    (alone,) = cold_room(_warned, str(paths[0]))
    assert alone
    assert room(_warned, *map(str, paths)) == [alone, alone]


def _judged(source: str) -> list[bool]:
    """Execute source that warns, and tell of each warning whether it is a deprecation of Airflow's."""
    import warnings

    from dagcheck._airflow import deprecations

    judged: list[bool] = []

    def show(message: Any, category: Any, filename: Any, *_: Any, **__: Any) -> None:
        judged.append(deprecations.is_airflow_deprecation(category, message, filename))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        exec(compile(source, "/dags/etl.py", "exec"), {"__name__": "etl"})  # noqa: S102 -- text of this file
    return judged


@pytest.mark.parametrize(
    ("source", "judged"),
    [
        ("import warnings\nwarnings.warn('use airflow.sdk instead', DeprecationWarning)", [True]),
        ("import warnings\nwarnings.warn('old', DeprecationWarning)", [False]),
        ("import warnings\nwarnings.warn('airflow is slow', UserWarning)", [False]),
        ("import datetime\ndatetime.datetime.utcnow()", None),
    ],
)
def test_warnings_of_other_code_are_told_apart(room: Room, source: str, judged: list[bool] | None) -> None:
    found = room(_judged, source)
    assert found == judged if judged is not None else not any(found)


def test_a_plain_deprecation_that_airflow_raises_about_its_caller_counts(room: Room) -> None:
    source = (
        "import airflow, os\n"
        "code = 'def old():\\n    import warnings\\n    warnings.warn(\"old\", DeprecationWarning, stacklevel=2)'\n"
        "names = {'__name__': 'airflow.somewhere'}\n"
        "exec(compile(code, os.path.join(list(airflow.__path__)[0], 'somewhere.py'), 'exec'), names)\n"
        "names['old']()\n"
    )
    assert room(_judged, source) == [True]


def test_what_a_provider_imports_of_deprecated_modules_is_not_the_files_fault(room: Room) -> None:
    old = "airflow.operators.python" if at_least(3, 0) else "airflow.operators.python_operator"
    source = (
        "import airflow, os\n"
        f"code = 'from {old} import PythonOperator'\n"
        "place = os.path.join(list(airflow.__path__)[0], 'somewhere.py')\n"
        "exec(compile(code, place, 'exec'), {'__name__': 'airflow.somewhere'})\n"
    )
    found = room(_judged, source)
    assert found
    assert not any(found)


def test_a_connection_got_by_the_base_hook_is_no_deprecation(room: Room) -> None:
    source = (
        "connection, hook = {'__name__': 'airflow.models.connection'}, {'__name__': 'airflow.hooks.base'}\n"
        "exec('def get():\\n    import warnings\\n    warnings.warn(\"airflow\", DeprecationWarning)', connection)\n"
        "exec('def ask(get):\\n    get()', hook)\n"
        "hook['ask'](connection['get'])\n"
        "connection['get']()\n"
    )
    assert room(_judged, source) == [False, True]
