"""Bags in an interpreter of their own: what they do to a process can be seen in no other way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

SETTINGS = """
[tool.dagcheck]
timeout = 3
pythonpath = ["lib"]
variables = { region = "eu" }
connections = { warehouse = "postgres://tester:pass@localhost/orders" }
environment = { BUCKET = "orders-dev" }
"""
HEAD = """
import os, sys
from datetime import datetime
from airflow import DAG
from airflow.models import BaseOperator
try:
    from airflow.sdk import BaseHook, Variable
except ImportError:
    from airflow.hooks.base import BaseHook
    from airflow.models import Variable

def dag(dag_id, **options):
    with DAG(dag_id, start_date=datetime(2024, 1, 1), schedule="@daily", **options) as made:
        BaseOperator(task_id="extract") >> BaseOperator(task_id="load", retries=3)
    return made
"""
FILES = {
    "orders.py": """
        import from_lib, beside
        region = Variable.get("region"), BaseHook.get_connection("warehouse").host, os.environ["BUCKET"]
        print("seen once", file=open(os.environ["SEEN"], "a")) if "SEEN" in os.environ else None
        orders = dag("orders", description=" ".join(region))
        reports = dag("reports")
    """,
    "exits.py": "os._exit(0)",
    "hangs.py": "while True: pass",
    "raises.py": "1 / 0",
    "dials.py": """
        import socket
        try:
            socket.create_connection(("192.0.2.1", 5432), timeout=1)
        except OSError:
            pass
        dials = dag("dials")
    """,
    "unlike.py": """
        if "only_here" in sys.modules:
            sys.exit(3)
        unlike = dag("unlike")
    """,
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shop")
    (root / "dags").mkdir()
    (root / "lib").mkdir()
    (root / "pyproject.toml").write_text(SETTINGS)
    (root / "lib" / "from_lib.py").write_text("")
    (root / "dags" / "beside.py").write_text("")
    for name, text in FILES.items():
        (root / "dags" / name).write_text(HEAD + textwrap.dedent(text))
    return root


def play(root: Path, script: str, **environ: str) -> Any:
    """Run a script that prints one line of JSON last, in a fresh interpreter."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SCARF"))}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=root, env={**kept, **environ}, capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def told(shop: Path) -> dict[str, Any]:
    """What a bag tells of itself and does to its process."""
    answer: dict[str, Any] = play(shop, """
        import json, os, sys
        from dagcheck.dagbag import DagImportError, dag_named, leave, load_dagbag
        from dagcheck.assertions import assert_task
        bag, told = load_dagbag(), {}
        told["ids"], told["listed"], told["length"] = bag.dag_ids, list(bag), len(bag)
        told["errors"] = bag.import_errors
        told["spec"] = bag.specs["orders"].description
        told["airflow before"] = "airflow" in sys.modules
        before, path = dict(os.environ), sys.path[:]
        orders = bag["orders"]
        told["description"] = orders.description
        told["environment"] = sorted(n for n in os.environ if os.environ[n] != before.get(n) and "AIRFLOW" not in n)
        told["home"] = os.environ["AIRFLOW_HOME"]
        told["own"] = os.environ.get("AIRFLOW_VAR_REGION")
        told["same"] = bag["orders"] is orders and dag_named("orders") is orders and load_dagbag() is bag
        told["modules of files"] = sorted(m for m in ("beside", "from_lib") if m in sys.modules)
        told["late import"] = __import__("beside").__name__
        try:
            assert_task(orders, "load", retries=4)
        except AssertionError as error:
            told["place"] = str(error).splitlines()[0]
        for name, key in (("dials", "dials"), ("unlike", "unlike"), ("oders", "unknown")):
            sys.modules["only_here"] = sys
            try:
                bag[name]
            except (DagImportError, KeyError) as error:
                told[key] = type(error).__name__, str(error)
        from airflow.configuration import conf
        told["database"] = conf.get("database", "sql_alchemy_conn")
        leave()
        told["left"] = [os.path.exists(told["home"]), sys.path == path, dict(os.environ) == before]
        print(json.dumps(told))
    """, AIRFLOW_VAR_REGION="production", AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="sqlite:////production.db")  # fmt: skip
    return answer


def test_a_bag_has_the_dags_of_all_files_that_load(told: dict[str, Any]) -> None:
    assert told["ids"] == told["listed"] == ["dials", "orders", "reports", "unlike"]
    assert told["length"] == 4


def test_what_exits_hangs_or_raises_is_an_import_error(told: dict[str, Any]) -> None:
    assert sorted(told["errors"]) == ["dags/exits.py", "dags/hangs.py", "dags/raises.py"]
    assert "dags/exits.py:16: the process exited with status 0" in told["errors"]["dags/exits.py"]
    assert "dags/hangs.py:16: did not finish importing within 3 s" in told["errors"]["dags/hangs.py"]
    assert "dags/raises.py:16: ZeroDivisionError" in told["errors"]["dags/raises.py"]


def test_specs_need_no_airflow_in_the_process(told: dict[str, Any]) -> None:
    assert (told["spec"], told["airflow before"]) == ("eu localhost orders-dev", False)


def test_a_file_sees_the_configuration_and_not_the_machine(told: dict[str, Any]) -> None:
    assert told["description"] == "eu localhost orders-dev"
    assert (told["own"], told["database"].endswith("/no-metadata-db")) == (None, True)


def test_the_environment_of_a_file_is_gone_after_it(told: dict[str, Any]) -> None:
    assert told["environment"] == ["SCARF_ANALYTICS"]


def test_each_dag_is_one_object_wherever_it_is_asked_for(told: dict[str, Any]) -> None:
    assert told["same"] is True


def test_modules_beside_the_files_can_be_imported_later_too(told: dict[str, Any]) -> None:
    assert told["modules of files"] == ["beside", "from_lib"]
    assert told["late import"] == "beside"


def test_an_assertion_on_an_object_knows_its_line(told: dict[str, Any]) -> None:
    assert told["place"] == "dags/orders.py:14: orders.load: the task is not as expected"


def test_a_file_that_went_on_after_a_refusal_is_not_loaded_here(told: dict[str, Any]) -> None:
    kind, text = told["dials"]
    assert (kind, text.startswith("dags/dials.py:19: network (192.0.2.1:5432) is refused")) == ("DagImportError", True)


def test_a_file_that_fails_in_this_process_only_is_told_with_its_line(told: dict[str, Any]) -> None:
    kind, text = told["unlike"]
    assert (kind, "dags/unlike.py:18: the process exited with status 3" in text) == ("DagImportError", True)
    assert "It loads in the sandbox" in text


def test_an_unknown_id_is_told_with_the_nearest_and_with_what_failed(told: dict[str, Any]) -> None:
    kind, text = told["unknown"]
    assert (kind, "did you mean 'orders'?" in text, "ZeroDivisionError" in text) == ("UnknownIdError", True, True)


def test_afterwards_nothing_is_left(told: dict[str, Any]) -> None:
    assert told["left"] == [False, True, True]


def test_airflow_that_was_imported_earlier_keeps_its_settings_and_that_is_said(shop: Path, tmp_path: Path) -> None:
    told = play(shop, """
        import json, os, warnings
        import airflow
        from dagcheck.dagbag import load_dagbag, leave
        before = dict(os.environ)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            description = load_dagbag()["orders"].description
        unchanged = dict(os.environ) == before
        leave()
        print(json.dumps([[(w.category.__name__, str(w.message)) for w in caught], description, unchanged,
                          dict(os.environ) == before]))
    """, AIRFLOW_HOME=str(tmp_path))  # fmt: skip
    ((kind, text),), description, *unchanged = told
    assert kind == "AirflowImportedEarlierWarning"
    assert f"AIRFLOW_HOME is {tmp_path}" in text
    assert "prepare_airflow()" in text
    assert (description, unchanged) == ("eu localhost orders-dev", [True, True])


def test_prepared_in_time_airflow_gets_a_throwaway_home_whoever_imports_it(shop: Path, tmp_path: Path) -> None:
    home, warned = play(shop, """
        import json, warnings
        from dagcheck.dagbag import load_dagbag, prepare_airflow
        prepare_airflow()
        from airflow import settings
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            load_dagbag()["orders"]
        print(json.dumps([settings.AIRFLOW_HOME, list(map(str, caught))]))
    """, AIRFLOW_HOME=str(tmp_path))  # fmt: skip
    assert (home == str(tmp_path), warned, list(tmp_path.iterdir())) == (False, [], [])


@pytest.fixture(scope="module")
def refused(shop: Path) -> dict[str, list[str]]:
    """The errors that bags of some folders raise, for whatever is asked of them."""
    texts: dict[str, list[str]] = play(shop, """
        import json
        from dagcheck.dagbag import load_dagbag
        from dagcheck.errors import ConfigError

        uses = [lambda bag: bag.dag_ids, list, lambda bag: [len(bag) for _ in bag.import_errors]]
        told = {folder: [] for folder in ("gone", "lib", "dags/raises.py")}
        for folder, texts in told.items():
            for use in uses:
                try:
                    use(load_dagbag(folder))
                except ConfigError as error:
                    texts.append(str(error))
        print(json.dumps(told))
    """)  # fmt: skip
    return texts


@pytest.mark.parametrize(
    ("folder", "said"),
    [("gone", "there is no "), ("lib", "no DAG file in "), ("dags/raises.py", "ZeroDivisionError")],
    ids=["missing", "without DAG files", "without DAGs"],
)
def test_a_folder_that_gives_no_dag_is_an_error_whatever_is_asked(
    refused: dict[str, list[str]], folder: str, said: str
) -> None:
    assert [said in text for text in refused[folder]] == [True, True, True]
