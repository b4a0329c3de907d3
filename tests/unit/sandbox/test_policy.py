from __future__ import annotations

import ipaddress
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.sandbox.policy import Policy, is_loopback


@given(st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_the_whole_loopback_network_is_loopback(address: ipaddress.IPv4Address) -> None:
    assert is_loopback(str(address))


@given(st.ip_addresses())
def test_an_address_is_loopback_exactly_if_it_is_the_machine_s_own_by_definition(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert is_loopback(str(address)) == (address.is_loopback or int(address) == 0)


@pytest.mark.parametrize(
    "host",
    ["localhost", "db.localhost", "::1", "0.0.0.0", "::", "::1%lo", "", "/run/x.sock", "\0abstract"],  # noqa: S104 - asked
)
def test_the_machine_itself_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["localhost.example.com", "127.0.0.1.example.com", "10.0.0.1", "db", "fe80::1%eth0", "[::1", "1"]
)
def test_anything_else_is_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("pattern", "host", "port"),
    [
        ("db.example.com", "db.example.com", 5432),
        ("db.example.com", "db.example.com", None),
        ("db.example.com:5432", "db.example.com", 5432),
        ("db.example.com:5432", "db.example.com", "5432"),
        ("*.example.com", "db.example.com", 5432),
        ("*:443", "db.example.com", 443),
        ("*", "192.0.2.1", 1),
    ],
)
def test_a_host_is_allowed_by_its_name_with_or_without_port(pattern: str, host: str, port: object) -> None:
    assert Policy(hosts=("other", pattern)).allows_host(host, port)


@pytest.mark.parametrize(
    ("pattern", "host", "port"),
    [
        ("db.example.com:5432", "db.example.com", 5433),
        ("db.example.com:5432", "db.example.com", None),
        ("example.com", "db.example.com", 5432),
        ("db.example.com", "db.example.com.evil.com", 5432),
        ("*.example.com", "example.com", 5432),
    ],
)
def test_a_host_that_no_pattern_fits_is_not_allowed(pattern: str, host: str, port: object) -> None:
    assert not Policy(hosts=(pattern,)).allows_host(host, port)


def test_loopback_is_allowed_without_any_pattern() -> None:
    assert Policy().allows_host("localhost", 5432)


def test_nothing_foreign_is_allowed_without_any_pattern() -> None:
    assert not Policy().allows_host("192.0.2.1", 5432)


@pytest.mark.parametrize("command", ["git", "git log", "/usr/bin/git log", "  git  log"])
def test_a_command_is_allowed_by_its_program_s_name(command: str) -> None:
    assert Policy(commands=("git",)).allows_command(command)


@pytest.mark.parametrize("command", ["", " ", "gitk", "sudo git", "/usr/bin/git/x", "GIT"])
def test_another_program_is_not_allowed(command: str) -> None:
    assert not Policy(commands=("git",)).allows_command(command)


@pytest.mark.parametrize("inside", ["", "file", "deep/er/file", "./file", "../free/file"])
def test_what_lies_in_a_writable_folder_may_be_written(tmp_path: Path, inside: str) -> None:
    free = os.path.realpath(tmp_path / "free")
    assert Policy(writable=(free,)).allows_write(f"{free}/{inside}")


@pytest.mark.parametrize("path", ["file", "../file", "/etc/passwd", "free/../file", "freedom/file", "free/link/file"])
def test_what_lies_elsewhere_may_not(tmp_path: Path, path: str) -> None:
    free = tmp_path / "free"
    free.mkdir()
    (free / "link").symlink_to(tmp_path)
    assert not Policy(writable=(os.path.realpath(free),)).allows_write(str(tmp_path / path))


@pytest.mark.parametrize("path", ["/dev/null", "/dev/tty", "/dev/shm/x", "/dev/pts/3"])  # noqa: S108 - asked, not used
def test_harmless_devices_may_be_written(path: str) -> None:
    assert Policy().allows_write(path)


def test_a_path_through_a_harmless_folder_leads_nowhere_else() -> None:
    assert not Policy().allows_write("/dev/shm/../../etc/passwd")  # noqa: S108 - asked, not used
