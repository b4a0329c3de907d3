"""Settings of a DAG for every environment, in one reviewed file; see generation/environments.py (B7, B11)."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from common.configuration import read, validated

VERSION = 2
"""Of the file's layout: a file of another one is refused instead of misread."""


class Environment(BaseModel):
    """What differs between environments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source_conn_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    target_conn_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    batch_size: int = Field(ge=1, le=10_000)


class Settings(BaseModel):
    """The whole file: what `defaults` says counts wherever an environment says nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[2]
    defaults: dict[str, Any] = {}
    environments: dict[str, Environment] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("environments"), dict):
            return value
        defaults = value.get("defaults") or {}
        filled = {
            name: {**defaults, **own} if isinstance(own, dict) and isinstance(defaults, dict) else own
            for name, own in value["environments"].items()
        }
        return {**value, "environments": filled}

    def of(self, environment: str) -> Environment:
        """Return one environment's settings; raises ValueError with the valid names for an unknown one."""
        if environment not in self.environments:
            near = difflib.get_close_matches(environment, self.environments, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"unknown environment {environment!r}: there are {', '.join(sorted(self.environments))}{hint}"
            )
        return self.environments[environment]


def read_settings(file: Path) -> Settings:
    """Return the settings of all environments; raises ConfigurationError that names file and key of each problem.

    All of them are validated everywhere: a mistake in the section of production fails in development.
    """
    return validated(Settings, read(file), file.name)
