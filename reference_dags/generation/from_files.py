"""B2: one DAG per file of a folder, by a factory.

Use it when people who write no Python need a pipeline of a kind that you have many of: they add a YAML or JSON file
to `pipelines/`, a review and CI look at it, and the DAG is there with the next deployment.

Not for pipelines that differ in more than values (write the DAG), and not for thousands of them in one file: all are
parsed together, so split the folder over several DAG files.

What goes wrong easily:

- One bad file raises, and all DAGs of the folder are gone. Here a bad entry costs its own DAG alone; it is logged at
  every parse, and the DAG `pipelines_from_files_report` fails and names file and key until it is repaired.
- Files in the order of the file system, a set, a clock or a random number in the loop make each parse different, and
  Airflow writes a new version of the DAG every time. Here the order is that of the names.
- YAML is looser than it looks (`no` is false, `1e3` is text): a schema says what is meant, and names what is not.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from common.configuration import all_validated, read
from common.factories.pipelines import Pipeline, build_pipeline, build_report

FOLDER = Path(__file__).parent / "pipelines"
FILES = sorted(file for file in FOLDER.iterdir() if file.suffix in {".json", ".yaml", ".yml"})

PIPELINES, PROBLEMS = all_validated(Pipeline, [(file.name, partial(read, file)) for file in FILES])
# A DAG registers itself with the file that is being parsed; the names below are for people and tests.
DAGS = [build_pipeline(pipeline, f"files_{pipeline.name}", __doc__) for pipeline in PIPELINES]
REPORT = build_report("pipelines_from_files_report", PROBLEMS, __doc__)
