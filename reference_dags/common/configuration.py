"""Configuration files that say what is wrong with them: the file, the key, and what may stand there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class ConfigurationError(ValueError):
    """Configuration that cannot be used; `problems` has one line for each thing that is wrong with it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def read(file: Path) -> Any:
    """Return what a YAML or JSON file holds; raises ConfigurationError that names file and line."""
    try:
        return parse(file.read_text(encoding="utf-8"), file.name)
    except OSError as error:
        raise ConfigurationError([f"{file.name}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError([f"{file.name}: is not UTF-8"]) from error


def parse(text: str, name: str) -> Any:
    """Return what a text holds, as JSON if its name says so, else as YAML; raises ConfigurationError."""
    import yaml

    try:
        return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    except json.JSONDecodeError as error:
        raise ConfigurationError([f"{name}:{error.lineno}: {error.msg}"]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError([f"{name}:{line}: {error.problem}"]) from error
    except yaml.YAMLError as error:
        raise ConfigurationError([f"{name}: {error}"]) from error


def validated(model: type[Model], value: Any, where: str) -> Model:
    """Return a value as a model; raises ConfigurationError with `where`, the key and the reason of every problem."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise ConfigurationError(
            ": ".join([where, *filter(None, [".".join(map(str, one["loc"]))]), one["msg"]])
            for one in error.errors(include_url=False)
        ) from None


def all_validated(model: type[Model], entries: Iterable[tuple[str, Any]]) -> tuple[list[Model], list[str]]:
    """Return the entries that are right, by `name`, and one line for each problem of the others.

    `entries` are pairs: where an entry stands, and what stands there. An entry that is wrong costs itself alone; of
    two with the same name the first one counts.
    """
    right: dict[str, Model] = {}
    places: dict[str, str] = {}
    problems: list[str] = []
    for where, value in entries:
        try:
            made = value() if callable(value) else value
            one = made if isinstance(made, model) else validated(model, made, where)
        except ConfigurationError as error:
            problems.extend(error.problems)
            continue
        name = str(getattr(one, "name", where))
        if name in right:
            problems.append(f"{where}: name: {name!r} is that of {places[name]} already")
        else:
            right[name], places[name] = one, where
    return [right[name] for name in sorted(right)], problems
