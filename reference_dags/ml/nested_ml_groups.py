"""D6: a model from its data to its use, as task groups within a task group.

Use it when several models go through the same stages: one function builds the stages of each, and the interface folds
them away.

Not for an experiment (a notebook is quicker), and not to train on a worker what needs a machine of its own (see
`ml/train_on_kubernetes.py`).

Easy to get wrong: tuning after the final training tunes nothing; here the candidates are compared on data that the
test never sees, then the best one is trained. A model is only deployed if it beats guessing. Models are files in the
store, and XCom holds their paths; scikit-learn is imported inside the tasks, since every parse of this file would pay.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import AirflowFailException, TaskGroup, dag, task
from common.shop import TIMEZONE
from common.store import STORE, store_folder

SEED = 7
MODELS: dict[str, dict[str, list[Any]]] = {
    "wine": {"n_estimators": [5, 20], "max_depth": [2, 4]},
    "iris": {"n_estimators": [5, 10], "max_depth": [1, 3]},
}
"""Which of scikit-learn's data sets each model learns, and what is tried for it."""


def folder_of(store: str, model: str) -> Path:
    """Return the folder of a model, made if need be."""
    folder = store_folder(store) / "models" / model
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@task
def extract_features(model: str, store: str) -> str:
    """Write the data set as a table; return its path."""
    from sklearn import datasets

    table = getattr(datasets, f"load_{model}")(as_frame=True).frame
    path = folder_of(store, model) / "features.csv"
    table.to_csv(path, index=False)
    return str(path)


@task
def clean_data(features: str) -> str:
    """Drop what is incomplete or stands twice; return the path of the rest."""
    import pandas as pd

    path = Path(features).with_name("clean.csv")
    pd.read_csv(features).dropna().drop_duplicates().to_csv(path, index=False)
    return str(path)


@task
def split_data(clean: str) -> dict[str, str]:
    """Split into what is learnt from and what is judged by; the same rows every time."""
    import pandas as pd
    from sklearn.model_selection import train_test_split

    table = pd.read_csv(clean)
    parts = train_test_split(table, test_size=0.3, random_state=SEED, stratify=table["target"])
    paths = {name: str(Path(clean).with_name(f"{name}.csv")) for name in ("train", "test")}
    for path, part in zip(paths.values(), parts, strict=True):
        part.to_csv(path, index=False)
    return paths


@task
def tune(model: str, split: dict[str, str]) -> dict[str, Any]:
    """Return the parameters that do best in cross-validation on the training data alone."""
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import GridSearchCV

    train = pd.read_csv(split["train"])
    search = GridSearchCV(RandomForestClassifier(random_state=SEED), MODELS[model], cv=3)
    search.fit(train.drop(columns="target"), train["target"])
    return {"parameters": search.best_params_, "score": float(search.best_score_)}


@task
def train_model(split: dict[str, str], tuned: dict[str, Any]) -> str:
    """Train with those parameters; return the model's path."""
    import joblib
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier

    train = pd.read_csv(split["train"])
    forest = RandomForestClassifier(random_state=SEED, **tuned["parameters"])
    forest.fit(train.drop(columns="target"), train["target"])
    path = Path(split["train"]).with_name("model.joblib")
    joblib.dump(forest, path)
    return str(path)


@task
def validate_model(path: str, split: dict[str, str]) -> dict[str, float]:
    """Return the model's accuracy on unseen data, beside that of always guessing the commonest class."""
    import joblib
    import pandas as pd

    test = pd.read_csv(split["test"])
    accuracy = joblib.load(path).score(test.drop(columns="target"), test["target"])
    return {"accuracy": float(accuracy), "guessing": float(test["target"].value_counts(normalize=True).max())}


@task
def deploy(model: str, path: str, scores: dict[str, float], store: str) -> str:
    """Let the model be the one in use, unless guessing is as good; return the path of what says so."""
    if scores["accuracy"] <= scores["guessing"]:
        raise AirflowFailException(
            f"{model} is right in {scores['accuracy']:.0%}, guessing in {scores['guessing']:.0%}"
        )
    current = folder_of(store, model) / "current.json"
    current.write_text(json.dumps({"model": path, **scores}), encoding="utf-8")
    return str(current)


@task
def smoke_test(current: str, split: dict[str, str]) -> int:
    """Load what is now in use and predict; return for how many rows."""
    import joblib
    import pandas as pd

    rows = pd.read_csv(split["test"]).drop(columns="target")
    return len(joblib.load(json.loads(Path(current).read_text(encoding="utf-8"))["model"]).predict(rows))


def model_group(model: str) -> TaskGroup:
    """Return the group of all stages of one model."""
    with TaskGroup(model, tooltip=f"The model of {model}") as group:
        with TaskGroup("data_preparation"):
            split = split_data(clean_data(extract_features(model, STORE)))
        with TaskGroup("model_training"):
            path = train_model(split, tune(model, split))
            scores = validate_model(path, split)
        with TaskGroup("model_deployment"):
            smoke_test(deploy(model, path, scores, STORE), split)
    return group


@task(trigger_rule="all_done")
def report(store: str) -> dict[str, float]:
    """Return the accuracy of every model in use, also when some were not renewed today."""
    found = {model: folder_of(store, model) / "current.json" for model in MODELS}
    return {
        model: json.loads(path.read_text(encoding="utf-8"))["accuracy"]
        for model, path in found.items()
        if path.exists()
    }


@dag(
    description="Trains and deploys two small models, stage by stage",
    schedule=CronDataIntervalTimetable("0 4 * * 1", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    max_active_runs=1,  # models are files of one name
    default_args={
        "owner": "data-science",
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=30),
    },
    doc_md=__doc__,
    tags=["reference", "ml"],
)
def nested_ml_groups() -> None:
    """One group for each model, then the report."""
    [model_group(model) for model in MODELS] >> report(STORE)


nested_ml_groups()
