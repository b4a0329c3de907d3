"""SQL that operators send, rendered where nothing but dates and params decides what it becomes.

Whatever else a template asks for (an XCom, a Variable, the user's own macros) is known to a run alone; such a text is
left out. The date stands for any other: how SQL parses does not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from dagcheck._airflow.attributes import attempt, plain_text, read, texts
from dagcheck._airflow.classes import airflow_bases
from dagcheck._airflow.problems.subject import Subject
from dagcheck._airflow.problems.values import texts_in
from dagcheck.record import Problem

_LONGEST = 50_000
# The names that `template_fields_renderers` has for SQL (utils/code_utils.py, www/utils.py; get_attr_renderer).
_RENDERERS = {"sql": "", "postgresql": "postgres", "mysql": "mysql", "hql": "hive", "tsql": "tsql"}
_DIALECTS = {  # of operators whose package says what they talk to
    "airflow.providers.amazon.aws.operators.athena": "athena",
    "airflow.providers.amazon.aws.operators.redshift": "redshift",
    "airflow.providers.apache.hive": "hive",
    "airflow.providers.databricks": "databricks",
    "airflow.providers.google.cloud.operators.bigquery": "bigquery",
    "airflow.providers.microsoft.mssql": "tsql",
    "airflow.providers.mysql": "mysql",
    "airflow.providers.oracle": "oracle",
    "airflow.providers.postgres": "postgres",
    "airflow.providers.presto": "presto",
    "airflow.providers.snowflake": "snowflake",
    "airflow.providers.sqlite": "sqlite",
    "airflow.providers.trino": "trino",
}


def problems(subject: Subject) -> Iterator[Problem]:
    """Yield each SQL text of a task as it is sent; `more`: its dialect if the operator says so, and its Connection."""
    task = subject.task
    mapped = "MappedOperator" in airflow_bases(type(task))
    renderers = read(task, "template_fields_renderers")
    extensions = texts(read(task, "template_ext"))
    named = (plain_text(one) for key, one in subject.given.items() if key.endswith("conn_id"))
    conn_id = next(filter(None, named), "")
    for field in texts(read(task, "template_fields")):
        for path, text in texts_in(subject.given.get(field) if mapped else read(task, field), field):
            renderer = _renderer(renderers, path)
            sql = attempt(partial(_rendered, subject, text, extensions), None) if renderer in _RENDERERS else None
            if sql and sql.strip() and len(sql) <= _LONGEST:
                yield subject.problem("sql", path, sql, _RENDERERS[renderer] or _dialect(task), conn_id)


def _renderer(renderers: Any, path: str) -> str:
    """Return what a field, or a part of it (`configuration.query.query`), is shown as; sensors do not say."""
    named = plain_text(renderers.get(path)) if type(renderers) is dict else None
    return named or ("sql" if path == "sql" else "")


def _dialect(task: Any) -> str:
    cls = read(task, "operator_class", type(task))
    modules = [str(base.__module__) for base in cls.__mro__]
    return next((name for one in modules for home, name in _DIALECTS.items() if one.startswith(home)), "")


def _rendered(subject: Subject, text: str, extensions: tuple[str, ...]) -> str | None:
    from jinja2 import meta, nodes

    environment = subject.shared.jinja
    if extensions and text.endswith(extensions):
        text = environment.loader.get_source(environment, text)[0]
    tree = environment.parse(text)
    own = read(subject.dag, "user_defined_filters") or {}
    filters = {one.name for one in tree.find_all(nodes.Filter)}
    others = tree.find((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))
    context = _context()
    asked = meta.find_undeclared_variables(tree)
    if "params" in asked:
        context["params"] = subject.task.params.dump()
    if others or filters & own.keys() or not asked <= context.keys():
        return None
    return str(environment.from_string(text).render(context))


def _context() -> dict[str, Any]:
    """Return what every run has, at a date of no importance; names as in Airflow's templates reference."""
    import pendulum

    moment = pendulum.datetime(2024, 1, 31, 6, 30)
    return {
        "ds": moment.strftime("%Y-%m-%d"),
        "ds_nodash": moment.strftime("%Y%m%d"),
        "ts": moment.isoformat(),
        "ts_nodash": moment.strftime("%Y%m%dT%H%M%S"),
        "ts_nodash_with_tz": moment.isoformat().replace("-", "").replace(":", ""),
        "logical_date": moment,
        "data_interval_start": moment,
        "data_interval_end": moment.add(days=1),
        "run_id": f"scheduled__{moment.isoformat()}",
    }
