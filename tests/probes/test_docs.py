"""Documentation probes over small invented trees."""

import pytest
from conftest import ask

from auditor.models import Image, Question, Report
from auditor.probes import load
from auditor.snapshot import Snapshot

PROSE = "The pond model tells carp from pike by the colour of their fins and counts them. " * 8
LONG = "The pond model tells carp from pike by the colour of their fins and counts them.\n" * 25
STUB = "# Pond\n\nDocumentation for Pond\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"docs/mkdocs.yaml": "site_name: Pond\ndocs_dir: source\n", "docs/source/index.md": PROSE}, "found"),
        ({"mkdocs.yml": "site_name: Pond\n", "docs/api.md": "# Code\n\n::: pond.model\n"}, "found"),
        ({"docs/conf.py": "project = 'Pond'\nextensions = []\n", "docs/index.rst": PROSE}, "found"),
        ({"docs/_quarto.yml": "project:\n  type: website\n", "docs/index.qmd": PROSE}, "found"),
        ({"docs/mkdocs.yaml": "site_name: Pond\ndocs_dir: source\n", "docs/source/index.md": STUB}, "absent"),
        ({"docs/mkdocs.yaml": "site_name: Pond\ndocs_dir: source\n", "docs/README.md": PROSE}, "absent"),
        ({"docs/mkdocs.yaml": "site_name: Pond\ndocs_dir: source\n", "docs/source/index.md": "```\n" + PROSE + "\n```\n"}, "absent"),
        ({"docs/guide.md": PROSE}, "absent"),
        ({"mkdocs.yml": "site_name: Pond\n", "docs/course/lecture.md": PROSE}, "absent"),
        ({"docs/conf.py": "project = 'Pond'\nextensions = []\n", "docs/index.rst": "Pond\n====\n\n.. toctree::\n   :maxdepth: 2\n\n* :ref:`genindex`\n"}, "absent"),
        ({"mkdocs.yml": "site_name: [Pond\n", "docs/index.md": PROSE}, "absent"),
    ],
)  # fmt: skip
def test_documentation_site(files: dict[str, str], outcome: str) -> None:
    answer = ask("documentation-site", files)
    expected = "unknown" if "[Pond" in files.get("mkdocs.yml", "") else outcome
    assert answer.outcome == expected


SITE = "site_name: Pond\ndocs_dir: source\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"docs/mkdocs.yaml": SITE + "nav:\n  - Home: index.md\n", "docs/source/index.md": STUB, "docs/source/guide.md": PROSE}, "absent"),
        ({"docs/mkdocs.yaml": SITE + "nav:\n  - Home: index.md\n", "docs/source/index.md": STUB, "docs/guide.md": PROSE}, "found"),
        ({"docs/mkdocs.yaml": SITE + "nav:\n  - Home: index.md\n", "docs/source/index.md": PROSE}, "found"),
        ({"docs/mkdocs.yaml": SITE + "nav:\n  - More:\n    - A: ./a/guide.md\n", "docs/source/a/guide.md": PROSE}, "found"),
        ({"docs/mkdocs.yaml": SITE + "nav:\n  - guide.md\n", "docs/source/guide.md": PROSE}, "found"),
        ({"docs/mkdocs.yaml": SITE, "docs/source/index.md": STUB, "docs/source/guide.md": PROSE}, "found"),
        ({"docs/conf.py": "project = 'Pond'\nextensions = []\n", "docs/guide.rst": PROSE}, "found"),
        ({"docs/guide.md": PROSE}, "found"),
        ({"README.md": PROSE}, "absent"),
    ],
)  # fmt: skip
def test_documentation_that_a_reader_is_led_to(files: dict[str, str], outcome: str) -> None:
    assert ask("documentation-shown", files).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"docs/guide.md": PROSE}, "found"),
        ({"docs/README.md": STUB}, "absent"),
        ({"docs/guide.md": "Soon.\n"}, "absent"),
        ({"docs/course/guide.md": PROSE}, "absent"),
        ({"README.md": PROSE}, "absent"),
    ],
)
def test_docs_guide(files: dict[str, str], outcome: str) -> None:
    assert ask("docs-guide", files).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"README.md": LONG}, "found"),
        ({"readme.rst": LONG}, "found"),
        ({"README.md": PROSE}, "absent"),
        ({"README.md": "```bash\n" + LONG + "```\n"}, "absent"),
        ({"README.md": "* [ ] " + LONG.replace("\n", "\n* [x] ")}, "absent"),
        ({"docs/README.md": LONG}, "absent"),
    ],
)
def test_readme_usage(files: dict[str, str], outcome: str) -> None:
    assert ask("readme-usage", files).outcome == outcome


def test_readme_that_repeats_the_report_is_no_readme() -> None:
    report = Report(path="reports/README.md", commit="", sha256="")
    files = {"README.md": LONG, "reports/README.md": LONG}
    assert ask("readme-usage", files, report=report).outcome == "absent"


def architecture(
    *images: Image, links: tuple[Image, ...] = (), answer: str = "See the figure.", id: str = "architecture"
) -> Report:
    question = Question(
        n=25,
        line=3,
        prompt="Draw it",
        answer=answer,
        answer_lines=(5, 9),
        id=id,
        topics=(id,),
        images=images,
        links=links,
    )
    return Report(path="reports/README.md", commit="", sha256="", questions=(question,))


PICTURE = b"\x89PNG\0" + b"x" * 500
OWN = Image(line=5, target="figures/pond.png", path="reports/figures/pond.png")
AWAY = Image(line=5, target="https://example.org/pond.png")
REPORT = {"reports/README.md": "a\n" * 12}


@pytest.mark.parametrize(
    ("files", "report", "outcome"),
    [
        ({"reports/figures/pond.png": PICTURE}, architecture(OWN), "found"),
        ({"reports/figures/pond.png": PICTURE}, architecture(links=(OWN,)), "found"),
        ({"reports/figures/pond.png": PICTURE}, architecture(OWN, id="buckets"), "absent"),
        ({"reports/figures/architecture.png": PICTURE}, architecture(), "found"),
        ({"reports/figures/overview.png": PICTURE}, architecture(OWN.model_copy(update={"path": "reports/figures/overview.png"}), id="buckets"), "absent"),
        ({"docs/system_architecture.svg": "<svg>" + "x" * 300}, None, "found"),
        ({"pond.drawio": "<mxfile>" + "x" * 300}, None, "found"),
        ({"docs/design.md": "# Design\n\n```mermaid\ngraph TD; a --> b\n```\n"}, None, "found"),
        ({}, architecture(answer="```mermaid\ngraph TD; a --> b\n```"), "found"),
        ({"reports/figures/pond.png": PICTURE}, architecture(AWAY), "absent"),
        ({}, architecture(OWN.model_copy(update={"path": ""})), "absent"),
        ({"data/pipeline_samples/overview.png": PICTURE}, architecture(), "absent"),
        ({".github/agents/a.md": "```mermaid\ngraph TD\n```\n"}, None, "absent"),
        ({"reports/figures/confusion.png": PICTURE}, architecture(), "absent"),
    ],
)  # fmt: skip
def test_architecture_diagram(files: dict[str, str | bytes], report: Report | None, outcome: str) -> None:
    assert ask("architecture-diagram", {**REPORT, **files}, report=report).outcome == outcome


@pytest.mark.parametrize("path", ["reports/figures/overview.png", "docs/img/a.png", "architecture.png"])
@pytest.mark.parametrize(("picture", "outcome"), [(PICTURE, "absent"), (PICTURE + b"edited", "found")])
def test_only_the_templates_picture_as_it_came_is_none(path: str, picture: bytes, outcome: str) -> None:
    known = Snapshot({"x": PICTURE}).files["x"].blob
    made = Snapshot({**REPORT, path: picture}, set_aside=lambda f: "template stub" if f.blob == known else "")
    made.report = architecture(OWN.model_copy(update={"path": path}))
    answer = load()["architecture-diagram"].run(made)
    assert answer.outcome == outcome
    if outcome == "absent":
        assert f"which shows the template's own picture, {path}" in answer.evidence[0].note


@pytest.mark.parametrize(
    ("report", "outcome"),
    [
        (architecture(AWAY), "found"),
        (architecture(OWN), "absent"),
        (architecture(AWAY, id="buckets"), "absent"),
        (None, "absent"),
    ],
)
def test_architecture_link(report: Report | None, outcome: str) -> None:
    assert ask("architecture-link", REPORT, report=report).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"README.md": "## Revisiting our project description\n\nIt turned out as planned.\n"}, "found"),
        ({"README.md": "The project turned out differently from the plan.\n"}, "found"),
        ({"README.md": "# Project\n\nWe will train a model. Compared to others it is small.\n"}, "absent"),
        (
            {"README.md": "* [x] Revisit your initial project description. Did the project turn out as you wanted?\n"},
            "absent",
        ),
        ({"reports/README.md": "* [ ] Revisit your initial project description.\n"}, "absent"),
    ],
)
def test_revisited_description(files: dict[str, str], outcome: str) -> None:
    assert ask("revisited-description", files).outcome == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Docs: https://somegroup.github.io/leaf/\n", "found"),
        ("[docs](https://leaf.readthedocs.io/en/latest/)\n", "found"),
        ("See https://somegroup.gitbook.io/leaf\n", "found"),
        ("From https://skaftenicki.github.io/dtu_mlops/\n", "absent"),
        ("https://cookiecutter-data-science.readthedocs.io/en/latest\n", "absent"),
        ("https://github.com/somegroup/leaf\n", "absent"),
    ],
)
def test_published_pages_elsewhere(text: str, outcome: str) -> None:
    assert ask("docs-address", {"README.md": text}).outcome == outcome


@pytest.mark.parametrize(
    ("files", "report", "outcome"),
    [
        ({"reports/figures/pond.png": PICTURE}, architecture(OWN, id="experiment-tracking"), "found"),
        ({"reports/figures/pond.png": PICTURE}, architecture(links=(OWN,), id="experiment-tracking"), "found"),
        ({"reports/figures/pond.png": PICTURE}, architecture(OWN), "absent"),
        ({"reports/figures/pond.png": PICTURE}, architecture(AWAY, id="experiment-tracking"), "absent"),
        ({"reports/figures/pond.png": PICTURE}, None, "absent"),
    ],
)
def test_tracking_figure(files: dict[str, str | bytes], report: Report | None, outcome: str) -> None:
    assert ask("tracking-figure", files, report=report).outcome == outcome
