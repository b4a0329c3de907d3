from __future__ import annotations

from types import SimpleNamespace

from dagcheck._airflow.problems.subject import SharedDag, Subject


class Fights:
    @property  # type: ignore[misc]
    def __class__(self) -> type:
        raise SystemExit("no")


def test_an_argument_that_fights_back_costs_its_own_texts_alone() -> None:
    given = {"fights": [Fights()], "owner": "data", "params": {"to": ["a", "b"]}}
    task = SimpleNamespace(_BaseOperator__init_kwargs=given)
    assert sorted(Subject(SharedDag(None, "etl"), task, "tell").texts) == [
        ("owner", "owner", "data"),
        ("params", "params.to", "a"),
        ("params", "params.to", "b"),
    ]
