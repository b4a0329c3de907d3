from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagcheck._airflow.versions import at_least

if TYPE_CHECKING:
    from tests.airflow.conftest import Room

REFUSED = "MetadataDatabaseRefusedError"
USES = {
    "a query": "with create_session() as session: session.query(Variable).all()",
    "a session of the settings": "settings.Session().query(Variable).first()",
    "the engine": "settings.engine.connect()",
    "the engine after a new configuration": "settings.configure_orm(); settings.engine.connect()",
    "an engine of one's own": "create_engine(conf.get('database', 'sql_alchemy_conn')).connect()",
    "the dag bag": "DagBag('/nowhere').get_dag('etl')",
}


def _used(statement: str) -> list[object]:
    from dagcheck._airflow import metadata_db

    uses: list[int] = []
    metadata_db.install(lambda: uses.append(1))
    names: dict[str, object] = {}
    exec(_IMPORTS, names)  # noqa: S102 -- text of this file
    try:
        exec(statement, names)  # noqa: S102 -- text of this file
    except Exception as error:  # noqa: BLE001 -- the tests look at it
        return [type(error).__name__, str(error), len(uses)]
    return ["nothing", "", len(uses)]


_IMPORTS = """
from airflow import settings
from airflow.configuration import conf
from airflow.models import DagBag, Variable
from airflow.utils.session import create_session
from sqlalchemy import create_engine
"""


@pytest.mark.parametrize("use", USES)
def test_every_use_is_told_once_and_refused(room: Room, use: str) -> None:
    kind, message, uses = room(_used, USES[use])
    assert (kind, uses) == (REFUSED, 1)
    assert "metadata DB" in message


@pytest.mark.parametrize("statement", ["settings.Session()", "create_engine('sqlite://').connect()"])
def test_what_asks_nothing_of_the_metadata_db_is_let_through(room: Room, statement: str) -> None:
    assert room(_used, statement) == ["nothing", "", 0]


def _loaded(path: str) -> list[object]:
    from dagcheck._airflow import metadata_db
    from dagcheck._airflow.loading import load_file

    uses: list[int] = []
    metadata_db.install(lambda: uses.append(1))
    return [sorted(dag.dag_id for dag in load_file(Path(path)).dags), len(uses)]


def test_airflows_own_queries_while_a_dag_is_made_are_nobodys_fault(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "etl.py"
    path.write_text(_ON_3 if at_least(3, 0) else _ON_2)
    aliases = ["alias"] if at_least(2, 10) else []
    dags = aliases if at_least(3, 0) else [*aliases, "parent", "parent.child"]
    assert room(_loaded, str(path)) == [dags, 0]


_ON_3 = """
from airflow.sdk import DAG, AssetAlias
with DAG("alias", schedule=[AssetAlias("some")]):
    pass
"""
_ON_2 = """
from datetime import datetime
from airflow import DAG
from airflow.operators.empty import EmptyOperator
from airflow.operators.subdag import SubDagOperator
try:
    from airflow.datasets import DatasetAlias
except ImportError:  # 2.10+
    pass
else:
    with DAG("alias", start_date=datetime(2024, 1, 1), schedule=[DatasetAlias("some")]):
        pass
with DAG("parent", start_date=datetime(2024, 1, 1), schedule=None) as parent:
    child = DAG("parent.child", start_date=datetime(2024, 1, 1), schedule=None)
    EmptyOperator(task_id="inside", dag=child)
    SubDagOperator(task_id="child", subdag=child)
del child
"""
