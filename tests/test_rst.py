"""reStructuredText read as Markdown, line for line, and a README in it."""

import subprocess
import sys
from pathlib import Path

import pytest
from build_fixture import git

from auditor import pipeline
from auditor.models import Submission
from auditor.profile import load_profile
from auditor.report.rst import as_markdown


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Pond\n====\n\nCarp\n----\n\nPike\n----\n\nTail\n~~~~\n", "# Pond\n\n\n## Carp\n\n\n## Pike\n\n\n### Tail\n\n"),
        ("====\nPond\n====\n\nCarp\n====\n", "\n# Pond\n\n\n## Carp\n\n"),
        ("See `it <a/b.md>`_ and `that <c.md>`__.", "See [it](a/b.md) and [that](c.md)."),
        ("See the guide_ and `the pike`_.\n\n.. _guide: g.md\n.. _the pike: p.md\n", "See the [guide](g.md) and [the pike](p.md).\n\n\n\n"),
        ("Run ``make it_`` with :doc:`usage` and :py:func:`~a.b`.", "Run ``make it_`` with usage and a.b."),
        ("A snake_case_ name and my_file.py.", "A snake_case_ name and my_file.py."),
        (".. image:: a.png\n   :alt: A\n\nText.", "![](a.png)\n\n\nText."),
        (".. |ci| image:: b.svg\n\nIt is |ci|.", "![ci](b.svg)\n\nIt is ci."),
        ("Run::\n\n  pip install .\n  make\n\nThen.", "Run:\n\n    pip install .\n    make\n\nThen."),
        (".. code-block:: sh\n\n   make\n\n     deep\n\nThen.", "\n\n    make\n\n      deep\n\nThen."),
        (".. note:: Read\n   this.\n\nThen.", "Read\nthis.\n\nThen."),
        (".. toctree::\n   :maxdepth: 2\n\n   usage\n\nThen.", "\n\n\n\n\nThen."),
        (".. a comment\n   that goes on\n\nThen.", "\n\n\nThen."),
        ("#. one\n#. two\n\n* three\n", "1. one\n1. two\n\n* three\n"),
        ("Text\n\n-----\n\nMore", "Text\n\n-----\n\nMore"),
        ("", ""), ("::", ""), ("..", ""), ("====", "===="), ("=\n=\n=", "=\n=\n="), ("`" * 50, "`" * 50),
    ],
)  # fmt: skip
def test_each_line_stays_where_it_was(text: str, wanted: str) -> None:
    assert as_markdown(text) == wanted
    assert as_markdown(text).count("\n") == text.count("\n")


@pytest.mark.parametrize("row", ["`" * 30_000, "`a" * 15_000, "|a" * 15_000, ":a" * 15_000, "a_ " * 10_000, "=" * 30_000, ".. " * 9_000, "`a <" * 9_000])  # fmt: skip
def test_nothing_takes_long(row: str) -> None:
    for text in (row, "\n".join([row[:1900]] * 200), f"{row[:1900]}\n{'=' * 20}\n" * 100):
        assert as_markdown(text).count("\n") == text.count("\n")


def test_a_readme_in_it_is_held_against_the_repository(tmp_path: Path) -> None:
    (tmp_path / "README.rst").write_text(
        "Pond\n====\n\nSee `the guide <docs/guide.md>`_.\n\nInstall\n-------\n\n::\n\n    pip install -r requirements-dev.txt\n",
        encoding="utf-8",
    )
    git(tmp_path, "init", "-q", "-b", "main")
    for text in ("ruff\n", None):  # what never was here would be the reader's own
        path = tmp_path / "requirements-dev.txt"
        path.write_text(text) if text else path.unlink()
        git(tmp_path, "add", "-A")
        git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "Pond")
    record = pipeline.audit(Submission(id="pond", repo=str(tmp_path)), load_profile("readme"))
    assert record.submission.report_path == "README.rst"
    wrong = {(v.claim.line, v.claim.quote) for v in record.verdicts if v.label == "contradicted"}
    assert wrong == {(4, "See [the guide](docs/guide.md)."), (11, "pip install -r requirements-dev.txt")}
    assert record.report.unread == ""  # nobody asks a README for a checklist
    assert not [p for p in record.report.problems if "template" in p.message]
    run = subprocess.run(
        [sys.executable, "-m", "auditor", "audit", str(tmp_path), "--profile", "readme"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert "checklist" not in run.stderr
