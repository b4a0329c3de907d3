"""A stable share of the DAG files, for folders that one machine cannot check in time."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from dagcheck.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Shard:
    """Share `index` (from 1) of `count`."""

    index: int
    count: int

    def holds(self, path: str) -> bool:
        """Tell whether a file, given relative to the rootdir, is in this share.

        Only the path decides: neither the machine nor the other files matter.
        """
        name = PurePosixPath(path).as_posix().encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") % self.count == self.index - 1

    def __str__(self) -> str:
        """Return it as on the command line."""
        return f"{self.index}/{self.count}"


def parse(text: str) -> Shard:
    """Return the shard that `2/5` means; raises ConfigError on anything else."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text.strip())
    index, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= index <= count:
        raise ConfigError(f"--dagcheck-shard: expected K/N with K from 1 to N, such as 2/5, got {text!r}")
    return Shard(index, count)
