from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.assertions.notation import parse, write
from dagcheck.errors import UsageError

IDS = st.one_of(st.sampled_from("abcdefg"), st.from_regex(r"[\w.-]{1,6}", fullmatch=True))
EDGES = st.sets(st.tuples(IDS, IDS), min_size=1, max_size=14)


def edges(text: str) -> list[str]:
    return sorted(f"{upstream} {downstream}" for upstream, downstream in parse(text).edges)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a >> b", ["a b"]),
        ("a >> b >> c", ["a b", "b c"]),
        ("a << b << c", ["b a", "c b"]),
        ("a >> b << c", ["a b", "c b"]),
        ("a >> [b, c] >> d", ["a b", "a c", "b d", "c d"]),
        ("[a, b] << c", ["c a", "c b"]),
        ("a >> (b, c)", ["a b", "a c"]),
        ("a >> [b >> c, d]", ["a c", "a d", "b c"]),
        ("a >> b; c >> d", ["a b", "c d"]),
        ("a >> b\nb >> c  # the end", ["a b", "b c"]),
        ("\n    a >> b\n    b >> c\n", ["a b", "b c"]),
        ("(\n a\n >> b\n)", ["a b"]),
        ("chain(a, b, c)", ["a b", "b c"]),
        ("chain(a, [b, c], [d, e], f)", ["a b", "a c", "b d", "c e", "d f", "e f"]),
        ("chain(a, [Label('x'), Label('y')], [b, c])", ["a b", "a c"]),
        ("chain_linear(a, [b, c], [d, e])", ["a b", "a c", "b d", "b e", "c d", "c e"]),
        ("cross_downstream([a, b], [c, d])", ["a c", "a d", "b c", "b d"]),
        ("a >> Label('yes') >> b", ["a b"]),
        ("a << Label('yes') << b", ["b a"]),
        ("a.set_downstream([b, c])", ["a b", "a c"]),
        ("a.set_upstream(b)", ["b a"]),
        ("group.a >> load-orders-2 >> 'import'", ["group.a load-orders-2", "load-orders-2 import"]),
        ("a", []),
    ],
)
def test_a_text_says_what_it_says_in_a_dag_file(text: str, expected: list[str]) -> None:
    assert edges(text) == expected


def test_every_id_is_named_in_the_order_of_mention() -> None:
    assert parse("c >> a\nb").names == ("c", "a", "b")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a >> ", "can't be read"),
        ("", "no task is named"),
        ("x = a >> b", "says nothing about dependencies"),
        ("[a, b] >> [c, d]", "write cross_downstream"),
        ("a >> [b, c] >> [d, e]", "write cross_downstream"),
        ("a >> [b, [c]]", "a list within a list"),
        ("chain([a, b], [c])", "different lengths: a, b and c"),
        ("chian(a, b)", "did you mean 'chain'?"),
        ("extract() >> load()", "write task ids, not calls"),
        ("chain(a, b, strict=True)", "takes no keywords"),
        ("a > b", "'a > b' is not an id"),
        ("a - b >> c", "'a - b' is not an id"),
        ("'a b' >> c", "'a b' is not an id"),
        ("import >> a", "odd ids in quotes"),
    ],
)
def test_what_airflow_would_refuse_is_a_mistake_in_the_test(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert told in str(caught.value)


@given(EDGES)
def test_what_is_written_is_read_again(edges: set[tuple[str, str]]) -> None:
    assert set(parse("\n".join(write(edges))).edges) == edges


@pytest.mark.parametrize(
    "lines",
    [
        ["extract >> [transform_a, transform_b] >> load"],
        ["a >> b >> c"],
        ["cross_downstream([a, b], [c, d])"],
        ["'import' >> 'load-orders'"],
        ["a >> b >> a"],
    ],
)
def test_a_graph_is_written_as_a_person_would(lines: list[str]) -> None:
    drawing = parse("\n".join(lines))
    assert write(drawing.edges, drawing.names) == lines
