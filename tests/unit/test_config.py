from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from dagcheck.config import Config, ConfigError, Rule, keys, load
from dagcheck.cores import usable_cores
from dagcheck.findings import Level

CHECKS = ("cycle", "parse-network", "parse-slow")


def loaded(rootdir: Path, toml: str = "", **overrides: object) -> Config:
    (rootdir / "pyproject.toml").write_text(f"[tool.dagcheck]\n{toml}", encoding="utf-8")
    return load(rootdir, overrides, checks=CHECKS)


def refused(rootdir: Path, toml: str = "", **overrides: object) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(rootdir, toml, **overrides)
    return str(caught.value)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert (config.dag_folder, config.timeout, config.memory, config.parse_seconds) == (("dags",), 30.0, 2048, 2.0)
    assert config.workers == usable_cores()
    assert {config.origin(key) for key in keys()} == {"default"}


def test_a_file_without_the_table_is_fine(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 120\n", encoding="utf-8")
    assert load(tmp_path) == load(tmp_path / "absent").model_copy(update={"rootdir": tmp_path})


def test_each_value_knows_its_origin(tmp_path: Path) -> None:
    config = loaded(tmp_path, "timeout = 10\nworkers = 3", workers=2, parse_seconds=None)
    assert (config.timeout, config.origin("timeout")) == (10.0, "pyproject.toml")
    assert (config.workers, config.origin("workers")) == (2, "--dagcheck-workers")
    assert (config.parse_seconds, config.origin("parse_seconds")) == (2.0, "default")


def test_the_sweep_may_be_shorter_start_elsewhere_or_not_be_at_all(tmp_path: Path) -> None:
    config = loaded(tmp_path, "sweep_seconds = 0\nsweep_start = 2024-02-01\nsweep_years = 1")
    assert (config.sweep_seconds, config.sweep_start, config.sweep_years) == (0, datetime.date(2024, 2, 1), 1)


def test_the_origin_of_a_key_that_there_is_not_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="timout"):
        loaded(tmp_path).origin("timout")


def test_a_table_of_the_command_line_is_laid_over_that_of_the_file(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'levels = {cycle = "off", parse-slow = "off"}', levels=["parse-slow=error"])
    assert config.levels == {"cycle": Level.OFF, "parse-slow": Level.ERROR}
    assert config.origin("levels.cycle") == "pyproject.toml"
    assert config.origin("levels.parse-slow") == "--dagcheck-level"
    assert config.origin("levels.parse-network") == "default"


def test_a_list_of_the_command_line_replaces_that_of_the_file(tmp_path: Path) -> None:
    assert loaded(tmp_path, 'dag_folder = ["a", "b"]', dag_folder=["c"]).dag_folder == ("c",)


def test_the_configuration_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        loaded(tmp_path).timeout = 3


def test_numbers_of_the_command_line_may_be_text(tmp_path: Path) -> None:
    config = loaded(tmp_path, workers="3", timeout="1.5", memory="1 GiB", pools=["big=8"])
    assert (config.workers, config.timeout, config.memory, config.pools) == (3, 1.5, 1024, {"big": 8})


@pytest.mark.parametrize(
    ("written", "mebibytes"),
    [("512", 512), ('"512"', 512), ('"512 MiB"', 512), ('"2 GiB"', 2048), ('"1.5GiB"', 1536), ('"2 gib"', 2048)],
)
def test_memory_is_told_in_mebibytes_or_with_a_unit(tmp_path: Path, written: str, mebibytes: int) -> None:
    assert loaded(tmp_path, f"memory = {written}").memory == mebibytes


def test_a_list_may_be_one_text(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'dag_folder = "flows"\nallow_processes = "git"')
    assert (config.dag_folder, config.allow_processes) == (("flows",), ("git",))


def test_relative_paths_start_at_the_rootdir(tmp_path: Path) -> None:
    config = loaded(tmp_path)
    assert config.path("a/../b") == tmp_path / "b"
    assert config.path("/elsewhere") == Path("/elsewhere")


def test_an_unknown_key_is_refused_with_the_nearest_and_all_valid_ones(tmp_path: Path) -> None:
    text = refused(tmp_path, "timout = 3")
    assert text.startswith("pyproject.toml: [tool.dagcheck] unknown key 'timout'; did you mean 'timeout'? Valid: ")
    assert all(key in text for key in keys())


def test_the_rootdir_is_no_key(tmp_path: Path) -> None:
    assert "unknown key 'rootdir'" in refused(tmp_path, 'rootdir = "/"')


def test_an_option_is_named_when_it_is_wrong(tmp_path: Path) -> None:
    text = refused(tmp_path, "timeout = 3", timeout="soon")
    assert text == "--dagcheck-timeout: timeout: expected seconds, a number greater than 0, got a string: 'soon'"


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ('workers = "2"', "workers: expected a whole number from 1, got a string: '2'"),
        ("workers = 0", "workers: expected a whole number from 1, got an integer: 0"),
        ("workers = true", "workers: expected a whole number from 1, got a boolean: True"),
        ("timeout = 0", "timeout: expected seconds, a number greater than 0, got an integer: 0"),
        ("timeout = inf", "timeout: expected seconds, a number greater than 0, got a number: inf"),
        ("timeout = nan", "timeout: expected seconds, a number greater than 0, got a number: nan"),
        ('memory = "2 GB"', "memory: expected MiB as a whole number from 64"),
        ("memory = 2", "memory: expected MiB as a whole number from 64"),
        ("dag_folder = 3", "dag_folder: expected a folder or a list of folders, got an integer: 3"),
        ('dag_folder = ["a", 3]', "dag_folder[1]: expected a folder or a list of folders, got an integer: 3"),
        ('dag_folder = ""', "dag_folder[0]: expected a folder or a list of folders, got a string: ''"),
        ("levels = 3", "levels: expected a table of check names and levels, got an integer: 3"),
        ('levels = {cycle = "warn"}', "levels.cycle: unknown level 'warn'; did you mean 'warning'? Valid: error, off"),
        ('levels = {cycel = "off"}', "levels: unknown check 'cycel'; did you mean 'cycle'? Valid: cycle, parse-n"),
        ('ignore = [{check = "cycel", reason = "x"}]', "ignore: unknown check 'cycel'; did you mean 'cycle'?"),
        ('ignore = [{check = ["cycle", "x"], reason = "x"}]', "ignore: unknown check 'x'. Valid: cycle"),
        ('ignore = [{check = "cycle"}]', "ignore[0].reason: missing; expected a text that says why"),
        ('ignore = [{check = "cycle", reason = " "}]', "ignore[0].reason: expected a text that says why"),
        ('ignore = [{chek = "cycle", reason = "x"}]', "ignore[0].chek: unknown key 'chek'; did you mean 'check'?"),
        ('ignore = [{reason = "x"}]', "ignore, table 1: needs a check, a folder or a dag"),
        (
            'ignore = {reason = "x"}',
            "ignore: expected a list of tables with check, folder, dag and reason, got a table",
        ),
        ("pools = {big = 1.5}", "pools.big: expected a whole number of slots (-1: without limit), got a number: 1.5"),
        ('allow_network = "http://a.b/c"', 'allow_network: expected a host, "host:port" or "*", got \'http://a.b/c\''),
        ('allow_network = "a:70000"', 'allow_network: expected a host, "host:port" or "*"'),
        ('pythonpath = ["src", "nowhere"]', "pythonpath: there is no "),
        ('plugins_folder = "nowhere"', "plugins_folder: there is no "),
        ("environment = {A = 1}", "environment.A: expected a string, got an integer"),
        ('environment = {"A=B" = "x"}', "environment.A=B: is not a name of an environment variable"),
        ("variables = 3", "variables: expected a table of names and values, got an integer"),
        ("connections = {a = 3}", "connections.a: expected a URI or a table, got an integer"),
    ],
)
def test_a_wrong_value_is_told_with_what_was_expected(tmp_path: Path, toml: str, problem: str) -> None:
    (tmp_path / "src").mkdir()
    assert f"pyproject.toml: [tool.dagcheck] {problem}" in refused(tmp_path, toml)


def test_several_problems_are_told_together(tmp_path: Path) -> None:
    toml = 'timout = 1\nworkers = 0\nlevels = {cycel = "off"}\nvariables_files = "no.json"\npythonpath = "no"'
    text = refused(tmp_path, toml, timeout=-1)
    assert text.startswith("6 problems in the configuration:\n- ")
    for key in ("timout", "workers", "cycel", "no.json", "pythonpath", "--dagcheck-timeout"):
        assert key in text


def test_names_of_checks_are_not_looked_at_without_a_list(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.dagcheck.levels]\nanything = "off"\n', encoding="utf-8")
    assert load(tmp_path).level_of("anything", Level.ERROR) is Level.OFF


@pytest.mark.parametrize("host", ["*", "example.org", "example.org:443", "10.0.0.1", "::1", "[::1]:5432", "[fe80::1]"])
def test_hosts_may_have_a_port(tmp_path: Path, host: str) -> None:
    assert loaded(tmp_path, f'allow_network = ["{host}"]').allow_network == (host,)


def test_ignore_rules_have_their_parts(tmp_path: Path) -> None:
    config = loaded(
        tmp_path, '[[tool.dagcheck.ignore]]\ncheck = "cycle"\nfolder = "dags/x"\ndag = "a_*"\nreason = "r"\n'
    )
    assert config.ignore == (Rule(check=("cycle",), folder="dags/x", dag="a_*", reason="r"),)


def test_the_level_of_a_check_is_its_default_unless_configured(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'levels = {cycle = "warning"}')
    assert config.level_of("cycle", Level.ERROR) is Level.WARNING
    assert config.level_of("parse-slow", Level.ERROR) is Level.ERROR


def test_variables_that_are_not_text_become_json(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'variables = {text = "a", number = 3, yes = true, list = ["x"], day = 2024-01-31}')
    assert config.all_variables() == {
        "text": "a",
        "number": "3",
        "yes": "true",
        "list": '[\n  "x"\n]',
        "day": "2024-01-31",
    }


def test_tables_win_over_files_and_later_files_over_earlier_ones(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"x": "a", "y": "a", "z": "a"}', encoding="utf-8")
    (tmp_path / "b.env").write_text("y=b\nz=b\n", encoding="utf-8")
    config = loaded(tmp_path, 'variables_files = ["a.json", "b.env"]\nvariables = {z = "table"}')
    assert config.all_variables() == {"x": "a", "y": "b", "z": "table"}


def test_connections_and_environment_come_from_files_too(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text('{"pg": {"conn_type": "postgres", "port": 5432}}', encoding="utf-8")
    (tmp_path / ".env").write_text("export STAGE='test'\n", encoding="utf-8")
    toml = 'connections_files = "c.json"\nenvironment_files = ".env"\nconnections = {web = "http://h"}'
    config = loaded(tmp_path, toml)
    assert config.all_connections() == {"pg": '{"conn_type": "postgres", "port": 5432}', "web": "http://h"}
    assert config.all_environment() == {"STAGE": "test"}


def test_a_malformed_values_file_is_told_with_path_and_reason(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text('{\n  "a": hunter2\n}', encoding="utf-8")
    text = refused(tmp_path, 'variables_files = ["v.json"]')
    assert text == (
        f"pyproject.toml: [tool.dagcheck] variables_files: {tmp_path / 'v.json'}: is not JSON: line 2: Expecting value"
    )


SECRETS = """
variables = {a = "hunter2", b = ["hunter2"]}
connections = {c = "pg://u:hunter2@h", d = {conn_type = "http", password = "hunter2"}}
environment = {e = "hunter2"}
"""


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "f.env").write_text("F=hunter2\n", encoding="utf-8")
    config = loaded(tmp_path, f'{SECRETS}variables_files = "f.env"')
    assert "hunter2" in str(config.all_variables())
    assert "hunter2" not in f"{config!r} {config}"


@pytest.mark.parametrize(
    "toml",
    [
        'connections = {c = "hunter2"}',
        'connections = {c = "{hunter2"}',
        'connections = {c = {port = "hunter2"}}',
        'connections = {c = {login = ["hunter2"]}}',
        'connections = "hunter2"',
        'environment = ["hunter2"]',
        'environment = {A = {b = "hunter2"}}',
        'variables = ["hunter2"]',
    ],
)
def test_errors_do_not_show_secrets(tmp_path: Path, toml: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, toml)
    assert "hunter2" not in f"{caught.value} {caught.value!r}"


def test_even_pydantics_own_error_does_not_show_secrets(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as caught:
        Config.model_validate({"rootdir": tmp_path, "connections": {"c": "hunter2"}, "variables": "hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[tool\n", "is not TOML: "),
        (b"[tool]\ndagcheck = 3\n", "[tool.dagcheck] must be a table"),
        (b"tool = 3\n", "[tool.dagcheck] must be a table"),
        (b'a = "\xff"\n', "is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_path(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'pyproject.toml'}: {reason}")


@pytest.mark.parametrize("text", ["cycle", "=off"])
def test_an_entry_on_the_command_line_needs_name_and_value(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, levels=[text]) == "--dagcheck-level: expected NAME=VALUE, got no name or no equal sign"


def test_a_policy_is_read_with_its_defaults(tmp_path: Path) -> None:
    policy = loaded(tmp_path, "policy = { owners = ['sales'], dag_id = 'x_.*' }").policy
    assert (policy.owners, policy.dag_id, policy.retries) == (("sales",), "x_.*", 1)


def test_an_unknown_key_of_the_policy_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"policy.owner: unknown key 'owner'; did you mean 'owners'"):
        loaded(tmp_path, "policy = { owner = ['sales'] }")


def test_a_pattern_of_the_policy_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"policy\.?.*is not a regular expression"):
        loaded(tmp_path, "policy = { task_id = '[a-' }")
