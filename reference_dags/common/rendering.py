"""Jinja templates outside of tasks, with errors that say where in the template."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.configuration import ConfigurationError


def render(folder: Path, name: str, values: Mapping[str, Any]) -> str:
    """Return what a template of a folder makes of values; a name that has none is an error.

    Raises ConfigurationError that names the template and the line.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound

    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 -- it makes YAML, not HTML
    )
    environment.filters["yaml"] = as_yaml
    try:
        rendered: str = environment.get_template(name).render(values)
    except TemplateNotFound as error:
        raise ConfigurationError([f"{name}: there is no template {error.name!r} in {folder.name}"]) from None
    except TemplateError as error:
        raise ConfigurationError([f"{_place(error, name)}: {error.message}"]) from error
    except Exception as error:  # a filter or an operation that does not fit its value
        raise ConfigurationError([f"{_place(error, name)}: {type(error).__name__}: {error}"]) from error
    return rendered


def as_yaml(value: Any) -> str:
    """Return a value as YAML on one line: JSON, with what YAML reads otherwise written as escapes."""
    return re.sub("[^ -~]", lambda found: f"\\U{ord(found[0]):08x}", json.dumps(value, ensure_ascii=False, default=str))


def _place(error: Exception, name: str) -> str:
    """Return template and line: a syntax error knows them, for any other Jinja leaves them in the traceback."""
    if getattr(error, "lineno", None):
        return f"{getattr(error, 'name', None) or name}:{error.lineno}"  # type: ignore[attr-defined]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else name
