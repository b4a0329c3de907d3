"""B2, D4: DAGs described by Jinja templates and files of values.

Use it when pipelines share a shape that a list of fields cannot say: a step for each region, a check that only some
have. The template renders a *description* of a DAG, as YAML, which is validated and then built by a factory.

Not when fields are enough (`from_files.py` is simpler), and never to render Python: text that is executed can do
anything, fails at lines nobody wrote, and can be checked by no tool.

What goes wrong easily:

- `exec(rendered, globals())` lets one template overwrite the names, and the DAGs, of another.
- A misspelt name renders as nothing. Here it is an error (`StrictUndefined`) that names the template and the line.
- A file in which the words `airflow` and `dag` do not both stand is never parsed (Airflow's safe mode): one that
  imports everything from its own package must name them somewhere, as this line does.
- A value with a colon or a quote breaks the YAML around it: write every value with the filter `yaml`
  (`tojson` is not enough: YAML takes its surrogate pairs for two characters).
"""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pendulum
from pydantic import BaseModel, ConfigDict, Field

from common.compat import dag
from common.configuration import ConfigurationError, all_validated, parse, read, validated
from common.factories.pipelines import Name, arguments, at_least, build_report, measure_orders, write
from common.factories.schedules import Schedule, timetable
from common.rendering import render
from common.shop import TIMEZONE
from common.store import STORE

HERE = Path(__file__).parent
CALLS: dict[str, tuple[Any, dict[str, Any]]] = {
    "measure": (measure_orders, {}),
    "at_least": (at_least, {}),
    "write": (write, {"store": STORE}),
}
"""What a step may call, and what every such step is given: a template chooses from a list, it brings no code."""


class Step(BaseModel):
    """One task; an argument `$other` is what the step `other` returned."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    call: Annotated[str, Field(pattern=f"^({'|'.join(CALLS)})$")]
    arguments: dict[str, Any] = {}


class Description(BaseModel):
    """What a template renders."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    schedule: Schedule
    owner: Name
    steps: tuple[Step, ...] = Field(min_length=1)


class Values(BaseModel):
    """A file of values: which template, and what it is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template: str
    values: dict[str, Any]


def describe(file: Path) -> Description:
    """Return what the template of a file of values renders; raises ConfigurationError, which names both files."""
    given = validated(Values, read(file), file.name)
    where = f"{given.template} for {file.name}"
    description = validated(Description, parse(render(HERE / "templates", given.template, given.values), where), where)
    known: set[str] = set()
    for step in description.steps:
        for name in filter(None, map(_reference, step.arguments.values())):
            if name not in known:
                raise ConfigurationError([f"{where}: steps.{step.id}: there is no step {name!r} before it"])
        _refuse_arguments(step, where)
        known.add(step.id)
    return description


def _refuse_arguments(step: Step, where: str) -> None:
    function, fixed = CALLS[step.call]
    try:
        inspect.signature(function.function).bind(**fixed, **step.arguments)
    except TypeError as error:
        raise ConfigurationError([f"{where}: steps.{step.id}: {step.call}: {error}"]) from None


def _reference(value: Any) -> str | None:
    return value[1:] if isinstance(value, str) and value.startswith("$") else None


def build(description: Description) -> Any:
    """Return the DAG of a description."""

    @dag(
        dag_id=f"template_{description.name}",
        description=f"Made from a template: {', '.join(step.id for step in description.steps)}",
        schedule=timetable(description.schedule),
        start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
        catchup=False,
        default_args=arguments(description.owner),
        doc_md=__doc__,
        tags=["reference", "generation"],
    )
    def made() -> None:
        returned: dict[str, Any] = {}
        for step in description.steps:
            function, fixed = CALLS[step.call]
            given = {name: returned.get(_reference(value) or "", value) for name, value in step.arguments.items()}
            returned[step.id] = function.override(task_id=step.id)(**fixed, **given)

    return made()


FILES = sorted((HERE / "template_values").glob("*.yaml"))
DESCRIPTIONS, PROBLEMS = all_validated(Description, [(file.name, partial(describe, file)) for file in FILES])
DAGS = [build(description) for description in DESCRIPTIONS]
REPORT = build_report("from_templates_report", PROBLEMS, __doc__)
