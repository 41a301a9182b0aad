"""Whether a tool runs in continuous integration, in the hooks or as a task: what the steps lead to decides, not a word in a file."""

import re
from collections.abc import Iterator

from auditor.claims.case import Case, Settled, absence, settles
from auditor.claims.kinds import Runs
from auditor.claims.settle.workflows import beyond_github, contradicted, meant, supported, sure_of_all
from auditor.facts.civalues import caches, default_caches
from auditor.facts.jobs import Run
from auditor.facts.programs import lint_action, lint_tool, runs_pre_commit
from auditor.facts.purposes import Pipelines, Served, added_options, pipelines, served
from auditor.facts.quality import Hooks, hooks, mentions
from auditor.facts.workflows import CiWorkflow
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.readers import readable

_PURPOSE_OF = {
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
    "black": r"\bblack\b|psf/black", "ruff": r"\bruff", "isort": r"\bisort\b|ruff", "mypy": r"\bd?mypy", "pydocstyle": r"pydocstyle|ruff", "pip-audit": r"pip[-_]audit", "sonar": r"sonar",
}  # fmt: skip
_BY_NAME = "flake8 pylint pyright codespell bandit yapf autopep8 hadolint gitleaks trivy autoflake pyupgrade nbstripout detect-secrets prettier vulture interrogate"
_KNOWN = frozenset(
    [
        *_BY_NAME.split(),
        "commitizen",
        "codecov",
        "coveralls",
        "codeql",
        "snyk",
        "safety",
        "locust",
        "k6",
        "mkdocs",
        "sphinx",
        "poetry",
        "cml",
    ]
)
_BUNDLES = compile_later(
    r"super-linter|megalinter|mega-linter|trunk-io|trunk check|codacy|reviewdog|qodana|prospector"
)  # many tools, no word of them


def _trace(tool: str) -> re.Pattern[str] | None:
    """What stands for a tool or purpose in a text; None for one of which nothing is known that it must leave."""
    word = _TRACE.get(_PURPOSE_OF.get(tool, tool)) or (re.escape(tool) if tool in _KNOWN else "")
    return re.compile(word) if word else None


def _named(text: str) -> str:
    """A tool's identifier as it is looked up: `ruff check`, `ruff-format` are ruff."""
    name = " ".join(text.lower().strip(" `").split())
    head = re.split(r"[ -]", name)[0]
    return head if head in ("ruff", "mypy", "black", "flake8", "isort", "pylint", "codecov") else name


@settles("runs")
def runs(claim: Runs, case: Case) -> Settled | None:
    """Compares a tool (or a purpose: tests, linting, coverage, caching) with what the steps of the workflows lead to: actions, tasks,
    targets, scripts, hooks where a step or pre-commit.ci runs them, pytest's options, Cloud Build files that are submitted; for hooks with
    the root's pre-commit configuration. Contradicted where nothing that CI says so much as names a tool that must leave its name; a denial by
    a step of a workflow that starts by itself; `blocks` where every run of it lets its failure pass. Says nothing of tools by hand, of
    images, of CI on other hosts or that calls what cannot be seen, of builds and deployments that Cloud Build may do, and of actions that
    bundle linters."""
    tool = _named(claim.tool)
    if tool in ("caching", "cache"):
        return _caching(claim, case)
    if claim.place == "hooks":
        return _in_hooks(claim, tool, case)
    if claim.place == "task":
        return _in_tasks(tool, case) if not claim.denied else None
    if claim.place == "image":
        return None
    ci = pipelines(case.snapshot)
    workflows = ci.workflows
    called = "CI"
    if claim.place == "workflow" or claim.path:
        named = meant(case, claim.path, claim.purpose)
        if named is None:
            return None
        workflows, called = named.workflows, named.called
    found = [s for s in _found(tool, case, ci) if s.workflow in workflows]
    if claim.denied:
        return _denied(claim, tool, called, found, case)
    about = f"runs:{tool}"
    if found:
        first = found[0]
        if claim.blocks and all(s.soft for s in found):
            shows = f"{first.file.path}:{first.line} runs {tool} and lets its failure pass."
            return contradicted(
                f"soft:{tool}", shows, "A finding of it does not fail the job.", _cite(first, "its failure passes")
            )
        return supported(about, f"{first.file.path}:{first.line} runs {tool}.", _cite(first))
    if claim.place == "unknown":
        made = _in_hooks(claim, tool, case)
        return made if made and made.label == "supported" else None
    trace = _trace(tool)
    text = ci.text if workflows == ci.workflows else "\n".join(ci.texts[w.path] for w in workflows)
    if trace is None or not workflows or trace.search(text) or _BUNDLES.search(ci.text) or not sure_of_all(ci):
        return None
    if _PURPOSE_OF.get(tool) in ("images", "deployment") and beyond_github(case, ci):
        return None
    elsewhere = bool(trace.search(ci.text))
    if elsewhere and not claim.path:  # the purpose may be another's
        return None
    does = ", ".join(_tools_of(workflows)[:5])
    shows = f"None of {_files(workflows)}, nor a hook, task or script that one runs, names {tool}" + (
        f"; they run {does}." if does else "."
    )
    return contradicted(
        about, shows, f"The sentence says that {called} runs {claim.tool}.", absence(shows), detail=elsewhere
    )


def _files(workflows: tuple[CiWorkflow, ...]) -> str:
    names = [w.path for w in workflows]
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return (
        f"the {len(names)} workflows ({', '.join(names[:6])}{more})"
        if len(names) > 1
        else f"the one workflow ({names[0]})"
    )


def _tools_of(workflows: tuple[CiWorkflow, ...]) -> list[str]:
    said = [t for w in workflows for t in (*(lint_tool(r.command) for r in w.runs), *(lint_action(u) for u in w.uses))]
    said += ["pytest" for w in workflows if any(r.command.runs("pytest") for r in w.runs)]
    return sorted({s for s in said if s})


def _cite(place: Served, note: str = "") -> Evidence:
    return place.file.cite(
        place.line, note=note or f"in {place.workflow.path}" * (place.file.path != place.workflow.path)
    )


def _found(tool: str, case: Case, ci: Pipelines) -> Iterator[Served]:
    """The places where workflows run a tool or serve a purpose."""
    snapshot = case.snapshot
    purpose = _PURPOSE_OF.get(tool, "")
    if purpose and tool != "pytest":
        yield from served(snapshot, purpose)
    if purpose == "coverage" and next((True for _, _, row in added_options(snapshot) if "cov" in row), False):
        yield from served(snapshot, "tests")
    hooked = any(tool in h.says for h in hooks(snapshot).found)
    for w in ci.workflows:
        for run in w.runs:
            hook = hooked and runs_pre_commit(run)
            if run.command.runs(tool) or tool == " ".join(run.command.bare[:2]) or hook:
                yield Served(
                    w, run.job, run.step, run.file, run.line, run.soft or "--exit-zero" in run.command.bare, run.sure
                )
        for use in w.uses:
            name = re.split(r"[/_-]", use.action.lower().removeprefix("./"))
            if lint_action(use) == tool or tool in name or (hooked and runs_pre_commit(use)):
                yield Served(w, use.job, use.step, use.file, use.step.line, use.step.soft)


def _denied(claim: Runs, tool: str, called: str, found: list[Served], case: Case) -> Settled | None:
    """A denial: contradicted by a step that a workflow of the group's own is sure to run."""
    own = [s for s in found if s.sure and s.workflow.automatic and not case.snapshot.aside(s.workflow.file)]
    if own:
        first = own[0]
        shows = f"{first.file.path}:{first.line} runs {tool} in {first.workflow.path}."
        return contradicted(
            f"runs:{tool}", shows, f"The sentence says that {called} does not run {claim.tool}.", _cite(first)
        )
    ci = pipelines(case.snapshot)
    trace = _trace(tool)
    if found or trace is None or trace.search(ci.text) or not sure_of_all(ci):
        return None
    shows = f"None of {_files(ci.workflows)} names {tool}."
    return supported(f"runs:{tool}", shows, absence(shows))


# -- hooks and tasks ---------------------------------------------------------------------------------------------------

_BY_HOOK = {
    "linting": r"ruff|flake8|pylint|pyflakes|pycodestyle|pydocstyle|pyupgrade|autoflake|bandit|eslint|prospector|nbqa|pylama|mypy|pyright|lint|\bcheck-ast|debug-statements|vulture|interrogate|codespell",
    "typing": r"mypy|pyright|pyre|pytype|pyrefly|\bty\b|type|tsc", "tests": r"test|tox|nox|hatch", "coverage": r"cov|test|tox|nox",
    "formatting": r"", "hooks": r"", "docs": r"doc", "security": r"key|secret|gitleaks|trufflehog|ggshield|credential|bandit|safety|audit",
}  # fmt: skip


def _in_hooks(claim: Runs, tool: str, case: Case) -> Settled | None:
    """Formatting is left alone, since the hooks for white space format, too."""
    known = hooks(case.snapshot)
    purpose = _PURPOSE_OF.get(tool, "") if tool != "pytest" else ""
    about = f"hook:{tool}"
    if purpose == "hooks" and known.file is not None:
        answer = case.answer("pre-commit-hooks" if claim.denied else "pre-commit-template")
        if answer.outcome != "found":
            return None
        shows = (
            f"{answer.evidence[0].path}:{answer.evidence[0].start} sets a hook up"
            + " that the template does not bring." * claim.denied
        )
        denied = contradicted(
            "tool:pre-commit", shows, "The sentence says that there are no hooks.", *answer.evidence[:2]
        )
        return denied if claim.denied else supported("tool:pre-commit", shows + ".", *answer.evidence[:1])
    if known.file is None:
        if claim.denied or not known.sure or claim.place != "hooks":
            return None
        shows = "There is no `.pre-commit-config.yaml` and no file of another hook manager in the repository."
        return contradicted(
            "tool:pre-commit", shows, "The sentence says that pre-commit hooks are used.", absence(shows)
        )
    pattern = _BY_HOOK.get(purpose, "") if purpose else rf"(?<![a-z]){re.escape(tool)}"
    hit = next((h for h in known.found if pattern and re.search(pattern, h.says)), None)
    names = ", ".join(dict.fromkeys(h.id for h in known.found))
    if hit and claim.place == "hooks" and not claim.denied and (made := _flagged(claim, tool, known, case)):
        return made
    if hit:
        shows = f"{known.file.path}:{hit.line} has the hook {hit.id}."
        proof = known.file.cite(hit.line, hit.line + 1, note=f"the hook {hit.id}")
        if not claim.denied:
            return supported(about, shows, proof)
        own = not known.stub and not purpose
        return contradicted(about, shows, f"The sentence says that no hook runs {claim.tool}.", proof) if own else None
    if not pattern or not known.sure or claim.denied or not (purpose or _trace(tool)):
        return None
    first = min(h.line for h in known.found)
    shows = f"{known.file.path} has the hooks {names}" + (", as the template brings it." if known.stub else ".")
    proof = known.file.cite(first, first + 7, note=f"the hooks: {names}")
    return contradicted(about, shows, f"No hook runs {claim.tool}.", proof, detail=not known.stub and not purpose)


_ALIKE = ({"--check", "--diff", "--check-only"}, {"--fix", "--fix-only"})
_GIVEN = frozenset(
    ["--force-exclude", "--filter-files", "--ignore-missing-imports", "--scripts-are-modules", "--all-files"]
)  # by the hooks' own definitions


def _flagged(claim: Runs, tool: str, known: Hooks, case: Case) -> Settled | None:
    """A hook that is named with an option (`ruff format --check`) which neither it nor a setting of that name is given."""
    words = claim.tool.lower().split()
    ids = {"ruff": {"ruff", "ruff-check"}, "ruff check": {"ruff", "ruff-check"}, "ruff format": {"ruff-format"}}
    name = " ".join(w for w in words if not w.startswith("-"))
    chosen = [h for h in known.found if h.id in ids.get(name, {name})]
    for flag in (w.split("=")[0] for w in words if w.startswith("--")):
        alike = next((a for a in _ALIKE if flag in a), {flag})
        key = flag.strip("-").replace("-", "[-_]")
        given = any(a in h.says.split() or f"{a}=" in h.says for a in alike for h in chosen)
        if (
            known.file is None
            or not chosen
            or given
            or flag in _GIVEN
            or mentions(case.snapshot, rf"^\s*[\"']?{key}[\"']?\s*[=:]")
        ):
            continue
        hook = chosen[0]
        shows = f"{known.file.path}:{hook.line} has the hook {hook.id} without {flag}."
        proof = known.file.cite(hook.line, hook.line + 1, note=f"the hook {hook.id}")
        return contradicted(
            f"hook:{tool}:{flag}",
            shows,
            f"The sentence says `{claim.tool}`; the hook is not given {flag}.",
            proof,
            detail=True,
        )
    return None


def _in_tasks(tool: str, case: Case) -> Settled | None:
    """Confirms at most: a task may run anything by another name."""
    trace = _trace(tool)
    for file in case.snapshot.select(("{tasks.py,makefile,justfile,noxfile.py,tox.ini}", "tasks/*.py")):
        for i, row in enumerate(file.lines if readable(file) and trace else (), 1):
            if trace and trace.search(row.split("#")[0].lower()):
                return supported(f"runs:{tool}", f"{file.path}:{i} names {tool}.", file.cite(i))
    return None


# -- caching -----------------------------------------------------------------------------------------------------------

_OFF = compile_later(r"cache:\s*['\"]?false|enable-cache:\s*['\"]?false|--no-cache\S*")
_KEEPERS = compile_later(
    r"setup-uv@v?(?:[5-9]|[1-9]\d|[0-9a-f]{7,}|main)|setup-pixi|setup-go|setup-node@v(?:[5-9])|rust-cache|gradle"
)


def _caching(claim: Runs, case: Case) -> Settled | None:
    """`cache` anywhere in what the workflows say, and actions that cache unasked; for a denial, a cache that a workflow for tests or
    linting keeps; with `every`, each workflow that installs packages."""
    ci = pipelines(case.snapshot)
    if claim.place not in ("ci", "workflow", "unknown") or not ci.workflows:
        return None
    one = (
        meant(case, claim.path, claim.purpose) if claim.path or claim.purpose not in ("unknown", "any", "all") else None
    )
    if (claim.path and one is None) or not sure_of_all(ci):
        return None
    workflows = one.workflows if one else ci.workflows
    kept = [(w, c) for w in workflows for c in (*caches(w), *default_caches(w)) if c[0] != "docker layers"]
    if claim.denied:
        checks = [*served(case.snapshot, "tests"), *served(case.snapshot, "linting")]
        own = [
            c for w, c in kept if w.automatic and any(s.workflow is w for s in checks) and c not in default_caches(w)
        ]
        if not own:
            return None
        what, file, line = own[0]
        shows = f"{file.path}:{line}: {what}."
        return contradicted(
            "cache:ci", shows, "The sentence says that there is no caching.", file.cite(line, note=what)
        )
    said = {w.path: _OFF.sub("", ci.texts[w.path]) for w in workflows}
    lacking = [w for w in workflows if "cache" not in said[w.path] and not _KEEPERS.search(said[w.path])]
    if len(lacking) == len(workflows):
        shows = f"None of {_files(workflows)} keeps a cache (no `cache:`, `enable-cache`, actions/cache or action that caches unasked)."
        return contradicted("cache:ci", shows, "The sentence says that caching is used.", absence(shows))
    bare = [(w, r) for w in lacking for r in w.runs if w.automatic and _installs(r)]
    if claim.every and bare and not any(u.action.startswith("./") for u in bare[0][0].uses):
        w, run = bare[0]
        shows = f"{w.path} installs packages (line {run.line}) and keeps no cache."
        proof = run.file.cite(run.line, note="installs without a cache")
        return contradicted("cache:all", shows, "The sentence says that all of them use a cache.", proof, detail=True)
    if kept:
        what, file, line = kept[0][1]
        return supported("cache:ci", f"{file.path}:{line}: {what}.", file.cite(line, note=what))
    return None


def _installs(run: Run) -> bool:
    words = run.command.words
    by_pip = words[:1] in (("pip",), ("pip3",), ("poetry",), ("conda",)) and "install" in words
    return by_pip or words[:2] in (("uv", "sync"), ("uv", "pip")) or words[1:4] == ("-m", "pip", "install")
