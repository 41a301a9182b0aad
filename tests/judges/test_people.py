"""Who is named by private answers, by git and by the fields of files is unknown to a judge; words of the field and the code are not."""

from datetime import UTC, datetime

import pytest

from auditor.judges.private import Veil, often_veiled, veil_of
from auditor.models import Question, Report
from auditor.repository import Commit, History

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
PUBLIC = "We used Hydra and Docker on Windows with the Adam optimizer; Streamlit was our frontend. Everyone helped."


def question(n: int, answer: str, *topics: str) -> Question:
    return Question(
        n=n, line=n, prompt="", answer=answer, answer_lines=(n, n), id="q", topics=topics, private=bool(topics)
    )


def veil(
    contributions: str = "",
    members: str = "",
    files: dict[str, str] | None = None,
    log: tuple[tuple[str, str], ...] = (),
    mailmap: str = "",
) -> Veil:
    asked = (question(2, members, "members"), question(5, PUBLIC), question(31, contributions, "contributions"))
    commits = tuple(Commit(str(n), (), *who, WHEN, "GitHub", WHEN, "x", ()) for n, who in enumerate(log))
    report = Report(path="r.md", commit="c", sha256="s", questions=asked, text=PUBLIC)
    return veil_of(report, History(commits=commits, mailmap=mailmap), (files or {}).items())


ANSWERS = [
    "Zoltan Quixley was in charge of data.",
    "s000001 - Zoltan Quixley - data",
    "Student s000001 (Zoltan Quixley, Ottilie Brangwyn) did the data.",
    "Student s000001 (Zoltan): data. Student s000002 (Quixley): API.",
    "| Student | Work |\n|---|---|\n| Zoltan Quixley | data |",
    "| Zoltan Quixley | s000001 | data |",
    "- **Zoltan Quixley**: data\n- s000002: API",
    "- Zoltan: data\n- Quixley: API",
    "Zoltan, Quixley and s000003 trained the model.",
    "The data was done by Zoltan and Quixley.",
    "Everyone worked on everything, but Zoltan and Quixley more.",
    "s000001, Zoltan Quixley",
    "ZOLTAN QUIXLEY (s000001): data",
    "Regarding Docker, Zoltan wrote it. Quixley, on the other hand, tested it.",
    "Zoltan's work was the data; Quixley's the API.",
    "1. Zoltan\n2. Quixley",
]


@pytest.mark.parametrize("answer", [a for a in ANSWERS if not a.startswith("ZOLTAN")])
@pytest.mark.parametrize(
    "text", ["Zoltan and Quixley wrote them", "zoltan_model.pt by quixley", "QUIXLEY's and Zoltan's"]
)
def test_who_is_named_in_a_private_answer_is_nobody(answer: str, text: str) -> None:
    shown = veil(answer).hide(text)
    assert "zoltan" not in shown.lower(), shown
    assert "quixley" not in shown.lower(), shown


@pytest.mark.parametrize(
    ("answer", "handle"),
    [
        ("Done by @zq-dev and others.", "zq-dev"),
        ("s000001 (zquix): data", "zquix"),
        ("- zquix (s000001): data", "zquix"),
        ("See https://github.com/zquix for more.", "zquix"),
        ("- zoltan: data\n- ottilie: API", "ottilie"),
        ("write to z.quix@example.org", "z.quix"),
    ],
)
def test_handles_of_a_private_answer_are_nobody_s(answer: str, handle: str) -> None:
    assert handle not in veil(answer).hide(f"run by {handle} on {handle}-3")


@pytest.mark.parametrize(
    "answer",
    [
        *ANSWERS,
        "We used Docker, Hydra, Windows and Streamlit. Implemented the API in Flask. ChatGPT and GitHub Copilot helped.",
        "s000001: Docker, Cloud Run, Vertex AI. s000002 - Training, Data Loading",
        "s000001 (Docker)\ns000002 (Testing, Continuous Integration)",
        "Everyone contributed. Furthermore, Weights and Biases was set up. Main Branch protected.",
        "- docker: all\n- training: s000001",
        "We kept to Pep8 and Resnet50.",
    ],
)
def test_words_of_the_field_are_shown(answer: str) -> None:
    text = f"{PUBLIC} Cloud Run, Vertex AI, data loading, main branch, pep8, PEP, Resnet, Testing, training, ChatGPT, Implemented in Flask."
    assert veil(answer, members="s000001, s000002").hide(text) == text


FILES: dict[str, str] = {
    "LICENSE": "MIT License\n\nCopyright (c) 2025 Isolde Wrotham\n",
    "license.md": "Copyright © 2024-2025, Ada Roe & Isolde Wrotham. All rights reserved.\n",
    "NOTICE": "Copyright 2025 Wrotham, Isolde\n",
    "CITATION.cff": "authors:\n- family-names: Wrotham\n  given-names: Isolde\n",
    ".mailmap": "Isolde Wrotham <iw@example.net> <kim@example.org>\n",
    "src/a.py": "# Author: Isolde Wrotham <isolde.wrotham@example.net>\nx = 1\n",
    "src/b.py": '"""Things.\n\n@author Isolde Wrotham\n"""\n',
    "src/c.py": "__author__ = 'Isolde Wrotham'\n",
    "src/d.py": "__authors__ = ['Ada Roe', 'Isolde Wrotham']\n",
    "setup.py": "from setuptools import setup\n\nsetup(name='x', author='Isolde Wrotham')\n",
    "setup.cfg": "[metadata]\nname = x\nauthor = Isolde Wrotham\n",
    "pyproject.toml": '[project]\nname = "x"\nauthors = [\n  {name = "Ada Roe"},\n  {name = "Isolde Wrotham", email = "iw@example.net"},\n]\n',
    "sub/pyproject.toml": '[tool.poetry]\nname = "x"\nauthors = ["Isolde Wrotham <iw@example.net>"]\n',
    "package.json": '{"name": "x", "author": {"name": "Isolde Wrotham"}}',
    "ui/package.json": '{"name": "x", "contributors": ["Isolde Wrotham <iw@example.net>"]}',
    "Dockerfile": 'FROM python\nLABEL maintainer="Isolde Wrotham"\n',
    "old.dockerfile": "FROM python\nMAINTAINER Isolde Wrotham <iw@example.net>\n",
    "mkdocs.yml": "site_name: x\nsite_author: Isolde Wrotham\n",
    "docs/conf.py": 'project = "x"\nauthor = "Isolde Wrotham"\n',
    "README.md": "## Authors\n\n- Isolde Wrotham (s000099)\n",
    "READ.md": "## Team members\n\n* Isolde Wrotham\n* Ada Roe, data\n",
    "table.md": "| Name | Number |\n|---|---|\n| Isolde Wrotham | s000099 |\n",
    "paper.tex": "\\author{Isolde Wrotham}\n",
    "ci.yml": 'run: git config user.name "Isolde Wrotham"\n',
    "CHANGELOG.md": "Thanks to Isolde Wrotham <iw@example.net>\n",
}


@pytest.mark.parametrize("path", FILES)
def test_who_is_named_by_a_field_for_people_is_nobody(path: str) -> None:
    shown = veil(files={path: FILES[path]}).hide(f"{FILES[path]}\nWrotham wrote it, and isolde_model.pt too")
    assert "wrotham" not in shown.lower(), shown
    assert "isolde" not in shown.lower(), shown


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".github/CODEOWNERS", "* @isoldewrotham\n/docs @my-org/docs-team\n"),
        (".github/dependabot.yml", "updates:\n  - reviewers:\n      - isoldewrotham\n"),
        ("src/a.py", "# TODO(isoldewrotham): mend\n"),
        ("README.md", "## Contributors\n\n[me](https://github.com/isoldewrotham)\n"),
    ],
)
def test_handles_in_files_are_nobody_s(path: str, text: str) -> None:
    hidden = veil(files={path: text})
    assert "isoldewrotham" not in hidden.hide(f"{text} run by isoldewrotham")
    assert hidden.hide("the docs team") == "the docs team"


def test_git_s_own_map_of_names_is_read() -> None:
    hidden = veil(mailmap="Isolde Wrotham <iw@example.net> zq <zquix@example.org>\n")
    assert set(hidden.hide("Wrotham zquix isolde").split()) == {"[person-1]", "[person-2]", "[person-3]"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("LICENSE", "Copyright (c) 2024 Data Science Team\nCopyright 2020 The Hugging Face authors\n"),
        ("a.py", "author = commit.author\nauthors: list[str] = []\ndef f(author: str, Author: Model) -> Cloud: ...\n"),
        ("b.json", '{"author": "Vertex Cloud"}'),
        ("pyproject.toml", '[project]\nname = "Vertex Cloud"\nauthors = [{name = "Your Name"}]\n'),
        ("README.md", "## Authors\n\n- Data Loading\n- Model Training\n\n## Vertex Cloud\n"),
        ("CITATION.cff", "title: Vertex Cloud\n"),
        ("c.md", "The author of this Dataset: Vertex Cloud and the copyright of Windows\n"),
    ],
)
def test_what_is_no_person_is_shown(path: str, text: str) -> None:
    prose = "Data Science Team, Hugging Face, commit author, model, cloud, Vertex Cloud, Your Name, Data Loading, Model, Windows"
    assert veil(files={path: text}).hide(prose) == prose


CODE = {
    "src/gridload/train_gpu.py": "from gridload.data import load\n\n\ndef train_gpu() -> None:\n    load()\n",
    "requirements.txt": "zenmlx==1.0\n",
    ".github/workflows/a.yml": "os: [windows-latest, ubuntu-latest]\nzzkey: 1\n",
    "b.yml": "zzkey: 2\n",
}


@pytest.mark.parametrize(
    ("author", "mail", "text"),
    [
        ("Windows Ubuntu", "windows@example.org", "windows-latest and ubuntu-latest, on Windows or Ubuntu"),
        ("train_gpu gridload", "x@example.org", "train_gpu in gridload, gridload.train_gpu"),
        ("Gridload", "gridload@example.org", "gridload and Gridload"),
        ("Streamlit Macos", "zenmlx@example.org", "streamlit on macOS and Macos with zenmlx"),
        ("removed docs", "docs@example.org", "we removed the docs"),
        ("Multi Stage", "mypy@example.org", "multi-stage builds, a stage, mypy"),
        ("Zzkey", "zzkey@example.org", "zzkey is 2"),
        ("Grid Load", "g@example.org", "gridload"),
    ],
)
def test_a_commit_s_author_hides_no_word_of_the_code(author: str, mail: str, text: str) -> None:
    assert veil(files=CODE, log=((author, mail),)).hide(text) == text


def test_a_full_name_of_words_is_hidden_as_a_whole() -> None:
    hidden = veil(files=CODE, log=(("Windows Ubuntu", "x@example.org"), ("Anna Docker", "y@example.org")))
    assert hidden.hide("by Windows Ubuntu, windows") == "by [person-1], windows"
    assert hidden.hide("Anna Docker used Docker") == "[person-2] [person-3] used Docker"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the Adam optimizer, optim.Adam, Adam(lr), from torch.optim import Adam", True),
        ("the API was written by Adam, and adam_run was his", False),
    ],
)
def test_a_name_that_is_an_optimiser_too(text: str, shown: bool) -> None:
    hidden = veil(log=(("Adam Wrotham", "a@example.org"),)).hide(text)
    assert (hidden == text) is shown
    assert shown or "adam" not in hidden.lower()


def test_a_name_that_is_a_word_of_code_in_small_letters() -> None:
    hidden = veil(log=(("Elif Wrotham", "e@example.org"), ("Lenovo", "lenovo@example.org")))
    assert hidden.hide("elif x: the run of Elif on a Lenovo") == "elif x: the run of [person-1] on a Lenovo"


def test_a_file_about_somebody_makes_no_word_of_the_name() -> None:
    files = {"notes/wrotham.yml": "wrotham: data\n", "src/a.py": "from wrotham_utils import load\n"}
    hidden = veil(files=files, log=(("Isolde Wrotham", "iw@example.org"),))
    assert "wrotham" not in hidden.hide("wrotham did it")


def test_a_word_that_is_said_often_and_not_shown_is_named() -> None:
    report = Report(
        path="r.md", commit="c", sha256="s", questions=(question(5, "Zenith runs. " * 5 + "Wrotham once."),)
    )
    commits = (Commit("1", (), "Zenith Wrotham", "x@example.org", WHEN, "GitHub", WHEN, "x", ()),)
    names = veil_of(report, History(commits=commits)).names
    assert [p.message for p in often_veiled(names, report)] == [
        "a judge does not see 'zenith', said 5 times: it is somebody's name, too"
    ]
