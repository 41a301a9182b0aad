"""Hooks that run before a commit."""

from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.quality.hooks import hooks_of
from auditor.readers.toml import toml
from auditor.readers.yaml import yaml_root
from auditor.snapshot import File, Files

_SAMPLE_HOOKS = frozenset(["trailing-whitespace", "end-of-file-fixer", "check-yaml", "check-added-large-files"])

_MORE = 3  # hooks of the sample's repository beside the sample's
_SAMPLE_REPOSITORY = compile_later(r"[/:]pre-commit/pre-commit-hooks(\.git)?/?$")


@probe(
    "pre-commit-hooks",
    asks="Are there pre-commit hooks beyond the sample's?",
    looks_in=(
        "**/.pre-commit-config.yaml",
        "!.github/**",
        "{lefthook,.lefthook}.y*ml",
        "prek.toml",
        ".husky/{pre-commit,pre-push}",
        ".githooks/pre-commit",
    ),
)
def pre_commit_hooks(files: Files) -> Iterator[Evidence]:
    """A hook in a `.pre-commit-config.yaml` other than the four that `pre-commit sample-config` and the template bring, or a
    hook of lefthook, husky, prek or a `.githooks` folder. The configuration may lie in the project's own folder, where
    `pre-commit install` takes it up as well as in the root. A hook of the `manual` stage only and pre-commit as a dependency
    do not count."""
    for file in files:
        if file.name == ".pre-commit-config.yaml":
            for hook, line in hooks_of(file):
                if hook["id"].text not in _SAMPLE_HOOKS:
                    yield file.cite(line)
        elif "lefthook" in file.name:
            root = yaml_root(file)
            for key in ("pre-commit", "pre-push"):
                if root[key]["commands"].entries or root[key]["scripts"].entries or root[key]["jobs"].items:
                    yield file.cite(root.line_of(key), root[key].end)
        elif file.name == "prek.toml":
            if toml(file).get("repos"):
                yield file.cite(1, 5)
        else:
            for i, row in enumerate(file.lines, 1):
                if row.strip() and not row.strip().startswith("#") and "husky.sh" not in row:
                    yield file.cite(i)
                    break


@probe(
    "pre-commit-hooks-chosen",
    asks="Are there pre-commit hooks from elsewhere than the sample's repository?",
    looks_in=(
        "**/.pre-commit-config.yaml",
        "!.github/**",
        "{lefthook,.lefthook}.y*ml",
        "prek.toml",
        ".husky/{pre-commit,pre-push}",
        ".githooks/pre-commit",
    ),
)
def pre_commit_hooks_chosen(files: Files) -> Iterator[Evidence]:
    """As `pre-commit-hooks`, from a file with a hook that is not of the repository pre-commit/pre-commit-hooks, which the
    sample configuration takes its four from, or with a few more of those: one more is an exercise, no set-up of one's own."""
    for evidence in pre_commit_hooks(files):
        file = files.paths[evidence.path]
        if file.name != ".pre-commit-config.yaml" or file.once("hooks chosen", lambda: _is_chosen(file)):  # noqa: B023
            yield evidence


def _is_chosen(file: File) -> bool:
    repos = [repo for repo in yaml_root(file)["repos"].items if repo["hooks"].items]
    more = sum(hook["id"].text not in _SAMPLE_HOOKS for hook, _ in hooks_of(file))
    return more >= _MORE or any(not _SAMPLE_REPOSITORY.search(repo["repo"].text.lower()) for repo in repos)


@probe(
    "pre-commit-template",
    asks="Is there a pre-commit configuration at all?",
    looks_in=("**/.pre-commit-config.yaml", "**/.pre-commit-config.yml", "!.github/**"),
    stubs=True,
)
def pre_commit_template(files: Files) -> Iterator[Evidence]:
    """A pre-commit configuration with at least one hook, be it only the sample's four that come with the template: they are
    hooks all the same. (pre-commit itself reads `.yaml` only.) In a file that does not parse, a line that names a hook: it was
    written, and what the slip costs is said of the sentences that rely on it."""
    for file in files:
        for _, line in list(hooks_of(file))[:1]:
            yield file.cite(line, note="the template's hooks" if _only_sample(file) else "")
        if problem := file.problems.get("yaml"):
            named = next((i for i, row in enumerate(file.lines, 1) if row.lstrip(" -").startswith("id: ")), 0)
            if named:
                yield file.cite(named, note=f"a hook is written down; the file {problem}")


def _only_sample(file: File) -> bool:
    return all(hook["id"].text in _SAMPLE_HOOKS for hook, _ in hooks_of(file))
