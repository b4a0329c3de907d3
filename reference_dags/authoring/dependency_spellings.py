"""E3: every way to write a dependency, one task group each, so that the graphs can be compared side by side.

Use `>>` wherever it reads well, `chain` for long lines and for lists that follow each other, `cross_downstream` where
every task of one list comes before every task of another.

Not several spellings for one graph in one file, as here: pick one.

Two things do not work as they read. `[a, b] >> [c, d]` is an error, since lists of Python know no `>>`: that is what
`cross_downstream` is for. And `chain([a, b], [c, d])` is no cross: it pairs them, `a >> c` and `b >> d`, and lists that
differ in length are refused.

This sentence is needed: Airflow takes only files in which both its own name and the word dag stand, and no import of
this file has the former.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum

from common.compat import EmptyOperator, TaskGroup, chain, cross_downstream, dag


def tasks(names: str) -> list[EmptyOperator]:
    """Make a task per letter, in the group that is open."""
    return [EmptyOperator(task_id=name) for name in names]


def lines() -> None:
    """Write a >> b >> c in five ways."""
    with TaskGroup("line_by_shift"):
        a, b, c = tasks("abc")
        a >> b >> c
    with TaskGroup("line_by_left_shift"):
        a, b, c = tasks("abc")
        c << b << a
    with TaskGroup("line_by_set_downstream"):
        a, b, c = tasks("abc")
        a.set_downstream(b)
        b.set_downstream(c)
    with TaskGroup("line_by_set_upstream"):
        a, b, c = tasks("abc")
        c.set_upstream(b)
        b.set_upstream(a)
    with TaskGroup("line_by_chain"):
        chain(*tasks("abc"))


def diamonds() -> None:
    """Write a >> [b, c] >> d in four ways."""
    with TaskGroup("diamond_by_shift"):
        a, b, c, d = tasks("abcd")
        a >> [b, c] >> d
    with TaskGroup("diamond_by_left_shift"):
        a, b, c, d = tasks("abcd")
        d << [b, c] << a
    with TaskGroup("diamond_by_set_methods"):
        a, b, c, d = tasks("abcd")
        a.set_downstream([b, c])
        d.set_upstream([b, c])
    with TaskGroup("diamond_by_chain"):
        a, b, c, d = tasks("abcd")
        chain(a, [b, c], d)


def crosses() -> None:
    """Write [a, b] before [c, d], every one before every other, in three ways."""
    with TaskGroup("cross_by_cross_downstream"):
        a, b, c, d = tasks("abcd")
        cross_downstream([a, b], [c, d])
    with TaskGroup("cross_by_shift"):
        a, b, c, d = tasks("abcd")
        a >> [c, d]
        b >> [c, d]
    with TaskGroup("cross_by_left_shift"):
        a, b, c, d = tasks("abcd")
        [a, b] >> c
        [a, b] >> d


def pairs() -> None:
    """Write a >> c and b >> d in two ways."""
    with TaskGroup("pairs_by_chain"):
        a, b, c, d = tasks("abcd")
        chain([a, b], [c, d])
    with TaskGroup("pairs_by_shift"):
        a, b, c, d = tasks("abcd")
        a >> c
        b >> d


@dag(
    description="The same graphs in every spelling of a dependency",
    schedule=None,
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    default_args={
        "owner": "platform",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=1),
    },
    doc_md=__doc__,
    tags=["reference", "authoring"],
)
def dependency_spellings() -> None:
    """Build all groups."""
    lines()
    diamonds()
    crosses()
    pairs()


dependency_spellings()
