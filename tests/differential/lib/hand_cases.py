"""What branches may return and Airflow does not check, and what else is easily got wrong; each with its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shapes import Expands, Group, Shape, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`states` are those on every Airflow version that `test_hand_cases` does not except."""

    shape: Shape
    states: dict[str, str]
    state: str = "success"


# above >> choose >> [left, right]; left >> deeper; [deeper, right] >> join; aside stands alone
_EDGES = (
    ("above", "choose"), ("choose", "left"), ("choose", "right"), ("left", "deeper"), ("deeper", "join"),
    ("right", "join"),
)  # fmt: skip


def _branch(name: str, answer: Any, state: str = "success", **states: str) -> Case:
    tasks = (
        Task(id="above"), Task(id="aside"), Task(id="choose", kind="branch", answer=answer), Task(id="left"),
        Task(id="right"), Task(id="deeper"), Task(id="join", rule="none_failed_min_one_success"),
    )  # fmt: skip
    ended = dict.fromkeys((task.id for task in tasks), "success")
    return Case(shape=Shape(name=name, tasks=tasks, edges=_EDGES), states={**ended, **states}, state=state)


_LEFT_SKIPPED = {"left": "skipped", "deeper": "skipped"}
_ALL_SKIPPED = {**_LEFT_SKIPPED, "right": "skipped", "join": "skipped"}
_FAILED = {"choose": "failed", **dict.fromkeys(("left", "right", "deeper", "join"), "upstream_failed")}

# before >> choose >> [first, second] with the tasks first.a >> first.b, second.c; all >> join
_NO_GROUP = dict.fromkeys(("first.a", "first.inner.b", "second.c", "join"), "skipped")
_GROUPS = (Group(id="first"), Group(id="first.inner", parent="first"), Group(id="second"))


def _to_group(name: str, answer: Any, **states: str) -> Case:
    tasks = (
        Task(id="choose", kind="branch", answer=answer), Task(id="first.a", group="first"),
        Task(id="first.inner.b", group="first.inner"), Task(id="second.c", group="second"),
        Task(id="join", rule="none_failed_min_one_success"),
    )  # fmt: skip
    edges = (
        ("choose", "first"),
        ("choose", "second"),
        ("first.a", "first.inner"),
        ("first", "join"),
        ("second", "join"),
    )
    ended = dict.fromkeys((task.id for task in tasks), "success")
    return Case(shape=Shape(name=name, tasks=tasks, groups=_GROUPS, edges=edges), states={**ended, **states})


def _mapped_group(name: str, *, inside: bool) -> Case:
    """A branch before a mapped group, or in it with another answer for each instance."""
    group = Group(id="each", expands=Expands(count=2))
    choose = Task(
        id="each.choose" if inside else "choose", group="each" if inside else None, kind="branch",
        answer="each.left" if inside else "other", otherwise="each.right" if inside else None,
    )  # fmt: skip
    tasks = (
        choose, Task(id="each.left", group="each"), Task(id="each.right", group="each"), Task(id="other"),
        Task(id="join", rule="none_failed_min_one_success"),
    )  # fmt: skip
    to = (
        (("each.choose", "each.left"), ("each.choose", "each.right"))
        if inside
        else (("choose", "each"), ("choose", "other"))
    )
    edges = (*to, ("each", "join"), ("other", "join"))
    instances = {f"each.{side}[{index}]": "skipped" for side in ("left", "right") for index in (0, 1)}
    if inside:
        instances |= {"each.left[0]": "success", "each.right[1]": "success"}
        instances |= {"each.choose[0]": "success", "each.choose[1]": "success"}
    else:
        instances["choose"] = "success"
    states = {**instances, "other": "success", "join": "success"}
    return Case(shape=Shape(name=name, tasks=tasks, groups=(group,), edges=edges), states=states)


def _mapped_branch() -> Case:
    """A branch that is mapped itself, as are those below it."""
    two = Expands(count=2)
    tasks = (
        Task(id="choose", kind="branch", answer="left", expands=two), Task(id="left", expands=two),
        Task(id="right", expands=two),
    )  # fmt: skip
    shape = Shape(name="a_mapped_branch", tasks=tasks, edges=(("choose", "left"), ("choose", "right")))
    ended = {"choose": "success", "left": "success", "right": "skipped"}
    return Case(shape=shape, states={f"{task}[{i}]": state for task, state in ended.items() for i in (0, 1)})


def _short_circuit(name: str, *, ignore_downstream: bool, **states: str) -> Case:
    tasks = (
        Task(id="check", kind="short_circuit", answer=False, ignore_downstream=ignore_downstream), Task(id="direct"),
        Task(id="below", rule="all_done"),
    )  # fmt: skip
    shape = Shape(name=name, tasks=tasks, edges=(("check", "direct"), ("direct", "below")))
    return Case(shape=shape, states={"check": "success", "direct": "skipped", **states})


def _mapped(name: str, source: Task, states: dict[str, str], state: str = "success", rule: str = "all_success") -> Case:
    tasks = (source, Task(id="each", rule=rule, expands=Expands(source=source.id)), Task(id="after"))
    return Case(shape=Shape(name=name, tasks=tasks, edges=(("each", "after"),)), states=states, state=state)


def _group_over_a_skip(name: str, rule: str = "all_success") -> Case:
    """Two tasks in a group that is mapped over a skipped task."""
    tasks = (
        Task(id="list", kind="list", behaviours=("skip",)), Task(id="each.first", group="each", rule=rule),
        Task(id="each.second", group="each", rule="none_failed_min_one_success"),
    )  # fmt: skip
    group = Group(id="each", expands=Expands(source="list"))
    shape = Shape(name=name, tasks=tasks, groups=(group,), edges=(("each.first", "each.second"),))
    return Case(shape=shape, states=dict.fromkeys((task.id for task in tasks), "skipped"))


def _teardown(name: str, *, fails_run: bool) -> Case:
    """A teardown whose setup worked runs after a failed task, and decides over the run only if it may."""
    tasks = (
        Task(id="set_up", setup=True), Task(id="use", behaviours=("skip",)),
        Task(id="tear_down", teardown_of=("set_up",), behaviours=("fail",), fails_run=fails_run),
    )  # fmt: skip
    shape = Shape(name=name, tasks=tasks, edges=(("set_up", "use"), ("use", "tear_down")))
    states = {"set_up": "success", "use": "skipped", "tear_down": "failed"}
    return Case(shape=shape, states=states, state="failed" if fails_run else "success")


_ALL = (
    _branch("one_id", "left", right="skipped"),
    _branch("a_list", ["left", "right"]),
    _branch("a_tuple", ("left",), right="skipped"),
    _branch("a_set_as_list", ["right"], **_LEFT_SKIPPED),
    _branch("nothing", None, **_ALL_SKIPPED),
    _branch("an_empty_list", [], **_ALL_SKIPPED),
    _branch("further_down", "deeper", **_ALL_SKIPPED),
    _branch("the_join_below_all", "join", **_ALL_SKIPPED),
    _branch("itself", "choose"),
    _branch("upstream", "above"),
    _branch("unrelated", "aside", **_ALL_SKIPPED),
    _branch("unknown", "no_such_task", "failed", **_FAILED),
    _branch("a_number", [7], "failed", **_FAILED),
    _branch("a_mix", ["left", "aside"], right="skipped"),
    _branch("a_good_and_an_unknown", ["left", "no_such_task"], "failed", **_FAILED),
    _to_group("a_group", "first", **{"second.c": "skipped"}),
    _to_group("the_other_group", ["second"], **{"first.a": "skipped", "first.inner.b": "skipped"}),
    _to_group("a_task_in_a_group", "first.a", **{"second.c": "skipped"}),
    _to_group("a_group_further_down", "first.inner", **_NO_GROUP),
    _mapped_group("before_a_mapped_group", inside=False),
    _mapped_group("in_a_mapped_group", inside=True),
    _mapped_branch(),
    _short_circuit("short_circuit_of_everything", ignore_downstream=True, below="skipped"),
    _short_circuit("short_circuit_of_direct_ones", ignore_downstream=False, below="success"),
    _mapped("mapped_over_nothing", Task(id="list", kind="list", length=0),
            {"list": "success", "each": "skipped", "after": "skipped"}),
    _mapped("mapped_over_a_failure", Task(id="list", kind="list", behaviours=("fail",)),
            {"list": "failed", "each": "upstream_failed", "after": "upstream_failed"}, "failed"),
    _mapped("mapped_over_a_skip", Task(id="list", kind="list", behaviours=("skip",)),
            {"list": "skipped", "each": "skipped", "after": "skipped"}),
    _mapped("mapped_over_a_skip_with_a_rule", Task(id="list", kind="list", behaviours=("skip",)),
            {"list": "skipped", "each": "skipped", "after": "skipped"}, rule="none_failed_min_one_success"),
    _group_over_a_skip("a_group_over_a_skip"),
    _group_over_a_skip("a_group_with_a_rule_over_a_skip", "none_failed_min_one_success"),
    _teardown("a_teardown_that_fails", fails_run=False),
    _teardown("a_teardown_that_fails_the_run", fails_run=True),
)  # fmt: skip
CASES = {case.shape.name: case for case in _ALL}
