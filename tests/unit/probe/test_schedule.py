from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dagcheck.probe.schedule import BATCH, Run, Schedule


@dataclass
class File:
    """What a file does to its process: `spoils` it, seen at once or by a mark only; `ends` it.

    One that `registers` something raises where another one has done so, and spoils nothing.
    """

    spoils: str  # "no", "seen", "unseen"
    ends: str  # "no", "crash", "hang"
    registers: bool


@dataclass
class Process:
    """A worker: the file at hand, and whether an earlier file has spoilt the process."""

    run: Run
    spoilt: bool = False
    current: int | None = None
    marks: bool = False
    registered: bool = False


FILES = st.lists(
    st.builds(
        File,
        spoils=st.sampled_from(["no", "no", "no", "seen", "unseen"]),
        ends=st.sampled_from(["no", "no", "no", "crash", "hang"]),
        registers=st.booleans(),
    ),
    min_size=1,
    max_size=BATCH + 8,
)


class Probe(RuleBasedStateMachine):
    """A supervisor without processes.

    A record is told as `innocent`, or as `spoilt` if it comes from a process that another file had spoilt, where
    anything may happen to an innocent file.
    """

    @initialize(files=FILES, workers=st.integers(1, 3), alone=st.booleans())
    def begin(self, files: list[File], workers: int, alone: bool) -> None:  # noqa: FBT001 - a strategy's value
        self.files, self.most = files, workers
        self.processes: list[Process] = []
        self.finals: list[tuple[int, str]] = []
        self.loads: Counter[int] = Counter()
        self.schedule = Schedule(range(len(files)), workers, self.take, alone=alone)

    def take(self, number: int, record: str) -> None:
        self.finals.append((number, record))

    @rule()
    def start(self) -> None:
        if len(self.processes) < self.most and self.schedule.has_work:
            process = Process(self.schedule.open())
            self.processes.append(process)
            self.give(process)

    def give(self, process: Process) -> None:
        process.current = self.schedule.next(process.run)
        process.marks = False
        if process.current is not None:
            self.loads[process.current] += 1
        elif process.run.wants_mark:
            process.marks = True
        else:
            self.processes.remove(process)

    @precondition(lambda self: self.processes)
    @rule(which=st.integers(min_value=0), whim=st.sampled_from(["no", "no", "crash", "hang"]))
    def answer(self, which: int, whim: str) -> None:
        """The worker answers, or ends; `whim` is what a spoilt process does to the file at hand."""
        process = self.processes[which % len(self.processes)]
        if process.marks:
            goes_on = self.schedule.marked(process.run, changed=process.spoilt)
        else:
            assert process.current is not None
            file = self.files[process.current]
            ends = file.ends if file.ends != "no" or not process.spoilt else whim
            record = "spoilt" if process.spoilt else "innocent"
            if ends != "no":
                self.schedule.died(process.run, record, repeat=ends == "crash")
                self.processes.remove(process)
                return
            process.spoilt = process.spoilt or file.spoils != "no"
            seen = file.spoils == "seen" or (process.run.fresh and process.spoilt)
            raised = file.registers and process.registered
            process.registered = process.registered or file.registers
            record = "raised" if raised else record
            goes_on = self.schedule.loaded(process.run, record, dirty=seen, raised=raised)
        if goes_on:
            self.give(process)
        else:
            self.processes.remove(process)

    @precondition(lambda self: any(process.marks for process in self.processes))
    @rule()
    def end_while_marking(self) -> None:
        process = next(process for process in self.processes if process.marks)
        self.schedule.died(process.run, "innocent", repeat=True)
        self.processes.remove(process)

    @invariant()
    def no_file_is_final_twice(self) -> None:
        if hasattr(self, "finals"):
            assert len({number for number, _ in self.finals}) == len(self.finals)

    @invariant()
    def no_record_of_a_spoilt_process_is_final(self) -> None:
        if hasattr(self, "finals"):
            assert {record for _, record in self.finals} <= {"innocent"}

    @invariant()
    def nothing_is_loaded_more_often_than_needed(self) -> None:
        if hasattr(self, "loads"):
            assert all(times <= 3 for times in self.loads.values())

    def teardown(self) -> None:
        """Let it come to its end: it must."""
        if not hasattr(self, "files"):
            return
        for _ in range(10 * len(self.files) + 10):
            self.start()
            if not self.processes:
                break
            self.answer(0, "no")
        assert sorted(number for number, _ in self.finals) == list(range(len(self.files)))
        self.no_record_of_a_spoilt_process_is_final()


TestWhateverHappens = Probe.TestCase
TestWhateverHappens.settings = settings(max_examples=150, stateful_step_count=60)


@dataclass
class Told:
    """The records that a schedule called final, in order."""

    finals: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, record: str) -> None:
        self.finals.append((number, record))


@pytest.fixture
def told() -> Told:
    return Told()


def load(schedule: Schedule, run: Run, record: str, *, dirty: bool = False) -> bool:
    """Returns whether the worker goes on: one whose only file it is, after its mark."""
    schedule.next(run)
    goes_on = schedule.loaded(run, record, dirty=dirty)
    return schedule.marked(run, changed=False) if run.answer else goes_on


def test_files_are_given_out_in_their_order(told: Told) -> None:
    schedule = Schedule([5, 3, 9] * 20, 1, told.take)
    run = schedule.open()
    given = []
    for _ in range(3):
        given.append(schedule.next(run))
        schedule.loaded(run, "", dirty=False)
    assert given == [5, 3, 9]


def test_a_record_is_final_only_after_a_mark(told: Told) -> None:
    schedule = Schedule([0], 1, told.take)
    run = schedule.open()
    load(schedule, run, "zero")
    before = list(told.finals)
    schedule.marked(run, changed=False)
    assert (before, told.finals) == ([], [(0, "zero")])


def test_no_more_files_than_a_batch_are_loaded_between_two_marks(told: Told) -> None:
    schedule = Schedule(range(1_000), 2, told.take)
    run = schedule.open()
    while schedule.next(run) is not None:
        schedule.loaded(run, "", dirty=False)
    assert len(run.pending) == BATCH


def test_few_files_are_shared_among_the_workers(told: Told) -> None:
    schedule = Schedule(range(16), 2, told.take)
    run = schedule.open()
    while schedule.next(run) is not None:
        schedule.loaded(run, "", dirty=False)
    assert len(run.pending) == 2


def test_a_file_that_raised_after_another_is_loaded_again_alone(told: Told) -> None:
    schedule = Schedule([0, 1], 1, told.take)
    run = schedule.open()
    load(schedule, run, "zero")
    schedule.marked(run, changed=False)
    schedule.next(run)
    assert schedule.loaded(run, "raised", dirty=False, raised=True)
    schedule.marked(run, changed=False)
    load(schedule, schedule.open(), "one")
    assert told.finals == [(0, "zero"), (1, "one")]


def test_a_file_that_raised_may_have_ended_the_process_of_the_next(told: Told) -> None:
    schedule = Schedule(range(24), 2, told.take)  # three between two marks
    run = schedule.open()
    load(schedule, run, "zero")
    schedule.next(run)
    schedule.loaded(run, "raised", dirty=False, raised=True)
    schedule.next(run)
    schedule.died(run, "hangs", repeat=False)
    assert told.finals == []


def test_a_file_that_raised_in_a_fresh_process_is_not_loaded_again(told: Told) -> None:
    schedule = Schedule([0], 1, told.take)
    run = schedule.open()
    schedule.next(run)
    schedule.loaded(run, "raised", dirty=False, raised=True)
    schedule.marked(run, changed=False)
    assert told.finals == [(0, "raised")]


def test_a_file_that_visibly_changed_its_process_is_loaded_again_alone(told: Told) -> None:
    schedule = Schedule(range(8), 1, told.take)
    run = schedule.open()
    load(schedule, run, "0")
    goes_on = load(schedule, run, "1", dirty=True)
    load(schedule, Run(alone=True), "0 alone")
    load(schedule, Run(alone=True), "1 alone", dirty=True)
    assert (goes_on, told.finals) == (False, [(0, "0 alone"), (1, "1 alone")])


def test_a_file_that_visibly_changed_a_fresh_process_is_not_loaded_again(told: Told) -> None:
    schedule = Schedule([0], 1, told.take)
    run = schedule.open()
    schedule.next(run)
    goes_on = schedule.loaded(run, "dirty", dirty=True)
    assert (goes_on, run.wants_mark, schedule.next(run), told.finals) == (True, True, None, [])
    assert schedule.marked(run, changed=False) is False
    assert (told.finals, schedule.has_work) == ([(0, "dirty")], False)


def test_a_file_that_ends_a_fresh_process_only_later_is_loaded_again_alone(told: Told) -> None:
    schedule = Schedule([0], 1, told.take)
    run = schedule.open()
    schedule.next(run)
    schedule.loaded(run, "dirty", dirty=True)
    schedule.died(run, "ended", repeat=True)
    load(schedule, schedule.open(), "alone")
    assert (told.finals, schedule.has_work) == ([(0, "alone")], False)


def test_the_files_before_a_changed_mark_are_loaded_again_alone(told: Told) -> None:
    schedule = Schedule(range(8), 1, told.take)
    run = schedule.open()
    load(schedule, run, "0")
    load(schedule, run, "1")
    schedule.marked(run, changed=True)
    assert told.finals == []
    assert schedule.next(Run(alone=True)) == 0
    assert schedule.next(Run(alone=True)) == 1


def test_a_process_of_a_single_file_ends_after_it(told: Told) -> None:
    schedule = Schedule([0, 1], 1, told.take, alone=True)
    run = schedule.open()
    assert load(schedule, run, "zero") is False
    assert told.finals == [(0, "zero")]


def test_a_record_of_a_file_that_is_alone_is_final_only_if_its_process_is_still_there(told: Told) -> None:
    schedule = Schedule([0], 1, told.take, alone=True)
    run = schedule.open()
    schedule.next(run)
    assert schedule.loaded(run, "forged", dirty=False)
    assert (run.wants_mark, schedule.next(run), told.finals) == (True, None, [])
    schedule.died(run, "blamed", repeat=True)
    assert (told.finals, schedule.has_work) == ([(0, "blamed")], False)


def test_a_file_that_ended_its_process_is_tried_once_more_alone(told: Told) -> None:
    schedule = Schedule([0], 1, told.take)
    for record in ("first", "second"):
        run = schedule.open()
        schedule.next(run)
        schedule.died(run, record, repeat=True)
    assert (told.finals, schedule.has_work) == ([(0, "second")], False)


def test_the_first_file_that_hangs_is_not_tried_again(told: Told) -> None:
    schedule = Schedule([0], 1, told.take)
    run = schedule.open()
    schedule.next(run)
    schedule.died(run, "hangs", repeat=False)
    assert (told.finals, schedule.has_work) == ([(0, "hangs")], False)


def hanging_after_another(told: Told) -> Schedule:
    schedule = Schedule(range(8), 1, told.take)
    run = schedule.open()
    load(schedule, run, "0")
    schedule.next(run)
    schedule.died(run, "1 hangs", repeat=False)
    return schedule


def test_a_file_that_hangs_after_an_innocent_one_is_not_tried_again(told: Told) -> None:
    schedule = hanging_after_another(told)
    load(schedule, Run(alone=True), "0 alone", dirty=False)
    assert told.finals == [(0, "0 alone"), (1, "1 hangs")]


def test_a_file_that_hangs_after_a_guilty_one_is_tried_again(told: Told) -> None:
    schedule = hanging_after_another(told)
    load(schedule, Run(alone=True), "0 alone", dirty=True)
    load(schedule, Run(alone=True), "1 alone", dirty=False)
    assert told.finals == [(0, "0 alone"), (1, "1 alone")]


def test_nothing_to_load_is_no_work(told: Told) -> None:
    assert not Schedule([], 2, told.take).has_work
