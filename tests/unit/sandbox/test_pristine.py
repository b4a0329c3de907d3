from __future__ import annotations

import builtins
import json
import os
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from dagcheck.sandbox.pristine import CORE, Picture, Pristine

RunPython = Callable[..., Any]


@pytest.fixture
def library() -> Iterator[Any]:
    """A module with functions, a constant and a class."""
    source = """
LIMIT = 3

def work(): return "worked"

class Operator:
    retries = 0
    def execute(self): return "executed"
    @staticmethod
    def static(): return "static"
    @classmethod
    def make(cls): return "made"
    @property
    def owner(self): return "airflow"
"""
    module = ModuleType("library")
    exec(source, module.__dict__)  # noqa: S102 - a library
    sys.modules["library"] = module
    yield module
    del sys.modules["library"]


@pytest.fixture(params=["counted", "not counted"])
def pristine(library: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Pristine:
    """With and without a Python that counts the changes of its dictionaries."""
    if request.param == "not counted":
        monkeypatch.setattr("dagcheck.sandbox.identity._COUNTS", False)
    return Pristine({"library": library}, lambda name: name == "library")


def test_an_unchanged_world_has_nothing_to_restore(pristine: Pristine) -> None:
    assert pristine.restore_all() == []


def test_a_replaced_function_is_named_and_put_back(pristine: Pristine, library: Any) -> None:
    library.work = lambda: "patched"
    assert pristine.restore_all() == ["library.work"]
    assert library.work() == "worked"


def test_a_deleted_function_is_named_and_put_back(pristine: Pristine, library: Any) -> None:
    del library.work
    assert pristine.restore_all() == ["library.work"]
    assert library.work() == "worked"


@pytest.mark.parametrize("name", ["execute", "static", "make", "owner"])
def test_a_replaced_member_of_a_class_is_named_and_put_back(pristine: Pristine, library: Any, name: str) -> None:
    original = library.Operator.__dict__[name]
    setattr(library.Operator, name, lambda *_: "patched")
    assert pristine.restore_all() == [f"library.Operator.{name}"]
    assert library.Operator.__dict__[name] is original


def test_what_was_put_back_is_not_named_again(pristine: Pristine, library: Any) -> None:
    library.work = print
    pristine.restore_all()
    assert pristine.restore_all() == []


def test_data_may_change(pristine: Pristine, library: Any) -> None:
    library.LIMIT, library.Operator.retries = 4, 5
    assert pristine.restore_all() == []
    assert (library.LIMIT, library.Operator.retries) == (4, 5)


def test_something_new_may_be_added(pristine: Pristine, library: Any) -> None:
    library.more = lambda: None
    assert pristine.restore_all() == []


def test_classes_of_modules_that_are_not_looked_into_may_change(library: Any) -> None:
    pristine = Pristine({"library": library}, lambda _: False)
    library.Operator.execute = None
    assert pristine.restore_all() == []


def test_a_class_that_a_module_only_imported_belongs_to_its_own_module(library: Any) -> None:
    other = ModuleType("other")
    other.Operator = library.Operator  # type: ignore[attr-defined]
    pristine = Pristine({"other": other}, lambda _: True)
    library.Operator.execute = None
    assert pristine.restore_all() == []


def test_an_object_that_only_stands_for_a_module_is_left_alone() -> None:
    class Lazy(ModuleType):
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(name)

    assert Pristine({"lazy": Lazy("lazy")}, lambda _: False).restore_all() == []


def test_what_is_not_core_is_left_for_the_full_look(pristine: Pristine, library: Any) -> None:
    library.work = print
    assert pristine.restore_core() == []
    assert library.work is print


def test_a_picture_says_whether_something_changed(library: Any) -> None:
    picture = Picture("library", library, lambda key, _: key == "work")
    before = picture.is_changed()
    library.work = print
    assert (before, picture.is_changed()) == (False, True)


@pytest.mark.parametrize(
    ("module", "name"),
    [(os, "getcwd"), (json, "dumps"), (sys, "_getframe"), (builtins, "isinstance"), (builtins, "len")],
)
def test_a_patch_of_the_core_is_named_and_put_back(module: ModuleType, name: str) -> None:
    pristine = Pristine(sys.modules, lambda _: False)
    original = getattr(module, name)
    setattr(module, name, lambda *_: None)
    try:
        restored = pristine.restore_core()
    finally:
        fixed = getattr(module, name) is original
        setattr(module, name, original)
    assert (restored, fixed) == ([f"{module.__name__}.{name}"], True)


def test_a_deleted_builtin_is_put_back() -> None:
    pristine = Pristine(sys.modules, lambda _: False)
    original = builtins.sorted
    del builtins.sorted
    try:
        restored = pristine.restore_core()
    finally:
        builtins.sorted = original
    assert restored == ["builtins.sorted"]


def test_a_method_of_a_core_class_is_put_back_by_the_full_look() -> None:
    pristine = Pristine(sys.modules, lambda name: name == "json.decoder")
    original = json.JSONDecoder.decode
    json.JSONDecoder.decode = lambda *_: "forged"  # type: ignore[method-assign]
    assert pristine.restore_all() == ["json.decoder.JSONDecoder.decode"]
    assert json.JSONDecoder.decode is original


def test_every_core_module_is_one_that_can_be_imported(run_python: RunPython) -> None:
    code = "import importlib, json, sys; print(json.dumps([importlib.import_module(n).__name__ for n in sys.argv[1:]]))"
    assert run_python(code, *CORE) == list(CORE)


def test_the_core_can_be_repaired_with_most_of_it_gone(run_python: RunPython) -> None:
    code = """
import builtins, functools, json, os, sys
from dagcheck.sandbox.pristine import CORE, Pristine
pristine = Pristine(sys.modules, lambda _: False)
out, dumps = sys.stdout, json.dumps
for module in (os, json, functools):
    for name in [n for n, v in vars(module).items() if callable(v) and not n.startswith("__")]:
        delattr(module, name)
for name in ("len", "getattr", "callable", "isinstance", "dict", "list", "zip", "any", "map"):
    delattr(builtins, name)
restored = pristine.restore_core()
out.write(dumps([len([]), json.dumps({}), os.getpid() > 0, "builtins.zip" in restored]))
"""
    assert run_python(code) == [0, "{}", True, True]


CYTHON = """
def cy_wrap(orig_func):
    def cy_isgenerator(obj): return orig_func(obj)
    return cy_isgenerator
"""


def test_what_modules_of_cythons_put_into_others_is_put_back_and_not_told(library: Any) -> None:
    pristine = Pristine({"library": library}, lambda _: True)
    work = library.work
    exec(CYTHON, names := {})  # type: ignore[var-annotated]  # noqa: S102 - as Cython's code for `inspect`
    library.work = names["cy_wrap"](work)
    assert pristine.restore_all() == []
    assert library.work is work
