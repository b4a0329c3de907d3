from __future__ import annotations

import pytest

from dagcheck._airflow import versions
from dagcheck.checks.hints import Hint, hint_for
from dagcheck.record import Failure, FileRecord, Frame, Raised


@pytest.fixture(autouse=True)
def airflow_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is new depends on the installed Airflow."""
    monkeypatch.setattr(versions, "release", lambda: (3, 3))


def hint(type_: str, message: str, text: str, name: str | None = None) -> Hint:
    frames = (Frame(file="dags/etl.py", line=3, function="<module>", text=text),)
    raised = Raised(type=type_, message=message, frames=frames, name=name)
    return hint_for(FileRecord(file="dags/etl.py", failure=Failure(kind="exception", chain=(raised,))))


def no_module(module: str, text: str) -> Hint:
    return hint("ModuleNotFoundError", f"No module named '{module}'", text, module)


def no_name(module: str, name: str) -> Hint:
    text = f"from {module} import {name}"
    return hint("ImportError", f"cannot import name '{name}' from '{module}' (/x/y.py)", text, module)


def test_a_removed_module_is_replaced_by_the_import_of_the_name_that_the_line_asks_for() -> None:
    found = no_module("airflow.operators.bash_operator", "from airflow.operators.bash_operator import BashOperator")
    assert found == Hint(
        "the installed Airflow has no airflow.operators.bash_operator.BashOperator",
        "write `from airflow.providers.standard.operators.bash import BashOperator` "
        "(apache-airflow-providers-standard)",
    )


def test_a_removed_module_alone_comes_with_its_new_home() -> None:
    found = no_module("airflow.operators.bash_operator", "import airflow.operators.bash_operator as bash")
    assert found.fix == (
        "import from airflow.providers.standard.operators.bash instead (apache-airflow-providers-standard)"
    )


def test_a_renamed_class_comes_with_its_new_name() -> None:
    found = no_module("airflow.datasets", "from airflow.datasets import Dataset")
    assert found.fix == "write `from airflow.sdk import Asset`"


def test_a_name_that_left_its_module_comes_with_its_new_home() -> None:
    found = no_name("airflow.utils.helpers", "chain")
    assert found.why == "the installed Airflow has no airflow.utils.helpers.chain"
    assert found.fix == "write `from airflow.sdk import chain`"


def test_a_name_that_has_no_home_comes_with_what_to_use() -> None:
    assert no_name("airflow.utils.dates", "days_ago").fix.startswith('use pendulum.today("UTC")')


def test_a_name_that_is_no_longer_needed_is_to_be_deleted() -> None:
    found = no_name("airflow.utils.decorators", "apply_defaults")
    assert found.fix.startswith("delete it: Airflow 2 and later apply default_args by themselves")


def test_an_attribute_of_a_module_is_looked_up_too() -> None:
    found = hint(
        "AttributeError", "module 'airflow.datasets' has no attribute 'Dataset'", "airflow.datasets.Dataset(x)"
    )
    assert found.fix == "write `from airflow.sdk import Asset`"


@pytest.mark.parametrize(
    ("missing", "text", "package"),
    [
        (
            "airflow.providers.snowflake",
            "from airflow.providers.snowflake.operators.snowflake import SnowflakeOperator",
            "apache-airflow-providers-snowflake",
        ),
        (
            "airflow.providers.apache",
            "from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator",
            "apache-airflow-providers-apache-spark",
        ),
        (
            "airflow.providers.microsoft.azure",
            "import airflow.providers.microsoft.azure.hooks.wasb",
            "apache-airflow-providers-microsoft-azure",
        ),
        ("airflow.providers.databricks", "", "apache-airflow-providers-databricks"),
    ],
)
def test_a_missing_provider_is_to_be_installed(missing: str, text: str, package: str) -> None:
    assert no_module(missing, text) == Hint(
        f"the provider package {package} is not installed", f"pip install {package}"
    )


def test_a_provider_that_is_installed_is_not_to_be_installed_again() -> None:
    module = "airflow.providers.google.cloud.operators.nothing"
    found = no_module(module, f"from {module} import X")
    assert found.why == f"the installed version of apache-airflow-providers-google has no {module}.X"
    assert found.fix.startswith("look the new name up in the changelog of apache-airflow-providers-google")


def test_the_standard_provider_is_named_where_airflows_own_shim_misses_it() -> None:
    shown = Raised(
        type="ImportError",
        message="Could not import `airflow.providers.standard.operators.python.PythonOperator` "
        "while trying to import `airflow.operators.python.PythonOperator`.",
    )
    cause = Raised(type="ModuleNotFoundError", message="No module named 'airflow.providers.standard'")
    failure = Failure(kind="exception", chain=(shown, cause))
    assert hint_for(FileRecord(file="x.py", failure=failure)).fix == "pip install apache-airflow-providers-standard"


def test_the_sdk_on_airflow_2_is_told_apart_from_a_mistake() -> None:
    found = no_module("airflow.sdk", "from airflow.sdk import dag, task")
    assert found.why == "airflow.sdk came with Airflow 3.0, and the installed Airflow is older"


def test_a_name_that_airflow_never_had_sends_to_ruff() -> None:
    found = no_name("airflow.models", "DAGX")
    assert found == Hint(
        "the installed Airflow has no airflow.models.DAGX",
        "correct the name; what Airflow moved or removed is told by: ruff check --select AIR dags/etl.py",
    )


def test_airflow_itself_may_be_missing() -> None:
    assert no_module("airflow", "from airflow import DAG").why == "the installed Airflow has no airflow.DAG"


def test_on_airflow_2_no_home_of_airflow_3_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "release", lambda: (2, 11))
    assert "airflow.sdk" not in no_name("airflow.decorators", "dagg").fix
