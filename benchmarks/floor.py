"""The least that anything can do that loads a DAG folder: import Airflow, then execute every file, in one process.

    python benchmarks/floor.py DAG_FOLDER

Each file is compiled and executed as Airflow does it (SourceFileLoader, a module name of its own in sys.modules), but
no DagBag looks for DAGs and no byte code is written. Prints the number of files.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

from generate import HELPERS


def main(folder: Path) -> None:
    """Execute every file but the helper modules, which are no DAG files."""
    import airflow  # noqa: F401 - what the floor consists of

    sys.dont_write_bytecode = True
    sys.path.append(str(folder))
    files = [path for path in sorted(folder.rglob("*.py")) if path.parent.name != HELPERS]
    for number, path in enumerate(files):
        execute(f"floor_{number}", path)
    print(f"{len(files)} passed")


def execute(name: str, path: Path) -> None:
    """As models/dagbag.py of Airflow 2.11 and dag_processing/importers/python_importer.py of 3.3."""
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None  # noqa: S101 - a loader was given
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
