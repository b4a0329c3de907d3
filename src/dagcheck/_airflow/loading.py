"""Execute one DAG file as the DAG processor does, and find its DAGs.

Follows models/dagbag.py of 2.7 to 3.1 (`_load_modules_from_file`, `_load_modules_from_zip`, `_process_modules`) and
dag_processing/importers/python_importer.py of 3.2 and 3.3, which are alike but for the home of DagContext. What differs
here: exceptions of the user's are not swallowed (2.7 to 2.11 let SystemExit through too, 2.8 and 2.9 their own
timeout), there is no timeout and no signal handler.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.machinery
import importlib.util
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from dagcheck._airflow import classes, creation, versions
from dagcheck._airflow.refusing import refusals

__all__ = ["Loaded", "load_file", "refusals"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """`dags`: every DAG object, in order of definition, also those that Airflow then refuses; sub-DAGs included.

    `errors`: what members of a zip archive raised, as (`archive/member.py`, exception); the other members still count.
    """

    dags: tuple[Any, ...]
    modules: tuple[ModuleType, ...]
    errors: tuple[tuple[str, Exception], ...] = ()


def load_file(path: Path) -> Loaded:
    """Execute a DAG file; what it raises comes out unchanged (see `Loaded.errors` for members of a zip archive)."""
    context = classes.dag_context()
    context.autoregistered_dags.clear()
    errors: list[tuple[str, Exception]] = []
    try:
        if path.suffix == ".py" or not zipfile.is_zipfile(path):
            modules = [_load_python(path, context)]
        else:
            modules = list(_load_members(path, context, errors))
        found = _top_level_dags(modules, context)
    finally:
        context.current_autoregister_module_name = None
        context.autoregistered_dags.clear()
    return Loaded(tuple(_with_subdags(found)), tuple(modules), tuple(errors))


def _load_python(path: Path, context: Any) -> ModuleType:
    name = _module_name(path)
    sys.modules.pop(name, None)
    context.current_autoregister_module_name = name
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None  # noqa: S101 -- a loader was given
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def _module_name(path: Path) -> str:
    if versions.at_least(2, 8):
        from airflow.utils.file import get_unique_dag_module_name

        return str(get_unique_dag_module_name(str(path)))
    digest = hashlib.sha1(str(path).encode("utf-8"), usedforsecurity=False).hexdigest()
    return f"unusual_prefix_{digest}_{path.stem}"  # as `_load_modules_from_file` of 2.7 does


def _load_members(archive: Path, context: Any, errors: list[tuple[str, Exception]]) -> Iterator[ModuleType]:
    from airflow.utils.file import might_contain_dag

    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            member = Path(info.filename)
            if member.suffix not in {".py", ".pyc"} or len(member.parts) > 1:
                continue
            if not might_contain_dag(info.filename, True, opened):  # noqa: FBT003 -- Airflow's signature
                continue
            context.current_autoregister_module_name = member.stem
            try:
                yield _import_member(archive, member.stem)
            except Exception as error:  # noqa: BLE001 -- one member must not cost the others (as in Airflow)
                context.autoregistered_dags.clear()
                errors.append((f"{archive}/{info.filename}", error))


def _import_member(archive: Path, name: str) -> ModuleType:
    sys.modules.pop(name, None)
    sys.path.insert(0, str(archive))
    try:
        return importlib.import_module(name)
    finally:
        if sys.path[:1] == [str(archive)]:
            del sys.path[0]


def _top_level_dags(modules: list[ModuleType], context: Any) -> list[Any]:
    """Return DAGs at module level and DAGs that were used in a `with` block or made by @dag, each object once.

    Airflow puts them in a set, where a DAG that equals another one vanishes; here both stay, for `refusals`.
    """
    dag_class = classes.dag_class()
    pairs = [(o, m) for m in modules for o in list(m.__dict__.values()) if isinstance(o, dag_class)]
    pairs += context.autoregistered_dags
    found: dict[int, Any] = {}
    for dag, module in pairs:
        dag.fileloc = module.__file__
        if versions.at_least(3, 0):  # a property on 2.x
            dag.relative_fileloc = module.__file__
        found.setdefault(id(dag), dag)
    return sorted(found.values(), key=creation.order_of)


def _with_subdags(dags: list[Any]) -> Iterator[Any]:
    seen: set[int] = set()
    for dag in dags:
        for one in (dag, *_subdags(dag)):
            if id(one) not in seen:
                seen.add(id(one))
                yield one


def _subdags(dag: Any) -> Iterator[Any]:
    """Return the DAGs of 2.x SubDagOperators, depth first, as `DAG.subdags` and `_bag_dag` of 2.11 do."""
    if versions.at_least(3, 0):
        return
    for task in list(dag.task_dict.values()):
        if "SubDagOperator" in classes.airflow_bases(type(task)):
            subdag = task.subdag
            subdag.fileloc = dag.fileloc
            subdag.parent_dag = dag
            yield subdag
            yield from _subdags(subdag)
