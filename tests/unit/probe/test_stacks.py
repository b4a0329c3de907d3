"""Stacks that the running Python's faulthandler wrote, as it does in a worker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dagcheck.probe import stacks
from dagcheck.probe.worker import Worker
from dagcheck.record import Cost, Frame

# What a worker does before it loads a file; a file's `ask` asks for a stack as the supervisor does.
WORKER = f"""
import faulthandler, os, signal, sys, threading, time
from dagcheck.probe import stacks
from dagcheck.probe.parse_clock import ParseClock
stack_file = open(sys.argv[1], "w")
faulthandler.enable(stack_file)
faulthandler.register({int(stacks.LAST)}, stack_file, all_threads=False, chain=False)
signal.signal({int(stacks.SAMPLE)}, stacks.sampler(stack_file.fileno(), ParseClock()))
sys.path[:0] = [sys.argv[2], sys.argv[3]]
%s
import etl
"""

DumpOf = Callable[..., str]


@pytest.fixture
def dump_of(tmp_path: Path) -> DumpOf:
    """Loads a DAG file in a process of its own and returns what faulthandler wrote."""

    def run(source: str, before: str = "", *, package: str = "") -> str:
        for folder, name, text in (("dags", "etl.py", source), ("site-packages/slow", "__init__.py", package)):
            (tmp_path / folder).mkdir(parents=True)
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
        program = WORKER % before
        paths = [str(tmp_path / name) for name in ("stacks", "dags", "site-packages")]
        subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, timeout=60, check=False)
        return (tmp_path / "stacks").read_text(encoding="utf-8")

    return run


@pytest.fixture
def own(tmp_path: Path) -> stacks.Own:
    folder = f"{tmp_path}/dags/"
    return lambda path: f"dags/{path.removeprefix(folder)}" if path.startswith(folder) else None


ASK = f"import os\nask = lambda signal={int(stacks.SAMPLE)}: os.kill(os.getpid(), signal)\n"


@pytest.mark.parametrize(
    "crash",
    [
        "import ctypes; ctypes.string_at(0)",
        "import os; os.abort()",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    ],
)
def test_a_crash_leaves_the_user_s_frames_outermost_first(dump_of: DumpOf, own: stacks.Own, crash: str) -> None:
    text = dump_of(f"def fall():\n    {crash}\n\nfall()\n")
    assert stacks.last_frames(text, own) == (
        Frame(file="dags/etl.py", line=4, function="<module>"),
        Frame(file="dags/etl.py", line=2, function="fall"),
    )


@pytest.mark.parametrize("name", ["día", "данные", "日報", "😀"])
def test_a_frame_of_a_file_in_another_alphabet_is_found_by_its_name(name: str) -> None:
    escaped = name.encode("ascii", "backslashreplace").decode("ascii")
    text = f'Stack (most recent call first):\n  File "/{escaped}.py", line 3 in f\n'
    assert stacks.last_frames(text, str) == (Frame(file=f"/{name}.py", line=3, function="f"),)


def test_a_crash_below_library_code_is_at_the_user_s_line(dump_of: DumpOf, own: stacks.Own) -> None:
    text = dump_of("import slow\n\n\nslow.fall()\n", package="import os\n\ndef fall():\n    os.abort()\n")
    assert [frame.line for frame in stacks.last_frames(text, own)] == [4]


def test_a_crash_while_other_threads_run_is_the_main_thread_s(dump_of: DumpOf, own: stacks.Own) -> None:
    start = "[threading.Thread(target=time.sleep, args=(9,), daemon=True).start() for _ in range(5)]"
    text = dump_of("import os\nos.abort()\n", before=start)
    assert [frame.line for frame in stacks.last_frames(text, own)] == [2]


@pytest.mark.parametrize("number", [stacks.SAMPLE, stacks.LAST], ids=str)
def test_a_stack_that_was_asked_for_by_signal_has_the_frames(dump_of: DumpOf, own: stacks.Own, number: int) -> None:
    text = dump_of(f"{ASK}def work():\n    ask({int(number)})\n\nwork()\n")
    assert [(frame.line, frame.function) for frame in stacks.last_frames(text, own)] == [
        (6, "<module>"),
        (4, "work"),
        (2, "<lambda>"),
    ]


def test_a_process_that_blocks_signals_leaves_a_stack_when_its_time_is_up(dump_of: DumpOf, own: stacks.Own) -> None:
    source = "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\ntime.sleep(1)\n"
    text = dump_of(source, before="faulthandler.dump_traceback_later(0.3, file=stack_file)")
    assert [frame.line for frame in stacks.last_frames(text, own)] == [3]


# Each sample is asked for when the one before it is made: on a busy machine they would else nest without end.
OFTEN = f"""
import copy, os, signal, time
parent, sample = os.getpid(), signal.getsignal({int(stacks.SAMPLE)})
answered, answer = os.pipe()
signal.signal({int(stacks.SAMPLE)}, lambda *given: (sample(*given), os.write(answer, b".")))
if os.fork() == 0:
    os.close(answer)
    for _ in range(1_000):
        time.sleep(0.0003)
        os.kill(parent, {int(stacks.SAMPLE)})
        os.read(answered, 1)
    os._exit(0)
def deep(depth):
    return depth and 1 + deep(depth - 1)
class Any:
    def __init__(self, number):
        self.number = number
    def __hash__(self):
        return hash(self.number)
while not os.waitpid(-1, os.WNOHANG)[0]:
    deep(500)
    sorted({{Any(number) for number in range(200)}}, key=lambda one: one.number)
    copy.deepcopy([{{1: [2, 3]}}] * 50)
os.write(stack_file, b"survived")
"""


def test_samples_do_no_harm_to_the_code_that_they_interrupt(dump_of: DumpOf) -> None:
    text = dump_of(OFTEN.replace("stack_file", "3"), before="assert stack_file.fileno() == 3")
    assert text.endswith("survived")
    assert len(stacks.samples(text)) == 1_000


def test_the_last_of_several_stacks_counts(dump_of: DumpOf, own: stacks.Own) -> None:
    text = dump_of(f"{ASK}ask()\nask()\nos.abort()\n")
    assert [frame.line for frame in stacks.last_frames(text, own)] == [5]


def test_every_stack_is_a_sample(dump_of: DumpOf) -> None:
    assert len(stacks.samples(dump_of(f"{ASK}ask()\nask()\nos.abort()\n"))) == 3


def test_a_process_that_left_no_stack_has_no_frames(dump_of: DumpOf, own: stacks.Own) -> None:
    text = dump_of("x = 1\n")
    assert (text, stacks.last_frames(text, own), stacks.costs(text, own, 0.0)) == ("", (), ())


def test_frames_of_libraries_alone_are_no_place(dump_of: DumpOf, own: stacks.Own) -> None:
    text = dump_of("", before="os.abort()")
    assert (stacks.last_frames(text, own), len(stacks.samples(text))) == ((), 1)


def test_the_time_is_charged_to_the_user_s_line_and_the_package_that_it_called(
    dump_of: DumpOf, own: stacks.Own
) -> None:
    ask_often = f"{ASK}import time\ndef work():\n    for _ in range(3):\n        time.sleep(0.1)\n        ask()\n"
    text = dump_of("import slow\n\nslow.work()\nslow.ask()\n", package=ask_often)
    found = stacks.costs(text, own, begun(text, 0.1))
    assert [(cost.what, cost.file, cost.line) for cost in found] == [
        ("slow", "dags/etl.py", 3),
        ("slow", "dags/etl.py", 4),
    ]
    assert found[0].seconds > 0.25 > found[1].seconds


def test_a_call_that_lets_no_sample_through_is_charged_whole_to_its_line(dump_of: DumpOf, own: stacks.Own) -> None:
    block = f"import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, [{int(stacks.SAMPLE)}])\n"
    free = f"signal.pthread_sigmask(signal.SIG_UNBLOCK, [{int(stacks.SAMPLE)}])\n"
    text = dump_of(f"{ASK}ask()\n{block}ask()\ntime.sleep(0.5)\n{free}ask()\n")
    dearest, *_ = stacks.costs(text, own, begun(text))
    assert (dearest.line, dearest.seconds > 0.4) == (8, True)


def test_an_import_is_charged_to_its_package(dump_of: DumpOf, own: stacks.Own) -> None:
    text = dump_of("\nimport slow\n", package=f"{ASK}ask()\n")
    assert stacks.costs(text, own, begun(text, 0.5)) == (Cost(what="slow", seconds=0.5, file="dags/etl.py", line=2),)


def test_the_user_s_own_work_has_no_package(dump_of: DumpOf, own: stacks.Own) -> None:
    (cost,) = stacks.costs(dump_of(f"import os\nos.kill(os.getpid(), {int(stacks.SAMPLE)})\n"), own, 0.0)
    assert (cost.what, cost.line) == ("", 2)


def begun(text: str, before: float = 0.0) -> float:
    """Return a time so many seconds before the first sample."""
    return float(text.split("dagcheck at ", 1)[1].split(maxsplit=1)[0]) - before


def stack(*frames: tuple[str, int], at: float = 1.0) -> str:
    """A stack as faulthandler writes it, innermost frame first."""
    lines = [f'  File "{path}", line {line} in work' for path, line in frames]
    return "\n".join([f"dagcheck at {at:.2f}", "Stack (most recent call first):", *lines, ""])


LIBRARY = "/usr/lib/python3.12/site-packages"


@pytest.mark.parametrize(
    ("called", "what"),
    [
        (["numpy/core.py", "pandas/io.py"], "pandas"),
        (["pandas/io.py", "airflow/models/dag.py"], "pandas"),
        (["airflow/utils.py", "airflow/models/dag.py"], "airflow"),
        (["six.py"], "six"),
        ([], ""),
    ],
)
def test_the_package_is_the_first_one_called_unless_that_is_airflow(called: list[str], what: str) -> None:
    text = stack(*[(f"{LIBRARY}/{path}", 1) for path in called], ("/dags/etl.py", 7))
    (cost,) = stacks.costs(text, lambda path: path if path.startswith("/dags") else None, 0.0)
    assert (cost.what, cost.file, cost.line) == (what, "/dags/etl.py", 7)


def test_the_standard_library_s_modules_are_packages_too() -> None:
    (cost,) = stacks.costs(stack(("/usr/lib/python3.12/json/decoder.py", 1)), lambda _: None, 0.0)
    assert (cost.what, cost.file) == ("json", None)


def test_a_sample_that_shows_neither_the_file_nor_a_package_costs_nothing() -> None:
    assert stacks.costs(stack(("/opt/dagcheck/probe/worker.py", 1)), lambda _: None, 0.0) == ()


def test_the_five_dearest_places_are_told_dearest_first() -> None:
    text = "".join(stack(("/dags/etl.py", line), at=line**2) for line in range(1, 8))
    assert [cost.line for cost in stacks.costs(text, lambda path: path, 0.0)] == [7, 6, 5, 4, 3]


@pytest.mark.parametrize(
    "text", ["", "nonsense", '  File "x", line 1 in f', "Stack (most recent call first):", "\0" * 50]
)
def test_what_is_no_stack_has_no_sample(text: str) -> None:
    assert stacks.samples(text) == []


def test_a_file_can_not_pretend_to_be_a_stack_by_its_name() -> None:
    text = stack(('/dags/x", line 9 in y.py', 3))
    assert [frame.line for frame in stacks.last_frames(text, lambda path: path)] == [3]


HEAD = "Stack (most recent call first):\n"
LINE = '  File "/dags/a.py", line 9 in <module>\n'
CODE = Worker.enter.__code__
ENTRY = f'  File "{CODE.co_filename}", line {CODE.co_firstlineno} in {CODE.co_name}\n'


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("", False),
        (HEAD + LINE, False),
        (HEAD + LINE + ENTRY, True),
        (HEAD + LINE * 100 + "  ...\n", True),
        (HEAD + LINE + ENTRY[:-5], False),
        (HEAD + LINE + ENTRY + HEAD + LINE, False),
        (HEAD + LINE + HEAD + LINE + ENTRY, True),
    ],
)
def test_a_stack_is_whole_once_it_goes_down_to_where_the_worker_was_entered(text: str, *, whole: bool) -> None:
    assert stacks.is_whole(text) is whole


WAIT = '  File "/lib/python3.12/threading.py", line 359 in wait\n'


@pytest.mark.parametrize(("last", "lines"), [(WAIT, [9]), (WAIT + LINE.replace("9", "12"), [12]), (WAIT + ENTRY, [])])
def test_a_dump_that_was_cut_off_above_the_user_s_frames_gives_way_to_the_one_before(
    last: str, lines: list[int]
) -> None:
    frames = stacks.last_frames(HEAD + LINE + ENTRY + HEAD + last, {"/dags/a.py": "a.py"}.get)
    assert [frame.line for frame in frames] == lines
