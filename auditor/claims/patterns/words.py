"""The words that readers of rigid forms share: tools, purposes, systems and events by the names that people write."""

from auditor.claims.kinds import BY_KIND, Strength, Typed
from auditor.clauses import JOINS, Clause, Table, table
from auditor.lazy import compile_later
from auditor.prose import Statement

_NAMES = """
    ruff black isort flake8 mypy pylint pyright codespell bandit pytest yapf autopep8 pydocstyle hadolint gitleaks trivy pip-audit
    autoflake pyupgrade nbstripout detect-secrets prettier vulture interrogate commitizen codecov coveralls codeql snyk safety
"""
TOOLS = Table({**{n: n for n in _NAMES.split()}, "sonarcloud": "sonar", "sonarqube": "sonar", "unittest": "tests"})
"""Tools of quality by the names that people write, with the identifier of each."""

PURPOSES = Table({
    "linting": "linting", "linter": "linting", "linters": "linting", "lint checks": "linting", "linting checks": "linting",
    "type checking": "typing", "type checks": "typing", "static type checking": "typing", "static typing": "typing",
    "unit tests": "tests", "unit testing": "tests", "integration tests": "tests", "automated tests": "tests", "unittests": "tests", "testing": "tests", "our tests": "tests",
    "coverage reporting": "coverage", "coverage reports": "coverage", "coverage checks": "coverage", "code coverage": "coverage", "coverage": "coverage",
    "security scanning": "security", "security scans": "security", "vulnerability scanning": "security",
})  # fmt: skip
"""What continuous integration does, by the nouns for it."""

SYSTEMS = Table({
    "ubuntu": "linux", "linux": "linux", "ubuntu latest": "linux", "windows": "windows", "windows latest": "windows",
    "macos": "macos", "macos latest": "macos", "mac os": "macos", "macosx": "macos", "mac os x": "macos", "osx": "macos", "os x": "macos", "mac": "macos",
})  # fmt: skip
EVENTS = Table({
    "push": "push", "pushes": "push", "pull request": "pull request", "pull requests": "pull request", "pr": "pull request",
    "prs": "pull request", "merge request": "pull request", "merge": "merge", "merges": "merge", "pull_request": "pull request",
    "workflow_dispatch": "manual",
})  # fmt: skip
PERIODS = Table({
    "hourly": "hour", "every hour": "hour", "nightly": "day", "daily": "day", "every night": "day", "every day": "day", "once a day": "day",
    "each day": "day", "weekly": "week", "every week": "week", "once a week": "week", "each week": "week", "monthly": "month",
    "every month": "month", "once a month": "month", "each month": "month", "every monday": "week", "every sunday": "week",
})  # fmt: skip
_CI = ("ci", "ci/cd", "continuous integration", "github actions", "github action", "github workflow", "github workflows", "workflow", "workflows")  # fmt: skip
CI = table("ci", *_CI)
PRE_COMMIT = table("hooks", "pre commit", "precommit", "pre commits", "precomit")

_VERSION = compile_later(r"3\.(?:[5-9]|1\d)(?:\.\d{1,2})?")


def python_versions(clause: Clause) -> list[str]:
    """The versions of a list that the word Python leads to (`Python versions 3.11 and 3.12`, `python 3.12`)."""
    words = [w.text for w in clause.words]
    found: list[str] = []
    for at, word in enumerate(words):
        if word not in ("python", "pythons"):
            continue
        for later in words[at + 1 :]:
            if _VERSION.fullmatch(later):
                found.append(later)
            elif later not in JOINS and later not in ("version", "versions", ":", "python", "namely", "i.e"):
                break
    return list(dict.fromkeys(found))


def strength(statement: Statement) -> Strength:
    """How firmly a statement speaks, by its words for plans, attempts and the past."""
    if statement.planned:
        return "planned"
    if statement.attempted:
        return "attempted"
    if statement.past:
        return "past"
    return "hedged" if statement.hedged else "plain"


def typed(kind: str, clause: Clause, **fields: object) -> Typed:
    """The claim of a kind that a clause makes, quoted as it stands there."""
    return BY_KIND[kind].model_validate({"kind": kind, "quote": clause.quote, **fields})
