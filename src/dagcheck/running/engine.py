"""One run of a DAG on a virtual clock: a scheduler's pass, then everything that is ready, until nothing is left.

The pass is DagRun.task_instance_scheduling_decisions, the loop is that of `dag.test()`: what a pass decides is seen by
the next one, so that a skip moves on by one level per pass while ready tasks run. Where a real scheduler's timing
would matter, `races` says so.
"""

from __future__ import annotations

import datetime
import heapq
import itertools

from dagcheck.running.attempt import UNMAPPED, Attempt, CallbackCall, Ending, Runner
from dagcheck.running.instances import Instance, Instances
from dagcheck.running.judging import judge
from dagcheck.running.plan import Plan
from dagcheck.running.races import Races
from dagcheck.running.retrying import retry_delay
from dagcheck.running.rules import FAILED, FINISHED, RUN, SKIPPED, SUCCESS, UPSTREAM_FAILED, WAIT
from dagcheck.running.starting import REFUSED, is_refused
from dagcheck.running.viewing import View

_SCHEDULABLE = frozenset({None, "up_for_retry", "up_for_reschedule"})
_NO_TIME = datetime.timedelta(0)


class Engine:
    """Runs a plan once; afterwards `instances`, `order`, `state`, `reason` and `races` tell what happened."""

    def __init__(self, plan: Plan, runner: Runner, start: datetime.datetime, logical_date: object = None) -> None:
        """Take the virtual time of the start; the logical date is needed for the jitter of backoffs alone."""
        self.plan = plan
        self.now = start
        self.instances = Instances(plan)
        self.view = View(self.instances)
        self.order: list[str] = []
        self.races = Races(self.instances)
        self.callbacks: tuple[CallbackCall, ...] = ()
        self.state = "running"
        self.reason = ""
        self._runner = runner
        self._identity = f"{plan.graph.dag_id}#{{}}#{logical_date}"
        self._timers: list[tuple[datetime.datetime, int, Instance, Ending | None]] = []
        self._sequence = itertools.count()

    def run(self) -> None:
        """Run until everything has ended, or nothing can go on."""
        self._runner.begin(self.view)
        while True:
            ready = self._look()
            self.races.wave = set(ready)
            for instance in ready:
                self._run(instance)
            if not ready and not self.instances.dirty and not self._wake():
                break
        self.races.close()
        self._finish()

    def _finish(self) -> None:
        """Decide on the run's state, as DagRun.update_state."""
        if any(one.state not in FINISHED for one in self.instances):
            self.state, self.reason = FAILED, "all_tasks_deadlocked"
        elif any(one.state in {FAILED, UPSTREAM_FAILED} for one in self.instances.of(self.plan.leaves)):
            self.state, self.reason = FAILED, "task_failure"
        else:
            self.state, self.reason = SUCCESS, "success"
        self.callbacks = self._runner.finish(self.state, self.reason)

    def _look(self) -> list[Instance]:
        """One scheduler pass over those whose parents changed; return what is ready, the heaviest first."""
        dirty, self.instances.dirty = sorted(self.instances.dirty), set()
        ready: list[Instance] = []
        decided: list[tuple[Instance, str]] = []
        for position in dirty:
            for instance in self.instances.by_position[position]:  # grows when one of them is expanded
                if instance.state in _SCHEDULABLE:
                    self._consider(instance, ready, decided)
        for instance, state in decided:
            self.instances.set_state(instance, state)
        ready.sort(key=lambda one: -one.node.task.weight)
        return ready

    def _consider(self, instance: Instance, ready: list[Instance], decided: list[tuple[Instance, str]]) -> None:
        found, cause = judge(self.instances, instance)
        if found == RUN and instance.map_index == UNMAPPED and instance.node.task.is_mapped:
            count = self.instances.expanded_count(instance.node)
            if count:
                self.instances.expand(instance, count)
                self._consider(instance, ready, decided)
                return
            found, cause = (UPSTREAM_FAILED, "mapped over") if count is None else (SKIPPED, "nothing to map over")
        if found == RUN:
            if instance.not_before is None or instance.not_before <= self.now:
                ready.append(instance)
        elif found != WAIT:
            instance.cause = cause
            decided.append((instance, found))

    def _run(self, instance: Instance) -> None:
        """Call the runner for one instance and put its ending into effect, now or when its virtual time is over."""
        task = instance.node.task
        if instance.state != "up_for_reschedule" and instance.deferral is None:
            instance.tries += 1
            instance.first_start, instance.reschedules = self.now, 0
        self.order.append(instance.key)
        attempt = Attempt(
            task_id=task.task_id,
            map_index=instance.map_index,
            try_number=instance.tries,
            start=self.now,
            first_start=instance.first_start or self.now,
            may_retry=instance.tries <= task.retries.count,
            reschedules=instance.reschedules,
            deferral=instance.deferral,
        )
        self.instances.set_state(instance, "running")  # an order within this wave may have ended it already
        instance.deferral, instance.cause = None, None
        refuses = self.plan.semantics.start_needs_group_lengths and is_refused(self.instances, instance)
        ending = REFUSED if refuses else self._runner.run(attempt)
        state = self._state_after(instance, ending)
        instance.attempts.append((attempt, ending, state))
        if ending.duration > _NO_TIME:
            self._timer(self.now + ending.duration, instance, ending)
        else:
            self._end(instance, ending, state)

    def _state_after(self, instance: Instance, ending: Ending) -> str:
        may_retry = ending.state == FAILED and ending.retryable and instance.tries <= instance.node.task.retries.count
        return "up_for_retry" if may_retry else ending.state

    def _end(self, instance: Instance, ending: Ending, state: str) -> None:
        for order in ending.skip_orders:
            instance.order = order
            self._skip(instance, order.now)
        self.instances.set_state(instance, state)
        if state == "up_for_retry":
            self._timer(self.now + self._retry_delay(instance, ending), instance)
        elif state == "up_for_reschedule":
            instance.reschedules += 1
            self._timer(ending.reschedule_at or self.now, instance)
        elif state == "deferred":
            instance.deferral = ending.deferral
            self._timer(ending.deferral.resume_at if ending.deferral else self.now, instance)
        elif state == FAILED and self.plan.graph.fail_fast:
            self._stop_others(instance)

    def _retry_delay(self, instance: Instance, ending: Ending) -> datetime.timedelta:
        if ending.retry_delay is not None:
            return ending.retry_delay
        identity = self._identity.format(instance.node.task.task_id)
        counts_next = self.plan.semantics.backoff_counts_next_try
        return retry_delay(instance.node.task.retries, identity, instance.tries, counts_next=counts_next)

    def _skip(self, by: Instance, now: tuple[tuple[str, int | None], ...]) -> None:
        """Set task instances skipped at once, as SkipMixin on Airflow 2 and the API server's skip-downstream on 3."""
        for task_id, map_index in now:
            for one in self.instances.by_position[self.plan.positions[task_id]]:
                if map_index is None or one.map_index == map_index:
                    self._skip_one(by, one)

    def _skip_one(self, by: Instance, one: Instance) -> None:
        self.races.ordered(by, one)
        if self.plan.semantics.skip_spares_finished and one.state in {"running", SUCCESS, FAILED}:
            return
        one.cause = by.key
        self.instances.set_state(one, SKIPPED)

    def _stop_others(self, failed: Instance) -> None:
        """Skip everything that has not ended, as _stop_remaining_tasks (models/taskinstance.py, 2.7 to 3.3)."""
        self.races.stopped(failed)
        for one in self.instances:
            same_task = one.node is failed.node
            if same_task or one.state in {SUCCESS, FAILED} or one.node.task.is_teardown:
                continue
            one.cause = failed.key
            self.instances.set_state(one, FAILED if one.state == "running" else SKIPPED)

    def _timer(self, at: datetime.datetime, instance: Instance, ending: Ending | None = None) -> None:
        if ending is None:
            instance.not_before = at
        heapq.heappush(self._timers, (at, next(self._sequence), instance, ending))

    def _wake(self) -> bool:
        """Move the clock on to the next thing that happens; tell whether there is any."""
        while self._timers:
            at, _, instance, ending = heapq.heappop(self._timers)
            self.now = max(self.now, at)
            if ending is not None and instance.state == "running":
                self._end(instance, ending, instance.attempts[-1][2])
            elif ending is None and instance.state == "deferred":
                self._run(instance)
            elif ending is None and instance.state in _SCHEDULABLE:
                self.instances.dirty.add(instance.node.position)
            else:
                continue  # an order or another task's failure ended it meanwhile
            return True
        return False
