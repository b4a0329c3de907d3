"""A secrets backend for secrets that are mounted as files, as Kubernetes and Docker do."""

from __future__ import annotations

from pathlib import Path

from airflow.secrets import BaseSecretsBackend


class MountedSecrets(BaseSecretsBackend):
    """Read `connections/<conn_id>` (a URI or JSON) and `variables/<key>` below a folder.

    [secrets]
    backend = common.secrets.mounted.MountedSecrets
    backend_kwargs = {"folder": "/run/secrets/airflow"}

    What is not there is left to the next place: the environment, then the metadata DB.
    """

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = Path(folder)

    def get_conn_value(self, conn_id: str, team_name: str | None = None) -> str | None:
        """Return a Connection's URI or JSON, None if it is not here."""
        del team_name
        return self._read("connections", conn_id)

    def get_variable(self, key: str, team_name: str | None = None) -> str | None:
        """Return a Variable's text, None if it is not here."""
        del team_name
        return self._read("variables", key)

    def _read(self, kind: str, name: str) -> str | None:
        file = self.folder / kind / name
        if Path(name).name != name or not file.is_file():  # a name with a slash could lead anywhere
            return None
        return file.read_text(encoding="utf-8").strip()
