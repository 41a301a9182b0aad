"""What tools leave behind: in what a workflow does, and in all that it says."""

import re
from collections.abc import Iterable, Iterator

from auditor.facts.jobs import Run
from auditor.facts.programs import lint_action, lint_tool, runs_pre_commit
from auditor.facts.purposes import Served, added_options, pipelines, place, served
from auditor.facts.quality import hooks
from auditor.facts.workflows import CiWorkflow
from auditor.lazy import compile_later
from auditor.snapshot import Snapshot

PURPOSE_OF = {
    "pre-commit": "hooks", "precommit": "hooks", "tests": "tests", "unit tests": "tests", "unit-tests": "tests", "testing": "tests", "unittest": "tests",
    "integration tests": "tests", "pytest": "tests", "linting": "linting", "linter": "linting", "linters": "linting", "lint": "linting", "typing": "typing",
    "type checking": "typing", "type-checking": "typing", "type checks": "typing", "formatting": "formatting", "coverage": "coverage", "pytest-cov": "coverage",
    "coverage.py": "coverage", "docker build": "images", "docker-build": "images", "images": "images", "deployment": "deployment", "docs": "docs",
    "documentation": "docs", "load tests": "load tests", "load-tests": "load tests", "load testing": "load tests", "security": "security",
}  # fmt: skip
# what stands for a purpose or a tool in all that CI says: where it stands anywhere, nothing is denied
_TRACE = {
    "tests": r"(?<!la)test|\btox\b|\bnox\b|coverage|behave|robot", "hooks": r"pre-commit|prek", "coverage": r"cov", "load tests": r"locust|k6|jmeter|artillery|load",
    "linting": r"lint|ruff|flake8|pyflakes|pycodestyle|black|isort|mypy|sonar|codeclimate|trunk|prospector|\bty check|pyright|pre-commit|prek|pep8|codacy",
    "typing": r"mypy|pyright|\bty check|uvx ty|pyre\b|pytype|pyrefly|\btsc\b|beartype|typeguard|type-?check",
    "formatting": r"format|black|yapf|autopep8|prettier|isort|blue|pre-commit|prek|lint",
    "images": r"docker|builds submit|kaniko|podman|buildah|cloudbuild|bentoml|skaffold|pack build|image|codebuild",
    "deployment": r"deploy|kubectl|\bhelm\b|terraform|pulumi|flyctl|railway|render\.com|heroku|vercel|netlify|huggingface|hf upload|streamlit|app-?runner|rsync|\bscp\b|\bssh\b|compute instances|update-container|services update",
    "docs": r"mkdocs|sphinx|pages|mike|quarto|docs|documentation|zensical|pdoc",
    "security": r"bandit|trivy|codeql|audit|safety|snyk|sonar|gitleaks|trufflehog|grype|detect-|dependency-review|semgrep|scorecard|ruff",
    "black": r"\bblack\b|psf/black", "ruff": r"\bruff", "isort": r"\bisort\b|ruff", "mypy": r"\bd?mypy", "pydocstyle": r"pydocstyle|ruff", "pip-audit": r"pip[-_]audit", "codecov": r"cov", "coveralls": r"cov", "sonar": r"sonar",
}  # fmt: skip
_BY_NAME = """
    flake8 pylint pyright codespell bandit yapf autopep8 hadolint gitleaks trivy autoflake pyupgrade nbstripout detect-secrets prettier vulture interrogate
    commitizen codeql snyk safety locust k6 mkdocs sphinx poetry cml
"""
_KNOWN = frozenset(_BY_NAME.split())
BUNDLES = compile_later(r"super-linter|megalinter|mega-linter|trunk-io|trunk check|codacy|reviewdog|qodana|prospector")
"""Actions that bring many linters without a word of them."""


def trace(tool: str) -> re.Pattern[str] | None:
    """What stands for a tool or purpose in a text; None for one of which nothing is known that it must leave."""
    word = _TRACE.get(PURPOSE_OF.get(tool, tool)) or (re.escape(tool) if tool in _KNOWN else "")
    return re.compile(word) if word else None


def tool_named(text: str) -> str:
    """A tool's identifier as it is looked up: `ruff check`, `ruff-format` are ruff."""
    name = " ".join(text.lower().strip(" `").split())
    head = re.split(r"[ -]", name)[0]
    return head if head in ("ruff", "mypy", "black", "flake8", "isort", "pylint", "codecov") else name


_STEMS = {
    "tests": "test", "linting": "lint", "typing": "typ", "formatting": "format", "coverage": "cover", "hooks": "commit", "images": "docker image container build",
    "deployment": "deploy", "docs": "doc", "load tests": "load performance stress locust", "security": "secur vulnerab scan",
}  # fmt: skip


def named(quote: str, tool: str) -> bool:
    """Whether a quote has a tool's own name, or the stem of a word for what is done: a reader that puts a tool for what is done,
    or a deployment for a push to the cloud, has not read it there."""
    if tool in PURPOSE_OF and tool != "pytest":
        return any(stem in quote.lower() for stem in _STEMS[PURPOSE_OF[tool]].split())
    return _letters(tool) in _letters(quote)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())


_BY_HOOK = {
    "linting": r"ruff|flake8|pylint|pyflakes|pycodestyle|pydocstyle|pyupgrade|autoflake|bandit|eslint|prospector|nbqa|pylama|mypy|pyright|lint|\bcheck-ast|debug-statements|vulture|interrogate|codespell",
    "typing": r"mypy|pyright|pyre|pytype|pyrefly|\bty\b|type|tsc", "tests": r"test|tox|nox|hatch", "coverage": r"cov|test|tox|nox",
    "formatting": r"", "hooks": r"", "docs": r"doc", "security": r"key|secret|gitleaks|trufflehog|ggshield|credential|bandit|safety|audit",
}  # fmt: skip


def hook_pattern(tool: str) -> str:
    """What stands for a tool or purpose in what a hook says; empty where any hook may serve it (formatting: those for white space do)."""
    purpose = PURPOSE_OF.get(tool, "") if tool != "pytest" else ""
    return _BY_HOOK.get(purpose, "") if purpose else rf"(?<![a-z]){re.escape(tool)}(?!-test)"


def hooked(snapshot: Snapshot, purpose: str) -> bool:
    """Whether a hook formats code or lints it, or another manager of hooks may: what is committed was looked at before."""
    known = hooks(snapshot)
    pattern = hook_pattern(purpose) or r"format|black|yapf|autopep8|isort|prettier|blue|\bfmt\b"
    return not known.sure or any(re.search(pattern, h.says) for h in known.found)


def places_of(tool: str, snapshot: Snapshot) -> Iterator[Served]:
    """The places where workflows run a tool or serve a purpose."""
    purpose = PURPOSE_OF.get(tool, "")
    if purpose and tool != "pytest":
        yield from served(snapshot, purpose)
    if purpose == "coverage" and next((True for _, _, row in added_options(snapshot) if "cov" in row), False):
        yield from served(snapshot, "tests")
    hooked = any(tool in h.says for h in hooks(snapshot).found)
    for w in pipelines(snapshot).workflows:
        for run in w.runs:
            hook = hooked and runs_pre_commit(run)
            if run.command.runs(tool) or tool == " ".join(run.command.bare[:2]) or hook:
                yield place(w, run)
        for use in w.uses:
            name = re.split(r"[/_-]", use.action.lower().removeprefix("./"))
            if lint_action(use) == tool or tool in name or (hooked and runs_pre_commit(use)):
                yield place(w, use)


def tools_of(workflows: Iterable[CiWorkflow]) -> list[str]:
    """The linters and test runners that workflows run."""
    workflows = list(workflows)
    said = [t for w in workflows for t in (*(lint_tool(r.command) for r in w.runs), *(lint_action(u) for u in w.uses))]
    said += ["pytest" for w in workflows if any(r.command.runs("pytest") for r in w.runs)]
    return sorted({s for s in said if s})


# -- caches ---

_OFF = compile_later(r"cache:\s*['\"]?false|enable-cache:\s*['\"]?false|--no-cache\S*")
_UNASKED = compile_later(r"setup-uv@\S+")
_UNASKED_OFF = compile_later(r"enable-cache:\s*['\"]?false")  # an input of setup-uv alone
_KEEPERS = compile_later(
    r"setup-uv@v?(?:[5-9]|[1-9]\d|[0-9a-f]{7,}|main)|setup-pixi|setup-go|setup-node@v(?:[5-9])|rust-cache|gradle"
)


def keeps_no_cache(said: str) -> bool:
    """Whether all that a workflow says names no cache, nor an action that caches unasked and is not told to leave it."""
    text = _UNASKED.sub("", said, count=len(_UNASKED_OFF.findall(said))) if _UNASKED_OFF.search(said) else said
    text = _OFF.sub("", text)
    return "cache" not in text and not _KEEPERS.search(text)


def installs(run: Run) -> bool:
    """Whether a step installs packages."""
    words = run.command.words
    by_pip = words[:1] in (("pip",), ("pip3",), ("poetry",), ("conda",)) and "install" in words
    return by_pip or words[:2] in (("uv", "sync"), ("uv", "pip")) or words[1:4] == ("-m", "pip", "install")
