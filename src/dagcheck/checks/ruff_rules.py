"""The rules of ruff that dagcheck reports beside its own checks, under ruff's codes.

What they find is ruff's to say: `dagcheck.ruff_findings` asks it. Here they have their level and documentation.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable

from dagcheck.checks.registry import Settings, check
from dagcheck.findings import Finding, Level
from dagcheck.record import FileRecord

# Code: level; rule; why; bad; good.
_RULES: dict[str, tuple[Level, str, str, str, str]] = {
    "AIR002": (
        Level.WARNING,
        "A DAG should say its schedule",
        "Airflow 2 runs a DAG that does not every day, Airflow 3 never.",
        'DAG("orders", start_date=datetime(2024, 1, 1))',
        'DAG("orders", start_date=datetime(2024, 1, 1), schedule="@daily")',
    ),
    "AIR301": (
        Level.WARNING,
        "What Airflow 3 has removed should not be used",
        "The file does not import on Airflow 3, or its tasks fail there.",
        'DAG("orders", schedule_interval="@daily")',
        'DAG("orders", start_date=datetime(2024, 1, 1), schedule="@daily")',
    ),
    "AIR302": (
        Level.WARNING,
        "What Airflow 3 has moved to a provider should be imported from there",
        "The import fails on Airflow 3.",
        "from airflow.operators.bash_operator import BashOperator",
        "from airflow.providers.standard.operators.bash import BashOperator",
    ),
    "AIR303": (
        Level.WARNING,
        "A call should fit the signature that a function has in Airflow 3",
        "The same call means something else there, or fails.",
        "get_dataset_alias(name)",
        "get_asset_alias(name=name)",
    ),
    "AIR311": (
        Level.OFF,  # what replaces it is not in Airflow 2; on Airflow 3 deprecated-api tells the same
        "What Airflow 3 still has, and will remove, should be replaced",
        "It works on Airflow 3 for now, with a deprecation warning.",
        "from airflow import Dataset",
        "from airflow.sdk import Asset",
    ),
    "AIR312": (
        Level.OFF,  # what replaces it is not in Airflow 2; on Airflow 3 deprecated-api tells the same
        "What Airflow 3 still has, and has moved to a provider, should be imported from there",
        "It works on Airflow 3 for now, with a deprecation warning.",
        "from airflow.operators.python import PythonOperator",
        "from airflow.providers.standard.operators.python import PythonOperator",
    ),
    "F821": (
        Level.ERROR,
        "A name must be defined before it is used",
        "Where the line is in a task's function, it raises NameError when the task runs.",
        "def load():\n    return requets.get(URL, timeout=10)",
        "def load():\n    return requests.get(URL, timeout=10)",
    ),
    "S102": (
        Level.WARNING,
        "Text should not be executed as code",
        "Whoever writes the text (a template, a catalogue) may do anything that Airflow may.",
        "exec(rendered_template)",
        "make_dag(**yaml.safe_load(rendered_template))",
    ),
    "S105": (
        Level.WARNING,
        "A password should not be assigned in the file",
        "Everybody who can read the repository has it.",
        'password = "hunter2-production"',
        'password = BaseHook.get_connection("warehouse").password',
    ),
    "S106": (
        Level.WARNING,
        "A password should not be an argument in the file",
        "Everybody who can read the repository has it.",
        'connect(user="etl", password="hunter2")',
        'connect(user="etl", password=connection.password)',
    ),
    "S107": (
        Level.WARNING,
        "A password should not be the default of a parameter",
        "Everybody who can read the repository has it.",
        'def connect(password="hunter2-production"): ...',
        "def connect(password): ...",
    ),
    "S113": (
        Level.WARNING,
        "A request should have a timeout",
        "A server that does not answer holds the task, and its slot, for ever.",
        'requests.get("https://api.example.com")',
        'requests.get("https://api.example.com", timeout=10)',
    ),
    "S307": (
        Level.WARNING,
        "Text should not be evaluated as code",
        "Whoever writes the text (a Variable, a file) may do anything that Airflow may.",
        "eval(text_of_a_variable)",
        "ast.literal_eval(text_of_a_variable)",
    ),
    "S608": (
        Level.WARNING,
        "SQL should not be put together from texts",
        "A value with a quote in it breaks the statement, or becomes a part of it.",
        "hook.run(f\"DELETE FROM sales WHERE region = '{region}'\")",
        'hook.run("DELETE FROM sales WHERE region = %s", parameters=[region])',
    ),
}
CODES = tuple(_RULES)


def _nothing(documentation: str) -> Callable[[Iterable[FileRecord], Settings], Iterable[Finding]]:
    def nothing(_records: Iterable[FileRecord], _settings: Settings) -> Iterable[Finding]:
        return ()

    nothing.__doc__ = documentation
    return nothing


for _code, (_level, _rule, _why, _bad, _good) in _RULES.items():
    _fix = f"`ruff rule {_code}` tells more; `ruff check --select {_code} --fix` repairs what it can."
    _examples = f"Bad:\n{textwrap.indent(_bad, '    ')}\n\nGood:\n{textwrap.indent(_good, '    ')}\n"
    _text = f"{_rule}.\n\nWhy: {_why}\n\nFix: {_fix}\n\n{_examples}"
    check(_code, _level, "Handed to ruff", "folder")(_nothing(_text))
