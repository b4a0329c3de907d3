"""Lets tox find the interpreters behind pyenv's shims: a shim of a version that is not selected starts nothing.

tox reads this file by itself, because of its name.
"""

from __future__ import annotations

import os
from pathlib import Path

_ROOT = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")

os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", ""), *map(str, sorted(_ROOT.glob("versions/3.*/bin")))])
