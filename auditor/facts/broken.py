"""Configuration that its reader cannot read, or that its host refuses."""

import re

from auditor.readers import WORKFLOWS, toml, yaml_documents, yaml_root
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
            if not problem and file.name.startswith(".pre-commit-config"):
                problem = _refused_hooks(file)
            if problem:
                at = re.search(r"line (\d+)", problem) or re.search(r":(\d+) ", problem)
                found[file.path] = (file, problem, int(at[1]) if at else 1)
        return found

    return snapshot.once("facts.broken", make)


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
