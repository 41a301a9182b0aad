"""Configuration that its reader cannot read, or that its host refuses."""

import re

from auditor.globs import matches
from auditor.readers.toml import toml
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import yaml_documents, yaml_root
from auditor.shapes import number_of
from auditor.snapshot import File, Snapshot

_PARSED = (
    *WORKFLOWS,
    "**/pyproject.toml",
    "**/dvc.yaml",
    "**/cloudbuild*.y*ml",
    "**/conf*/**/*.y*ml",
    ".pre-commit-config.y*ml",
)


def broken(snapshot: Snapshot) -> dict[str, tuple[File, str, int]]:
    """Each such file by its path, with the reason and its line. Templates that are rendered first are left alone."""

    def make() -> dict[str, tuple[File, str, int]]:
        found: dict[str, tuple[File, str, int]] = {}
        for file in snapshot.select(_PARSED, stubs=True):
            if not file.text.strip() or "{{" in file.text.replace("${{", "") or "{%" in file.text:
                continue
            if file.suffix == "toml":
                toml(file)
            else:
                yaml_documents(file)
            problem = file.problems.get("toml" if file.suffix == "toml" else "yaml", "")
            if " does not parse as " not in problem:  # too deep or large for this reader, which says nothing of others
                problem = ""
            if not problem and file.name.startswith(".pre-commit-config"):
                problem = _refused_hooks(file)
            if problem:
                at = re.search(r"line (\d+)", problem) or re.search(r":(\d+) ", problem)
                found[file.path] = (file, problem, (number_of(at[1]) if at else 0) or 1)
        return found

    return snapshot.once("facts.broken", make)


# Tools that work by one file of their own, in words that name the tool.
_RELIES = (
    (("pre-commit", "precommit"), (".pre-commit-config.yaml", ".pre-commit-config.yml")),
    (("github action", "continuous integration", "ci pipeline", "ci/cd"), WORKFLOWS),
    (("uv sync", "uv run", "pip install .", "pip install -e", "poetry install", "pyproject"), ("pyproject.toml",)),
    (("hydra",), ("**/conf*/config.y*ml", "**/conf*/main.y*ml", "**/conf*/default*.y*ml")),
)


def stopped(snapshot: Snapshot) -> list[tuple[tuple[str, ...], str]]:
    """The tools whose one file cannot be read, in words that name them, each with the file."""
    unread = broken(snapshot)
    found: list[tuple[tuple[str, ...], str]] = []
    for named, globs in _RELIES if unread else ():
        own = [p for p in dict.keys(snapshot.files) if matches(p, globs)]
        found += [(named, own[0])] if len(own) == 1 and own[0] in unread else []
    return found


def _refused_hooks(file: File) -> str:
    """Why pre-commit would refuse its configuration; empty if it would not."""
    root = yaml_root(file)
    if root.kind != "map" or "repos" not in root:
        return f"{file.path} has no `repos`, so pre-commit would refuse it"
    for repo in root["repos"].items:
        if repo.kind != "map" or "repo" not in repo or "hooks" not in repo:
            return f"{file.path}:{repo.line} lacks `repo` or `hooks`, so pre-commit would refuse it"
        if repo["repo"].text not in ("local", "meta") and "rev" not in repo:
            return f"{file.path}:{repo.line} lacks `rev`, so pre-commit would refuse it"
        for hook in repo["hooks"].items:
            if hook.kind != "map" or "id" not in hook:
                return f"{file.path}:{hook.line} is a hook without `id`, so pre-commit would refuse it"
    return ""
