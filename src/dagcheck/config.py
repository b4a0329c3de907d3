"""The configuration: one frozen object, in which each value knows its origin."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, ValidationInfo, field_validator

from dagcheck import config_fields as fields
from dagcheck.config_problems import place, problems_of, unknown_checks, unknown_keys
from dagcheck.config_sources import DEFAULT, Values, gather
from dagcheck.cores import usable_cores
from dagcheck.errors import ConfigError
from dagcheck.findings import Level
from dagcheck.hooks.tiers import InContainers
from dagcheck.value_files import read_connections, read_environment, read_variables

__all__ = ["Config", "ConfigError", "Policy", "Rule", "load"]


class Rule(BaseModel):
    """Findings to ignore: those of all the given check, folder and DAG; without `check`, of every check."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: fields.Texts = Field(default=(), description="a check's name or a list of them")
    folder: fields.Text | None = Field(default=None, description="a folder, a file, or a pattern such as dags/*/legacy")
    dag: fields.Text | None = Field(default=None, description="a DAG id or a pattern such as etl_*")
    reason: fields.Text = Field(description="a text that says why")


class Policy(BaseModel):
    """A team's own values for the checks of its policy, which are off until they are given a level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    retries: fields.Count = Field(default=1, description="a whole number from 1")
    owners: fields.Texts = Field(default=(), description="a list of owners")
    tags: fields.Texts = Field(default=(), description="a list of tags")
    dag_id: fields.Pattern = Field(default="[a-z][a-z0-9_]*", description="a regular expression for a whole id")
    task_id: fields.Pattern = Field(default="[a-z][a-z0-9_]*", description="a regular expression for a whole id")


class Config(BaseModel):
    """All that can be configured; paths are as written (`path` makes them absolute), secrets are not in the repr."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    rootdir: Path
    dag_folder: fields.Texts = Field(default=("dags",), description="a folder or a list of folders")
    workers: fields.Count = Field(default_factory=usable_cores, description="a whole number from 1")
    timeout: fields.Seconds = Field(default=30.0, description="seconds, a number greater than 0")
    memory: fields.Mebibytes = Field(
        default=2048, description='MiB as a whole number from 64, or a text such as "2 GiB"'
    )
    parse_seconds: fields.Seconds = Field(default=2.0, description="seconds, a number greater than 0")
    catchup_runs: fields.Count = Field(default=100, description="a whole number from 1")
    sweep_seconds: fields.Allowance = Field(default=5.0, description="seconds, a number from 0 (0: no sweep)")
    sweep_start: datetime.date | None = Field(default=None, description="a date such as 2025-01-01")
    sweep_years: fields.Count = Field(default=2, description="a whole number from 1")
    levels: dict[str, Level] = Field(default={}, description="a table of check names and levels")
    ignore: tuple[Rule, ...] = Field(default=(), description="a list of tables with check, folder, dag and reason")
    variables: fields.Variables = Field(default={}, repr=False, description="a table of names and values")
    connections: fields.Connections = Field(
        default={}, repr=False, description="a table of connection ids and URIs or tables"
    )
    pools: dict[str, fields.Slots] = Field(default={}, description="a whole number of slots (-1: without limit)")
    policy: Policy = Field(default=Policy(), description="a table with retries, owners, tags, dag_id and task_id")
    external_dags: fields.Texts = Field(default=(), description="a list of DAG ids or patterns such as sales_*")
    external_assets: fields.Texts = Field(default=(), description="a list of assets or patterns such as s3://lake/*")
    environment: fields.Environment = Field(default={}, repr=False, description="a table of names and strings")
    variables_files: fields.Texts = Field(default=(), description="a list of paths")
    connections_files: fields.Texts = Field(default=(), description="a list of paths")
    environment_files: fields.Texts = Field(default=(), description="a list of paths")
    plugins_folder: fields.Text | None = Field(default=None, description="a path")
    pythonpath: fields.Texts = Field(default=(), description="a list of paths")
    namespaces: bool = Field(default=True, description="true or false")
    allow_network: fields.Hosts = Field(default=(), description='a list of hosts, "host:port" or "*"')
    allow_processes: fields.Texts = Field(default=(), description="a list of command names")
    allow_writes: fields.Texts = Field(default=(), description="a list of paths")
    baseline: fields.Text | None = Field(default=None, description="a path")
    backend: fields.Backend = Field(
        default={}, description='a tier (auto, fake, embedded, container) or a table such as { postgres = "container" }'
    )
    backend_strict: bool = Field(default=False, description="true or false")
    strict_answers: bool = Field(default=False, description="true or false")
    images: dict[InContainers, fields.Text] = Field(
        default={}, description='a table of services and images, such as { postgres = "postgres:16" }'
    )
    test_network: fields.Hosts = Field(default=(), description='a list of hosts, "host:port" or "*"')

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _files: dict[str, dict[str, str]] = PrivateAttr(default_factory=dict)

    @field_validator("ignore")
    @classmethod
    def _each_rule_selects(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        for number, rule in enumerate(rules, 1):
            if not (rule.check or rule.folder or rule.dag):
                raise ValueError(f"ignore, table {number}: needs a check, a folder or a dag")
        return rules

    @field_validator("plugins_folder", "pythonpath")
    @classmethod
    def _exists(cls, value: str | tuple[str, ...] | None, info: ValidationInfo) -> str | tuple[str, ...] | None:
        texts = (value,) if isinstance(value, str) else value or ()
        missing = [str(path) for path in (_absolute(info.data["rootdir"], text) for text in texts) if not path.exists()]
        if missing:
            raise ValueError(f"{info.field_name}: there is no {', '.join(missing)}")
        return value

    def path(self, text: str) -> Path:
        """Return a configured path as an absolute one; relative paths start at the rootdir."""
        return _absolute(self.rootdir, text)

    def origin(self, key: str) -> str:
        """Return `pyproject.toml`, `default` or the command-line option that set a key or a table's `key.entry`."""
        name = key.split(".", 1)[0]
        if name not in keys():
            raise KeyError(key)
        return self._origins.get(key, DEFAULT)

    def all_variables(self) -> dict[str, str]:
        """Variables of the files, and over them those of the table."""
        return {**self._files.get("variables_files", {}), **self.variables}

    def all_connections(self) -> dict[str, str]:
        """Connections, as URI or JSON, of the files, and over them those of the table."""
        return {**self._files.get("connections_files", {}), **self.connections}

    def all_environment(self) -> dict[str, str]:
        """Environment variables of the files, and over them those of the table."""
        return {**self._files.get("environment_files", {}), **self.environment}

    def level_of(self, check: str, default: Level) -> Level:
        """Return the configured level of a check, or its default."""
        return self.levels.get(check, default)


_TABLES = {"ignore": Rule.model_fields, "policy": Policy.model_fields}


def keys() -> list[str]:
    """Every key of `[tool.dagcheck]`."""
    return [name for name in Config.model_fields if name != "rootdir"]


def load(rootdir: Path, overrides: Mapping[str, object] | None = None, checks: Collection[str] | None = None) -> Config:
    """Read `[tool.dagcheck]` of rootdir/pyproject.toml, the overrides by key, and the files they name.

    An override of None counts as not given; paths in overrides must be absolute or relative to the rootdir.
    Without `checks`, names of checks are not looked at. Raises ConfigError with every problem found.
    """
    values = gather(rootdir, overrides or {})
    problems = unknown_keys(values, keys()) + unknown_checks(values, checks)
    files = {key: _read(rootdir, values, key, problems) for key in _READERS}
    known = {key: value for key, value in values.raw.items() if key in keys()}
    try:
        config = Config.model_validate({**known, "rootdir": rootdir})
    except ValidationError as error:
        raise ConfigError(*problems, *problems_of(error, values, Config.model_fields, _TABLES)) from None
    if problems:
        raise ConfigError(*problems)
    config._origins.update(values.origins)  # noqa: SLF001 - pydantic's private attributes are not arguments
    config._files.update(files)  # noqa: SLF001
    return config


_READERS: dict[str, Callable[[Path], dict[str, str]]] = {
    "variables_files": read_variables,
    "connections_files": read_connections,
    "environment_files": read_environment,
}


def _read(rootdir: Path, values: Values, key: str, problems: list[str]) -> dict[str, str]:
    """Return what the files of a key hold, the last one winning; what is wrong is added to the problems."""
    found: dict[str, str] = {}
    texts = values.raw.get(key)
    for text in [texts] if isinstance(texts, str) else texts if isinstance(texts, (list, tuple)) else ():
        path = _absolute(rootdir, str(text))
        try:
            found.update(_READERS[key](path))
        except ValueError as error:
            problems.append(f"{place(values, key)}{key}: {path}: {error}")
    return found


def _absolute(rootdir: Path, text: str) -> Path:
    return Path(os.path.normpath(rootdir / Path(text).expanduser()))
