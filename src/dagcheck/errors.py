"""The errors of a user who configured or called something wrong, and how a wrong name is told."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MOST = 40  # names that a message lists


class ConfigError(ValueError):
    """The configuration or the command line is wrong; `problems` has one text for each thing that is.

    The text never holds a value of a Variable, a Connection or the environment.
    """

    def __init__(self, *problems: str) -> None:
        """Take at least one problem."""
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        """Show one problem as it is, several as a list."""
        if len(self.problems) == 1:
            return self.problems[0]
        return "\n".join([f"{len(self.problems)} problems in the configuration:", *(f"- {p}" for p in self.problems)])


class UsageError(ValueError):
    """A call is wrong: a misspelt id, arguments that contradict each other, a text that is not in the notation.

    Never raised because a DAG is wrong: that is a finding, or an AssertionError.
    """


class UnknownIdError(UsageError, KeyError):
    """An id that there is not, told with the nearest one; a KeyError too, so that mappings may raise it."""

    def __str__(self) -> str:
        """Show the text as it is: a KeyError shows its repr."""
        return str(self.args[0])


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name most like `name`, or None if none is like it.

    A task id without the id of its group is like the whole id.
    """
    choices = {choice.lower(): choice for choice in valid}
    found = difflib.get_close_matches(name.lower(), choices, n=1, cutoff=0.6)
    found = found or [choice for choice in choices if choice.endswith(f".{name.lower()}")]
    return choices[found[0]] if found else None


def unknown(kind: str, name: str, valid: Iterable[str]) -> str:
    """Return `unknown kind 'name'; did you mean 'x'? Valid: ...`; of many valid names, the first ones."""
    names = sorted(valid)
    like = nearest(name, names)
    hint = f"; did you mean {like!r}?" if like else "."
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"unknown {kind} {name!r}{hint} Valid: {', '.join(names[:_MOST])}{more}"
