"""A sensor for a file that is complete and fresh, not only there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from common.compat import BaseSensorOperator, FSHook, PokeReturnValue


def refusal(size: int, modified: datetime, now: datetime, *, min_bytes: int, max_age: timedelta) -> str | None:
    """Return what is wrong with a file, None if nothing is; both limits themselves are fine."""
    if size < min_bytes:
        return f"it has {size} bytes, fewer than {min_bytes}"
    if now - modified > max_age:
        return f"it was written at {modified.isoformat()}, more than {max_age} ago"
    return None


class ValidatedFileSensor(BaseSensorOperator):
    """Wait for a file of at least `min_bytes` that was written no longer than `max_age` ago.

    `filepath` is relative to the path of the Connection `fs_conn_id`, unless it is absolute. What downstream tasks pull
    is the file's whole path. It is not Airflow's FileSensor, which looks itself and not by `poke` once it is deferrable
    (`[operators] default_deferrable`), and would then skip the validation.
    """

    template_fields: Sequence[str] = ("filepath",)

    def __init__(
        self,
        *,
        filepath: str,
        min_bytes: int = 1,
        max_age: timedelta = timedelta(hours=24),
        fs_conn_id: str = "fs_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filepath = filepath
        self.min_bytes = min_bytes
        self.max_age = max_age
        self.fs_conn_id = fs_conn_id

    def poke(self, context: Any) -> PokeReturnValue:
        """Look once."""
        del context
        file = Path(FSHook(self.fs_conn_id).get_path()) / self.filepath
        try:
            found = file.stat()
        except FileNotFoundError:  # also one that goes away between two looks
            self.log.info("%s is not there yet", file)
            return PokeReturnValue(is_done=False)
        modified = datetime.fromtimestamp(found.st_mtime, tz=timezone.utc)
        now = datetime.now(timezone.utc)
        wrong = refusal(found.st_size, modified, now, min_bytes=self.min_bytes, max_age=self.max_age)
        if wrong is not None:
            self.log.info("%s is not taken: %s", file, wrong)
        return PokeReturnValue(is_done=wrong is None, xcom_value=str(file))
