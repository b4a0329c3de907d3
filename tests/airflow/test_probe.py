"""The probe from outside: what it tells of small folders, whatever their files do to it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dagcheck.probe.client import ProbeError
from dagcheck.record import FileRecord
from probe_runs import AIRFLOW, GOOD, Loaded, load, running, start

# Each attack stands in line 3 or below.
HOSTILE = {
    "crash.py": "import ctypes\nctypes.string_at(0)",
    "exit_hard.py": "import os\nos._exit(0)",
    "exit_soft.py": "import sys\nsys.exit(0)",
    "hang.py": "import time\nwhile True: pass",
    "hang_blocked.py": (
        "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()); time.sleep(60)"
    ),
    "kill_probe.py": "import ctypes, os\nctypes.CDLL(None).kill(os.getppid(), 9); os._exit(9)",
    "memory.py": "import time\nhoard = bytearray(800 << 20); time.sleep(60)",
    "raise.py": "import os\nraise BaseException('done')",
    "stopped.py": "import ctypes, os\nctypes.CDLL(None).kill(os.getpid(), 19)",
    "write_to_channel.py": (
        "import os, contextlib\nfor number in range(3, 5_000):\n    with contextlib.suppress(OSError):\n"
        '        os.write(number, b\'{"kind": "record"}\' * 9)'
    ),
}
# kind, status, last line; None for what differs or is not known
EXPECTED: dict[str, tuple[str, int | None, int | None]] = {
    "crash.py": ("crash", 11, 3),
    "exit_hard.py": ("exit", 0, 3),
    "exit_soft.py": ("exit", 0, 3),
    "hang.py": ("timeout", 3, 3),
    "hang_blocked.py": ("timeout", 3, 3),
    "memory.py": ("memory", 600, 3),
    "raise.py": ("exception", None, 3),
    "stopped.py": ("crash", 19, None),
    "write_to_channel.py": ("forged", None, None),
}
MODES = {"own namespaces": True, "no namespaces": False}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Loaded]:
    """The hostile files with an innocent one before, between and after them, loaded once in each mode."""
    known: dict[str, Loaded] = {}

    def of(mode: str) -> Loaded:
        if mode not in known:
            files = {name: f"{AIRFLOW}{text}\n" for name, text in HOSTILE.items()}
            files |= {f"{name[:-3]}_then_good.py": GOOD for name in HOSTILE} | {"a_good.py": GOOD, "z_good.py": GOOD}
            known[mode] = load(tmp_path_factory.mktemp("hostile"), files, namespaces=MODES[mode])
        return known[mode]

    return of


@pytest.fixture(params=MODES)
def folder(request: pytest.FixtureRequest, hostile: Callable[[str], Loaded]) -> Loaded:
    return hostile(request.param)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_file_is_blamed_for_what_it_did_at_its_line(folder: Loaded, name: str) -> None:
    failure = folder.records[name].failure
    assert failure is not None
    frames = failure.frames or (failure.chain[0].frames if failure.chain else ())
    kind, status, line = EXPECTED[name]
    assert (failure.kind, failure.status) == (kind, status)
    assert line is None or (frames[-1].file, frames[-1].line) == (f"dags/{name}", line)


def test_a_hostile_file_gives_no_dags(folder: Loaded) -> None:
    assert [name for name in HOSTILE if folder.records[name].dags] == []


def test_its_neighbours_are_as_if_it_were_not_there(folder: Loaded) -> None:
    innocent = {name: record for name, record in folder.records.items() if "good" in name}
    assert len(innocent) == len(HOSTILE) + 2
    assert {name: record.failure for name, record in innocent.items() if record.failure} == {}
    assert {tuple(folder.dag_ids(name)) for name in innocent} == {("good",)}
    assert {record.events for record in innocent.values()} == {()}


def test_every_file_is_told_once(folder: Loaded) -> None:
    assert set(folder.times.values()) == {1}
    assert folder.times.keys() == folder.records.keys()


def test_nothing_is_left_running(folder: Loaded) -> None:
    assert folder.left_running == ()


def test_the_time_is_bounded_by_the_hanging_files(folder: Loaded) -> None:
    hanging = sum(kind in ("timeout", "memory") for kind, _, _ in EXPECTED.values())
    assert folder.seconds < 3 * hanging + 60  # two starts of Airflow where the probe is killed


def test_no_namespaces_are_claimed_where_none_are_wanted(hostile: Callable[[str], Loaded]) -> None:
    assert set(hostile("no namespaces").powers.values()) == {False}


def test_a_probe_that_was_killed_starts_again_and_blames_the_file(hostile: Callable[[str], Loaded]) -> None:
    failure = hostile("no namespaces").records["kill_probe.py"].failure
    assert failure is not None
    assert failure.kind == "forged"
    assert "probe ended while this file was loading" in failure.output


def test_a_file_can_not_kill_the_probe_from_within_its_namespace(hostile: Callable[[str], Loaded]) -> None:
    loaded = hostile("own namespaces")
    failure = loaded.records["kill_probe.py"].failure
    assert failure is not None
    assert (failure.kind, failure.status) == (("exit", 9) if loaded.powers["processes"] else ("forged", None))


def test_a_protected_folder_is_out_of_reach_for_c_code_where_the_kernel_offers_it(tmp_path: Path) -> None:
    unlink = (
        "import ctypes, os\nctypes.CDLL(None).unlink(os.path.join(os.path.dirname(__file__), 'z_good.py').encode())\n"
    )
    files = {"a_deleting.py": AIRFLOW + unlink, "z_good.py": GOOD}
    loaded = load(tmp_path, files, workers=1, protected=(str(tmp_path / "dags"),))
    assert (tmp_path / "dags" / "z_good.py").exists() == loaded.powers["files"]


# Goes wherever attributes, closures, items and frames lead from the frames below the file and from what is patched.
SEARCH = """
import atexit, importlib.machinery, os, sys, time
seen, found, open_ones = {}, [], [time.sleep, atexit.register, os._exit, os.mkfifo, *sys.meta_path]
loader = importlib.machinery.SourceFileLoader
open_ones += [loader.source_to_code, loader._cache_bytecode]
OURS = "Guard", "Worker", "Pristine", "Ledger", "Policy", "ParseClock"
try:
    open("/var/tmp/dagcheck-search", "w")
except OSError as error:
    traceback = error.__traceback__
while traceback:
    open_ones.append(traceback.tb_frame)
    traceback = traceback.tb_next
frame = sys._getframe()
while frame:
    open_ones.append(frame)
    frame = frame.f_back
while open_ones:
    value = open_ones.pop()
    kind = type(value)
    if id(value) in seen or kind in (type(sys), type):
        continue
    seen[id(value)] = value
    if kind.__name__ in OURS or (kind is bytes and len(value) == 32):
        found.append(kind.__name__)
    if kind.__name__ == "frame":
        open_ones += value.f_locals.values()
    elif kind in (list, tuple, set, frozenset):
        open_ones += value
    elif kind is dict:
        open_ones += value.values()
    elif kind.__module__.startswith(("dagcheck.", "builtins", "functools", "_socket", "socket", "_io")):
        for name in ("__dict__", "__closure__", "__self__", "__func__", "__defaults__", "__kwdefaults__", "__wrapped__",
                     "cell_contents", "func", "args", "keywords", "_raw", "raw", "buffer"):
            try:
                open_ones.append(getattr(value, name))
            except Exception:
                pass
        for base in kind.__mro__:
            slots = base.__dict__.get("__slots__", ())
            open_ones += [getattr(value, name, None) for name in slots if type(name) is str]
assert not found, found
"""


def test_nothing_that_watches_a_file_is_within_its_reach(tmp_path: Path) -> None:
    (record,) = load(tmp_path, {"search.py": AIRFLOW + SEARCH}, workers=1).records.values()
    assert (record.failure, [event.kind for event in record.events]) == (None, ["file"])


def test_a_failure_that_any_file_meets_is_ours_and_no_file_s(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    spoil = "import dagcheck.sandbox.surroundings\ndagcheck.sandbox.surroundings.Surroundings.restore = None\n"
    (site / "sitecustomize.py").write_text(spoil, encoding="utf-8")
    path = os.pathsep.join((str(site), os.getenv("PYTHONPATH", "")))
    probe = start(tmp_path, {"etl.py": GOOD}, [], {"PYTHONPATH": path})
    try:
        probe.discover()
        probe.load([0])
        with pytest.raises(ProbeError, match=r"(?s)etl\.py\nTraceback .*'NoneType' object is not callable"):
            probe.finish(lambda: None)
    finally:
        probe.close()


PATCHING = """# a DAG file
from airflow.models import BaseOperator

def patched(self, *args, **kwargs):
    raise RuntimeError("spoilt by a neighbour")

BaseOperator.__init__ = patched
"""


LOGGING = """
import logging

class Raises(logging.Handler):
    def handle(self, record):
        raise RuntimeError("no log")

logging.basicConfig(level=1, handlers=[Raises()], force=True)
"""


def test_how_a_file_sets_up_logging_is_not_how_the_next_one_logs(tmp_path: Path) -> None:
    files = {"a.py": f"{GOOD}{LOGGING}", "b.py": f"import logging\nlogging.debug('hello')\n{GOOD}"}
    loaded = load(tmp_path, files, workers=1)
    assert [record.failure for record in loaded.records.values()] == [None, None]


ONCE = "import multiprocessing\nmultiprocessing.set_start_method('spawn')\n"


def test_what_a_process_may_do_once_every_file_may(tmp_path: Path) -> None:
    loaded = load(tmp_path, dict.fromkeys(("a.py", "b.py", "c.py"), f"{ONCE}{GOOD}"), workers=1)
    assert [record.failure for record in loaded.records.values()] == [None, None, None]
    assert set(loaded.times.values()) == {1}


def test_files_after_one_that_patched_airflow_are_loaded_again_alone(tmp_path: Path) -> None:
    files = {"a_patching.py": PATCHING} | {f"b_{number:02}.py": GOOD for number in range(30)}
    loaded = load(tmp_path, files, workers=1)
    assert [name for name, record in loaded.records.items() if record.failure] == []
    assert {len(record.dags) for name, record in loaded.records.items() if name in files and name > "b"} == {1}
    (event,) = loaded.records["a_patching.py"].events
    assert (event.kind, event.detail.rpartition(".")[2]) == ("patch", "__init__")


RANDOM_ID = GOOD.replace('"good"', 'f"good_{random.random()}"')
UNSTABLE = {
    "random_id.py": f"import random\n{RANDOM_ID}",
    "clock.py": GOOD.replace("schedule=", "tags=[str(datetime.now().date())], schedule="),
    "hash_order.py": GOOD.replace("schedule=", 'description=str({"a", "b", "c", "d", "e"}), schedule='),
}
STABLE = {
    "seeded.py": f"import random\nrandom.seed(3)\n{RANDOM_ID}",
    "clock_unused.py": f"{GOOD}started = datetime.now()\n",
    "without.py": GOOD,
}


@pytest.fixture(scope="module")
def looked_at_twice(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load(tmp_path_factory.mktemp("unstable"), {**UNSTABLE, **STABLE}, timeout=20.0)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("random_id.py", "is there in one parse and missing in another"),
        ("clock.py", "good: tags is 20"),
        ("hash_order.py", "good: description is {"),
    ],
)
def test_a_dag_that_differs_between_two_looks_is_told(looked_at_twice: Loaded, name: str, told: str) -> None:
    assert told in looked_at_twice.records[name].unstable[0]


@pytest.mark.parametrize("name", STABLE)
def test_a_dag_that_does_not_differ_is_stable(looked_at_twice: Loaded, name: str) -> None:
    assert (looked_at_twice.records[name].unstable, looked_at_twice.records[name].failure) == ((), None)


def test_a_record_is_told_again_only_if_the_second_look_changed_it(looked_at_twice: Loaded) -> None:
    assert looked_at_twice.times == {**dict.fromkeys(UNSTABLE, 2), **dict.fromkeys(STABLE, 1)}


def test_a_dag_of_thousands_of_tasks_comes_over_whole(tmp_path: Path) -> None:
    text = GOOD.replace(
        '    BaseOperator(task_id="a") >> BaseOperator(task_id="b")',
        '    last = None\n    for number in range(5_000):\n        task = BaseOperator(task_id=f"t{number:04}")\n'
        "        if last is not None:\n            last >> task\n        last = task",
    )
    (record,) = load(tmp_path, {"large.py": text}, workers=1, timeout=120.0).records.values()
    (dag,) = record.dags
    assert dag.task_ids == tuple(f"t{number:04}" for number in range(5_000))
    assert list(dag.edges()) == [(f"t{number:04}", f"t{number + 1:04}") for number in range(4_999)]


def test_only_the_files_asked_for_are_loaded(tmp_path: Path) -> None:
    told: list[tuple[int, FileRecord]] = []
    probe = start(tmp_path, {f"{name}.py": GOOD for name in "abc"}, told)
    try:
        probe.discover()
        probe.load([2, 0])
        probe.finish(lambda: None)
        assert sorted(number for number, _ in told) == [0, 2]
        assert [record.file for record in probe.spool] == ["dags/a.py", "dags/c.py"]
    finally:
        probe.close()


def test_a_record_can_be_had_while_others_are_still_loading(tmp_path: Path) -> None:
    told: list[tuple[int, FileRecord]] = []
    ticks: list[None] = []
    files = {"hang.py": f"{AIRFLOW}while True: pass\n", "z.py": GOOD}
    probe = start(tmp_path, files, told, timeout=600.0)
    try:
        probe.discover()
        probe.load([0, 1])
        probe.wait_for(1, lambda: ticks.append(None))
        assert [(number, len(record.dags)) for number, record in told] == [(1, 1)]
    finally:
        probe.close()
    assert running(tmp_path / "home") == ()


def test_a_probe_that_is_closed_early_leaves_nothing_running(tmp_path: Path) -> None:
    probe = start(tmp_path, {"hang.py": f"{AIRFLOW}while True: pass\n"}, [], timeout=600.0)
    probe.discover()
    probe.load([0])
    time.sleep(1)
    began = time.monotonic()
    probe.close()
    probe.close()
    assert time.monotonic() - began < 15
    assert running(tmp_path / "home") == ()


def test_an_airflow_that_can_not_be_imported_is_an_error_with_its_traceback(tmp_path: Path) -> None:
    broken = tmp_path / "broken" / "airflow"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('half installed')\n", encoding="utf-8")
    path = os.pathsep.join((str(broken.parent), os.getenv("PYTHONPATH", "")))
    probe = start(tmp_path, {"etl.py": GOOD}, [], {"PYTHONPATH": path})
    try:
        with pytest.raises(ProbeError, match=r"(?s)Traceback .*half installed"):
            probe.discover()
    finally:
        probe.close()


def test_an_interpreter_that_can_not_start_is_an_error_with_what_it_printed(tmp_path: Path) -> None:
    probe = start(tmp_path, {"etl.py": GOOD}, [], {"PYTHONHOME": str(tmp_path / "nowhere")})
    try:
        # 3.13 no longer names the folder
        with pytest.raises(ProbeError, match=r"(?s)ended before it found any file\n.*No module named 'encodings'"):
            probe.discover()
    finally:
        probe.close()
