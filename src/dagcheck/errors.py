"""The error of a user who configured something wrong, and how a wrong name is told."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


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


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name most like `name`, or None if none is like it."""
    choices = {choice.lower(): choice for choice in valid}
    found = difflib.get_close_matches(name.lower(), choices, n=1, cutoff=0.6)
    return choices[found[0]] if found else None


def unknown(kind: str, name: str, valid: Iterable[str]) -> str:
    """Return `unknown kind 'name'; did you mean 'x'? Valid: ...`."""
    names = sorted(valid)
    like = nearest(name, names)
    hint = f"; did you mean {like!r}?" if like else "."
    return f"unknown {kind} {name!r}{hint} Valid: {', '.join(names)}"
