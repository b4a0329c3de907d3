from __future__ import annotations

import pytest

from dagcheck.checks.deprecated_api import deprecated_api
from dagcheck.checks.registry import Settings
from dagcheck.findings import Finding
from dagcheck.record import Deprecation, FileRecord

FILE = "dags/etl.py"


def findings(*deprecations: Deprecation) -> list[Finding]:
    return list(deprecated_api(FileRecord(file=FILE, deprecations=deprecations), Settings()))


def told(message: str) -> Finding:
    [finding] = findings(Deprecation(category="DeprecationWarning", message=message, file=FILE, line=3))
    return finding


def test_it_names_the_replacement_of_airflows_message() -> None:
    deprecation = Deprecation(
        category="airflow.utils.deprecation_tools.DeprecatedImportWarning",
        message="The `airflow.operators.bash.BashOperator` attribute is deprecated. "
        "Please use `'airflow.providers.standard.operators.bash.BashOperator'`.",
        file=FILE,
        line=3,
    )
    [finding] = findings(deprecation)
    assert finding.lines() == [
        "dags/etl.py:3: The `airflow.operators.bash.BashOperator` attribute is deprecated [deprecated-api]",
        "    a coming release no longer has it",
        "    fix: use airflow.providers.standard.operators.bash.BashOperator",
    ]


@pytest.mark.parametrize(
    ("message", "what", "fix"),
    [
        (
            (
                "Param `schedule_interval` is deprecated and will be removed in a future release. "
                "Please use `schedule` instead. "
            ),
            "Param `schedule_interval` is deprecated and will be removed in a future release",
            "use schedule instead",
        ),
        (
            (
                "Import 'Dataset' directly from the airflow module is deprecated and will be removed in the future. "
                "Please import it from 'airflow.datasets.Dataset'."
            ),
            "Import 'Dataset' directly from the airflow module is deprecated and will be removed in the future",
            "import it from 'airflow.datasets.Dataset'",
        ),
        (
            "Usage of 'delimiter' is deprecated, please use 'match_glob' instead",
            "Usage of 'delimiter' is deprecated",
            "use 'match_glob' instead",
        ),
        (
            (
                "Call to deprecated class BigQueryOperator. (Please use `BigQueryInsertJobOperator`.) "
                "-- Deprecated since version 2.0."
            ),
            "Call to deprecated class BigQueryOperator",
            "use BigQueryInsertJobOperator",
        ),
        (
            "The 'pd_kwargs' parameter is deprecated. Use 'df_kwargs' instead.",
            "The 'pd_kwargs' parameter is deprecated",
            "use 'df_kwargs' instead",
        ),
        (
            (
                "TimeSensorAsync is deprecated and will be removed in a future version. "
                "Use `TimeSensor` with deferrable=True instead."
            ),
            "TimeSensorAsync is deprecated and will be removed in a future version",
            "use TimeSensor with deferrable=True instead",
        ),
        (
            "DAG.full_filepath is deprecated in favour of fileloc",
            "DAG.full_filepath is deprecated",
            "use fileloc",
        ),
        (
            "Setting email on a task is deprecated; please migrate to SmtpNotifier.",
            "Setting email on a task is deprecated",
            "migrate to SmtpNotifier",
        ),
        (
            (
                "Using Variable.get from `airflow.models` is deprecated."
                "Please use `get` on Variable from sdk(`airflow.sdk.Variable`) instead"
            ),
            "Using Variable.get from `airflow.models` is deprecated",
            "use get on Variable from sdk(airflow.sdk.Variable) instead",
        ),
        (
            "The SLA feature is removed in Airflow 3.0, replaced with Deadline Alerts in >=3.1",
            "The SLA feature is removed in Airflow 3.0",
            "use Deadline Alerts in >=3.1",
        ),
        (
            "provide_context is deprecated as of 2.0 and is no longer required",
            "provide_context is deprecated as of 2.0 and is no longer required",
            "stop using it: the message names no replacement, the release notes may",
        ),
        (
            "The module is deprecated; please see https://airflow.apache.org/docs/x.html",
            "The module is deprecated; please see https://airflow.apache.org/docs/x.html",
            "stop using it: the message names no replacement, the release notes may",
        ),
        (
            "The use of non-RFC3339 datetime: 'x' is deprecated and will be removed in a future version",
            "The use of non-RFC3339 datetime: 'x' is deprecated and will be removed in a future version",
            "stop using it: the message names no replacement, the release notes may",
        ),
    ],
)
def test_the_replacement_is_read_from_messages_of_airflow_and_its_providers(message: str, what: str, fix: str) -> None:
    finding = told(message)
    assert (finding.what, finding.fix) == (what, fix)


@pytest.mark.parametrize(
    ("category", "why"),
    [
        ("airflow.exceptions.RemovedInAirflow3Warning", "Airflow 3 no longer has it"),
        ("airflow.sdk.exceptions.RemovedInAirflow4Warning", "Airflow 4 no longer has it"),
        ("airflow.exceptions.AirflowProviderDeprecationWarning", "a coming release of the provider no longer has it"),
        ("DeprecationWarning", "a coming release no longer has it"),
    ],
)
def test_the_category_tells_who_removes_it(category: str, why: str) -> None:
    [finding] = findings(Deprecation(category=category, message="x is deprecated"))
    assert finding.why == why


def test_one_message_at_one_line_is_told_once() -> None:
    deprecation = Deprecation(category="DeprecationWarning", message="x is deprecated", file=FILE, line=3)
    again = Deprecation(category="FutureWarning", message="x is deprecated", file=FILE, line=3)
    assert [finding.why for finding in findings(deprecation, again, deprecation)] == [
        "a coming release no longer has it"
    ]


def test_another_line_or_message_is_another_finding() -> None:
    first = Deprecation(category="X", message="x is deprecated", file=FILE, line=3)
    second = Deprecation(category="X", message="x is deprecated", file=FILE, line=4)
    third = Deprecation(category="X", message="y is deprecated", file=FILE, line=4)
    assert [(f.line, f.what) for f in findings(first, second, third)] == [
        (3, "x is deprecated"),
        (4, "x is deprecated"),
        (4, "y is deprecated"),
    ]


def test_without_a_line_of_the_users_it_names_the_dag_file() -> None:
    [finding] = findings(Deprecation(category="X", message="x is deprecated"))
    assert (finding.file, finding.line) == (FILE, None)


def test_it_stands_in_the_users_own_module() -> None:
    [finding] = findings(Deprecation(category="X", message="x is deprecated", file="dags/lib.py", line=2))
    assert (finding.file, finding.line) == ("dags/lib.py", 2)
