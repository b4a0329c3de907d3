"""tools/check_docs.py finds what is wrong in Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

import check_docs


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[there](other.md#the-second)\n", []),
        ("[gone](missing.md)\n", ["link to missing.md: there is no such file"]),
        ("[gone](other.md#third)\n", ["link to other.md#third: there is no such heading"]),
        ("[far](https://example.org/x)\n", []),
        ("`pytest --dagcheck-level=x --dagcheck-nothing`\n", ["there is no option --dagcheck-nothing"]),
        ("`tox run -e lint` `tox run -e py312-airflow33` `tox run -e lynt`\n", ["tox.ini has no environment lynt"]),
        ("```toml\n[tool.dagcheck]\ntimeout = 3\n```\n", []),
        ("```yaml\na: [1\n```\n", ["yaml block: "]),
        ("```toml\n[tool.dagcheck]\ntimeoutt = 3\n```\n", ["toml block: "]),
    ],
)
def test_what_a_document_shows_must_be_there(tmp_path: Path, text: str, told: list[str]) -> None:
    (tmp_path / "other.md").write_text("# One\n## The second\n")
    (tmp_path / "read.md").write_text(text)
    found = list(check_docs.problems(tmp_path / "read.md"))
    assert len(found) == len(told)
    assert all(problem.startswith(start) for problem, start in zip(found, told, strict=True))
