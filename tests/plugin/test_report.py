"""What a run tells: header, findings, closing table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Repository, Run

SETTINGS = """\
timeout = 20.0
pythonpath = ["lib"]

[tool.dagcheck.levels]
parse-subprocess = "off"

[tool.dagcheck.variables]
size = "a secret"

[tool.dagcheck.connections]
warehouse = "postgres://me:a%20secret@host/orders"

[tool.dagcheck.environment]
TOKEN = "a secret"
"""
# Both speak of airflow and not of its graphs: no DAG file.
SHARED = """\
from airflow.models import BaseOperator

BASE = BaseOperator
try:
    open("shared.txt", "w").close()  # written
except OSError:
    pass
"""
BROKEN = """\
def divide(number):
    return 1 / number  # broken
"""
MANY = """\
with DAG("circular", **DAILY):
    made = []
    for name in ("one", "two"):
        made.append(
            BaseOperator(task_id=name)  # made in a loop
        )
    made[0] >> made[1] >> made[0]

with DAG("twice", **DAILY) as first:  # first of twice
    BaseOperator(task_id="only")

with DAG("twice", **DAILY) as second:  # second of twice
    BaseOperator(task_id="only")

with DAG("fine", **DAILY):
    BaseOperator(task_id="only")

os.environ["LATE"] = "1"  # late
for key in ("size", "colour"):
    Variable.get(key, None)  # read in a loop
"""
FACTORY = """\
from airflow import DAG
from airflow.models import BaseOperator


def circular(dag_id, start):
    with DAG(dag_id, start_date=start, schedule=None) as dag:
        one = BaseOperator(task_id="one")  # made in a factory
        two = BaseOperator(task_id="two")
        one >> two >> one
    return dag
"""


@pytest.fixture(scope="module")
def shop(new_repository: Callable[[], Repository]) -> Repository:
    repository = new_repository()
    repository.configure(SETTINGS)
    repository.write("lib/shared.py", SHARED)
    repository.write("lib/factory.py", FACTORY)
    repository.write("dags/broken_helper.py", BROKEN)
    repository.dag_code("dags/many.py", MANY)
    for name in ("one", "two"):
        repository.dag_code(f"dags/shares_{name}.py", f"import shared  # {name}\nNUMBER = shared.BASE\n")
        repository.dag_code(f"dags/fails_{name}.py", "from broken_helper import divide\n\ndivide(0)  # called\n")
    repository.dag_code(
        "dags/from_factory.py", 'from factory import circular\n\ndag = circular("from_factory", DAILY["start_date"])\n'
    )
    repository.dag_code(
        "dags/quiet.py", 'import subprocess\n\ntry:\n    subprocess.run(["true"])\nexcept OSError:\n    pass\n'
    )
    repository.dag_code("dags/zz_slow.py", 'import time\n\ntime.sleep(0.4)\nVariable.get("size")  # warned\n')
    repository.dag("dags/zz_slow_too.py", "etl_daily")
    return repository


@pytest.fixture(scope="module")
def run(shop: Repository) -> Run:
    return shop.check("--dagcheck-workers=1")


def _section(run: Run, title: str) -> str:
    """What stands below a heading, up to the next."""
    lines = run.text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip("_= ") == title)
    end = next(n for n in range(start + 1, len(lines)) if lines[n].startswith(("___", "===")))
    return "\n".join(lines[start + 1 : end])


def _heads(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith(" ")]


def test_the_header_tells_the_origin_of_each_value(run: Run) -> None:
    header = next(line for line in run.text.splitlines() if line.startswith("dagcheck: "))
    for value in ("dag_folder=dags (default)", "workers=1 (--dagcheck-workers)", "timeout=20 (pyproject.toml)",
                  "pythonpath=lib (pyproject.toml)", "levels=parse-subprocess:off (pyproject.toml)"):  # fmt: skip
        assert value in header


def test_the_header_counts_secrets(run: Run) -> None:
    for key in ("variables", "connections", "environment"):
        assert f"{key}=1 set (pyproject.toml)" in run.text


def test_no_secret_is_shown_anywhere(run: Run) -> None:
    assert "a secret" not in run.output + run.errors
    assert "a%20secret" not in run.output + run.errors


def test_the_findings_of_a_file_are_sorted_by_line(run: Run, shop: Repository) -> None:
    heads = [head for head in _heads(_section(run, "dagcheck findings")) if head.startswith("dags/many.py")]
    lines = [shop.line_of("dags/many.py", text) for text in ("# late", "# read in a loop")]
    assert [head.partition(": ")[0] for head in heads] == [f"dags/many.py:{line}" for line in lines]


def test_warnings_are_sorted_by_file(run: Run) -> None:
    files = [head.partition(":")[0] for head in _heads(_section(run, "dagcheck findings"))]
    assert files == sorted(files)
    assert set(files) == {"dags/many.py", "dags/zz_slow.py", "lib/shared.py"}


def test_the_findings_of_a_dag_stand_together_under_its_name(run: Run) -> None:
    assert [head.rpartition(" ")[2] for head in _heads(_section(run, "DAG twice"))] == ["[duplicate-dag-id]"] * 2


def test_a_finding_has_what_why_proof_and_fix(run: Run, shop: Repository) -> None:
    line = shop.line_of("dags/many.py", "# made in a loop")
    assert _section(run, "DAG circular").splitlines() == [
        f"dags/many.py:{line}: circular: the tasks form a cycle: one -> two -> one [cycle]",
        "    Airflow refuses the whole DAG",
        f"    dags/many.py:{line}: one",
        f"    dags/many.py:{line}: two",
        "    fix: remove the dependency two >> one, or another one of the path",
    ]


def test_a_finding_points_into_the_factory_of_another_module(run: Run, shop: Repository) -> None:
    line = shop.line_of("lib/factory.py", "# made in a factory")
    assert run.finding("cycle", "from_factory").startswith(f"lib/factory.py:{line}: from_factory: ")


def test_a_finding_points_to_the_line_in_a_loop_once(run: Run, shop: Repository) -> None:
    line = shop.line_of("dags/many.py", "# read in a loop")
    assert run.finding("parse-variable", "dags/many.py").startswith(f"dags/many.py:{line}: ")


def test_an_error_in_a_helper_points_to_the_helper(run: Run, shop: Repository) -> None:
    line = shop.line_of("dags/broken_helper.py", "# broken")
    assert {head.partition(": ")[0] for head in run.findings if "[import-error]" in head} == {
        f"dags/broken_helper.py:{line}"
    }


def test_an_error_in_a_helper_shows_who_called_it(run: Run, shop: Repository) -> None:
    line = shop.line_of("dags/fails_one.py", "# called")
    assert f"dags/fails_one.py:{line} in <module>: divide(0)" in _section(run, "DAG file dags/fails_one.py")


def test_an_error_in_a_helper_fails_each_file_that_calls_it(run: Run) -> None:
    assert [run.outcomes[f"dags/fails_{name}.py"] for name in ("one", "two")] == ["FAILED", "FAILED"]


def test_a_warning_in_a_helper_of_two_files_is_told_once(run: Run, shop: Repository) -> None:
    line = shop.line_of("lib/shared.py", "# written")
    assert run.finding("parse-side-effect", "lib/shared.py").startswith(f"lib/shared.py:{line}: ")


def test_a_dag_id_used_twice_in_a_file_is_one_item(run: Run) -> None:
    assert [name for name in run.outcomes if name.startswith("dags/many.py::twice")] == ["dags/many.py::twice"]


def test_a_dag_id_used_twice_in_a_file_is_told_at_both_lines(run: Run, shop: Repository) -> None:
    places = [f"dags/many.py:{shop.line_of('dags/many.py', f'# {which} of twice')}" for which in ("first", "second")]
    assert [head.partition(": ")[0] for head in _heads(_section(run, "DAG twice"))] == places


def test_a_dag_without_findings_passes_beside_one_with_errors(run: Run) -> None:
    assert run.outcomes["dags/many.py::fine"] == "PASSED"


def test_an_item_with_warnings_alone_passes(run: Run) -> None:
    assert run.outcomes["dags/zz_slow.py"] == "PASSED"


def test_a_warning_of_a_passing_file_is_shown(run: Run, shop: Repository) -> None:
    line = shop.line_of("dags/zz_slow.py", "# warned")
    assert f"dags/zz_slow.py:{line}: Variable read while parsing: size" in _section(run, "dagcheck findings")


def test_a_check_that_is_off_reports_nothing(run: Run) -> None:
    assert run.outcomes["dags/quiet.py"] == "PASSED"
    assert "parse-subprocess]" not in run.text


def test_the_summary_has_the_first_line_of_the_finding(run: Run) -> None:
    assert "FAILED dags/many.py::circular - the tasks form a cycle: one -> two -> one [cycle]\n" in run.text


def test_the_closing_table_counts_files_dags_and_tasks(run: Run) -> None:
    assert {name: run.figures[name] for name in ("files", "tasks")} == {"files": 9, "tasks": 9}


def test_the_closing_table_counts_each_dag_item(run: Run) -> None:
    assert run.figures["DAGs"] == len([name for name in run.outcomes if "::" in name])


def test_the_closing_table_counts_the_findings_shown(run: Run) -> None:
    warnings = len(_heads(_section(run, "dagcheck findings")))
    errors = len(run.findings) - warnings
    assert (run.figures["errors"], run.figures["warnings"]) == (errors, warnings)


def test_the_closing_table_names_the_slowest_file_with_its_seconds(run: Run) -> None:
    file, seconds = run.text.rpartition("slowest files")[2].splitlines()[1].split()
    assert file == "dags/zz_slow.py"
    assert 0.4 <= float(seconds) < 10


def test_the_closing_table_tells_the_seconds_of_the_whole(run: Run) -> None:
    assert 0.4 < run.figures["seconds"] < 100


def test_a_side_effect_refused_is_not_left_behind(run: Run, shop: Repository) -> None:
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert not (shop.root / "shared.txt").exists()
