"""Trigger rules as pure functions: what a task instance may do, given the states of its parents.

They follow `airflow/ti_deps/deps/trigger_rule_dep.py` of 2.7.3 to 3.3.2, early verdicts included: a rule may decide
before all parents are done. `tests/conformance` compares them with the installed class, exhaustively.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dagcheck.running.semantics import Semantics

RUN = "run"
WAIT = "wait"
SUCCESS = "success"
SKIPPED = "skipped"
FAILED = "failed"
UPSTREAM_FAILED = "upstream_failed"
REMOVED = "removed"
FINISHED = frozenset({SUCCESS, SKIPPED, FAILED, UPSTREAM_FAILED, REMOVED})


@dataclass(slots=True)
class Parents:
    """How many relevant upstream task instances are in each final state; `total` and `setups` count all of them."""

    total: int = 0
    setups: int = 0
    success: int = 0
    skipped: int = 0
    failed: int = 0
    upstream_failed: int = 0
    removed: int = 0
    success_setups: int = 0
    skipped_setups: int = 0

    @property
    def done(self) -> int:
        """How many have ended."""
        return self.success + self.skipped + self.failed + self.upstream_failed + self.removed

    @property
    def all_done(self) -> bool:
        """Tell whether none is left to wait for."""
        return self.done >= self.total

    @property
    def any_failed(self) -> bool:
        """Tell whether one failed, itself or by its own parents."""
        return bool(self.failed or self.upstream_failed)

    def count(self, state: str | None, *, setup: bool, by: int = 1) -> None:
        """Add `by` instances in a final state; any other state counts nothing."""
        if state not in FINISHED:
            return
        setattr(self, state, getattr(self, state) + by)
        if setup and state in {SUCCESS, SKIPPED}:
            name = f"{state}_setups"
            setattr(self, name, getattr(self, name) + by)


Rule = Callable[[Parents, int, Semantics], str]


def _forgiven(parents: Parents, map_index: int, semantics: Semantics) -> int:
    return parents.removed if map_index > -1 or semantics.removed_is_forgiven else 0


def _all_success(parents: Parents, map_index: int, semantics: Semantics) -> str:
    early = _setup_state(parents, map_index)
    if early:
        return early
    return WAIT if parents.total - parents.success > _forgiven(parents, map_index, semantics) else RUN


def _all_failed(parents: Parents, map_index: int, semantics: Semantics) -> str:
    if parents.success or parents.skipped:
        return SKIPPED
    others = parents.total - parents.failed - parents.upstream_failed
    return WAIT if others > _forgiven(parents, map_index, semantics) else RUN


def _all_done(parents: Parents, _map_index: int, _semantics: Semantics) -> str:
    return RUN if parents.all_done else WAIT


def _all_skipped(parents: Parents, _map_index: int, _semantics: Semantics) -> str:
    if parents.success or parents.any_failed:
        return SKIPPED
    return WAIT if parents.total > parents.skipped else RUN


def _all_done_min_one_success(parents: Parents, _map_index: int, _semantics: Semantics) -> str:
    if parents.skipped:
        return SKIPPED
    if not parents.all_done:
        return WAIT
    return RUN if parents.success else UPSTREAM_FAILED


def _all_done_setup_success(parents: Parents, _map_index: int, _semantics: Semantics) -> str:
    if not parents.all_done:
        return WAIT
    if parents.setups and parents.skipped_setups >= parents.setups:
        return SKIPPED
    return UPSTREAM_FAILED if parents.setups and not parents.success_setups else RUN


def _one_success(parents: Parents, _map_index: int, _semantics: Semantics) -> str:
    if parents.all_done and parents.done == parents.skipped:
        return SKIPPED
    if parents.all_done and not parents.success:
        return UPSTREAM_FAILED
    return RUN if parents.success else WAIT


def _one_failed(parents: Parents, _map_index: int, _semantics: Semantics) -> str:
    if parents.any_failed:
        return RUN
    return SKIPPED if parents.all_done else WAIT


def _one_done(parents: Parents, _map_index: int, _semantics: Semantics) -> str:
    if parents.success or parents.failed:
        return RUN
    return SKIPPED if parents.all_done else WAIT


def _none_failed(parents: Parents, map_index: int, semantics: Semantics) -> str:
    if parents.any_failed:
        return UPSTREAM_FAILED
    others = parents.total - parents.success - parents.skipped
    return WAIT if others > _forgiven(parents, map_index, semantics) else RUN


def _none_failed_min_one_success(parents: Parents, map_index: int, semantics: Semantics) -> str:
    if parents.any_failed:
        return UPSTREAM_FAILED
    if parents.skipped == parents.total:
        return SKIPPED
    if semantics.one_success_is_needed and not parents.success:
        return UPSTREAM_FAILED if parents.all_done else WAIT
    return _none_failed(parents, map_index, semantics)


def _none_skipped(parents: Parents, _map_index: int, _semantics: Semantics) -> str:
    if parents.skipped:
        return SKIPPED
    return RUN if parents.all_done else WAIT


def _always(_parents: Parents, _map_index: int, _semantics: Semantics) -> str:
    return RUN


RULES: Mapping[str, Rule] = {
    "all_success": _all_success,
    "all_failed": _all_failed,
    "all_done": _all_done,
    "all_done_min_one_success": _all_done_min_one_success,
    "all_done_setup_success": _all_done_setup_success,
    "all_skipped": _all_skipped,
    "always": _always,
    "none_failed": _none_failed,
    "none_failed_min_one_success": _none_failed_min_one_success,
    "none_skipped": _none_skipped,
    "one_done": _one_done,
    "one_failed": _one_failed,
    "one_success": _one_success,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What setup and teardown add to a trigger rule.

    `setups` counts the setups above that are no direct parents (None if there are none; never for a teardown).
    `scope_done` tells for a teardown that everything between its setups and itself has ended.
    """

    setups: Parents | None = None
    scope_done: bool = True


_PLAIN = Surroundings()


def verdict(
    rule: str, parents: Parents, semantics: Semantics, *, map_index: int = -1, around: Surroundings = _PLAIN
) -> str:
    """Return RUN, WAIT, or the final state that a task instance with parents gets without running.

    The rule `always` lets it run at once, whatever its setups do; so does having no upstream task (not asked here).
    """
    if rule == "always":
        return RUN
    setup_state, blocked = _setup_verdict(around.setups, map_index)
    if setup_state and blocked:
        return setup_state
    own = RULES[rule](parents, map_index, semantics)
    if own not in {RUN, WAIT}:
        return own
    if setup_state:
        return setup_state
    if blocked or (semantics.teardown_waits_for_scope and not around.scope_done):
        return WAIT
    return own


def _setup_state(parents: Parents, map_index: int) -> str | None:
    """The state that `all_success`, and a setup further up, give before all parents are done."""
    if parents.any_failed:
        return UPSTREAM_FAILED
    if parents.skipped:
        return SKIPPED
    return REMOVED if parents.removed and parents.success and map_index >= parents.success else None


def _setup_verdict(setups: Parents | None, map_index: int) -> tuple[str | None, bool]:
    """The state that setups further up give, and whether they hold the task back."""
    if setups is None:
        return None, False
    waiting = setups.total - setups.success - (setups.removed if map_index > -1 else 0)
    return _setup_state(setups, map_index), waiting > 0
