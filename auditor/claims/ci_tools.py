"""Statements about what continuous integration does: its tools, what it can stop, and the names of its workflows."""

import re
from collections.abc import Iterator

from auditor.claims import Repo, Settled, check, fact
from auditor.claims.ci import (
    GENERAL,
    LOOKED,
    OF_CI,
    SOMEWHERE_ELSE,
    YAML_NAME,
    Facts,
    ci_facts,
    ci_sentences,
    clauses,
    normal,
    quote,
)
from auditor.facts.programs import lint_action, lint_tool, runs_pre_commit, runs_tests
from auditor.facts.workflows import doubt
from auditor.lazy import compile_later
from auditor.prose import Prose, Statement

# what stands for a tool or a purpose in the text of workflows, hooks and tasks
_TOOLS = {
    "ruff": r"\bruff", "black": r"\bblack\b|psf/black", "isort": r"\bisort\b", "flake8": r"flake8", "mypy": r"\bd?mypy", "pylint": r"pylint",
    "pyright": r"pyright", "codespell": r"codespell", "bandit": r"bandit", "pytest": r"pytest|py\.test|\btox\b|\bnox\b|hatch test", "codecov": r"codecov",
    "coveralls": r"coveralls", "trivy": r"trivy", "pip-audit": r"pip-audit|pip_audit", "sonarcloud": r"sonar", "sonarqube": r"sonar", "codeql": r"codeql",
    "snyk": r"snyk", "yapf": r"yapf", "autopep8": r"autopep8", "pydocstyle": r"pydocstyle|ruff", "hadolint": r"hadolint", "gitleaks": r"gitleaks",
}  # fmt: skip
_TOOL = compile_later(r"(?<![\w./@-])(" + "|".join(_TOOLS) + r")(?![\w/]|\.\w|-\w|\(\))", re.IGNORECASE)
_NOT_USED = compile_later(
    r"\b(instead of|rather than|replac\w+|faster than|compared|unlike|similar to|such as|like|equivalent\w*|combin\w+|alternative\w*|e\.g|for example|for instance|including checks|"
    r"not|never|without|no longer|neither|nor|local\w*|manual\w*|ourselves|editor|vs ?code|extension|pre-?commits?|hooks?|remov\w+|course|exercise|incorporates|handled by|tool like|tools like)\b|n't\b",
    re.IGNORECASE,
)
_IN_CI = compile_later(r"\b(CI|CI/CD|continuous integration|github[ -]actions?|workflows?|actions?)\b", re.IGNORECASE)
_PURPOSES = {
    "linting": (compile_later(r"\b(?:lint(?:ing|ers?|s)?)\b", re.I), r"lint|ruff|flake8|pyflakes|pycodestyle|black|isort|mypy|sonar|codeclimate|trunk|prospector|\bty check|pyright|pre-commit run|pre-commit/action|prek|pep8|codacy"),
    "tests": (compile_later(r"\b(?:unit|integration|automated) ?-?tests?\b(?! (?:set|data|coverage))", re.I), r"(?<!la)test|\btox\b|\bnox\b|coverage|behave|robot"),
    "type checking": (compile_later(r"\b(?:static )?type[- ]?check\w*|\bstatic typing\b", re.I), r"mypy|pyright|\bty check|uvx ty|pyre\b|pytype|pyrefly|\btsc\b|beartype|typeguard|type-?check"),
    "security": (compile_later(r"\b(?:security|vulnerabilit\w+) (?:scan\w*|audit\w*)\b", re.I), r"bandit|trivy|codeql|audit|safety|snyk|sonar|gitleaks|trufflehog|grype|detect-|dependency-review|semgrep|scorecard|ruff"),
    "coverage": (compile_later(r"\b(?:code |test )?coverage (?:report\w*|check\w*|upload\w*|analys\w+|tests?|measure\w*|threshold)\b|\b(?:check\w*|report\w*|measur\w+|comput\w+|with) (?:the |code |test )*coverage\b", re.I), r"cov"),
    "pushing": (compile_later(r"\bpush(?:es|ed|ing)? (?:(?!to\b|on\b)[\w-]+ ){0,4}?(?:images?|containers?)\b|\b(?:images?|containers?)\b[^.;,]{0,60}\b(?:pushe[sd]|pushing|publish\w*|uploads?|uploaded)\b|\bbuil(?:ds?|t|ding) and (?:pushes|push|pushed|pushing)\b", re.I),
        r"\bpush\b(?!: *['\"]?false)|builds submit|kaniko|--source|buildah|skopeo|crane|build-push|registry|\bgcr\b|pkg\.dev|docker ?hub|ghcr"),
    "deployment": (compile_later(r"\b(?:workflows?|github[ -]actions?)\b[^.;]{0,150}?\b(?:deploys|deploying|to deploy|(?:and|for|of|automat\w+) deployment(?! of (?:the )?(?:docs|documentation))|handles? deployment)\b(?! (?:the |our )?(?:docs|documentation|site|mkdocs|pages|website))|\b(?:is|are|gets?|be) (?:\w+ly )?deployed (?:\w+ )?(?:by|via|through|using|with) (?:the |our |a |an )?(?:\w+ )?(?:github[ -]actions?|(?:github )?workflows?)\b|\bgithub[ -]actions?\b[^.;,]{0,60}\b(?:is|are) (?:\w+ly )?deployed\b", re.I), r""),
    "images": (compile_later(r"\b(?:images?|containers?)\b[^.;]{0,25}\bbuil[dt]\w*|\bbuil[dt]\w*\b[^.;]{0,25}\b(?:images?|containers?)\b", re.I), r"docker|builds submit|kaniko|podman|buildah|cloudbuild|bentoml|skaffold|pack build|build-push|image|acr build|codebuild"),
    "documentation": (compile_later(r"\b(?:deploy\w*|publish\w*|build\w*)\b[^.;]{0,30}\b(?:documentation|docs|mkdocs)\b|\b(?:documentation|docs)\b[^.;]{0,30}\b(?:deployed|published|built)\b", re.I), r"mkdocs|sphinx|pages|mike|quarto|docs|documentation|zensical|pdoc"),
}  # fmt: skip


_IN_WORKFLOW = compile_later(r"\bgithub[ -]actions?\b|\bworkflows?\b", re.IGNORECASE)
_DOES = {
    "linting": "lints",
    "tests": "runs tests",
    "type checking": "checks types",
    "security": "scans for security",
    "coverage": "measures coverage",
    "pushing": "pushes an image",
    "deployment": "deploys a service",
    "images": "builds an image",
    "documentation": "builds or publishes documentation",
}


@check("ci-tools", asks="Do workflows or hooks run the tools that the report says CI runs?")
def ci_tools(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that CI, a workflow or GitHub Actions runs a named tool (a linter, a formatter, a
    type checker, Codecov, a scanner), or lints, checks types, scans for security, runs tests, reports coverage, builds or pushes images, builds documentation, or deploys. Settled by: no trace
    of the tool, or of any tool of that kind, in the active text of workflows, composite actions, hooks and tasks; for a
    purpose, in what the steps that can run do, and the tasks, scripts, hooks and Cloud Build files that they lead to.
    Leaves alone: comparisons, tools used by hand, hooks (see hook-contents), deployments that a trigger of Cloud Build
    may make, unless a GitHub workflow is named as what deploys, and CI that is not wholly readable."""
    facts = ci_facts(repo)
    if not facts.whole or not facts.workflows:
        return
    doubt(facts.workflows)
    done: set[tuple[int, str]] = set()
    for statement, _ in ci_sentences(prose):
        for clause in clauses(statement):
            for name, about, text in (*_named_tools(statement, clause, facts), *_purposes_said(clause, facts)):
                if (statement.question.n, about) in done:
                    continue
                done.add((statement.question.n, about))
                what = f"names {name}" if about.startswith("tool:") else _DOES[name]
                shows = f"No workflow, nor a hook or task that one runs, {what}; looked in {LOOKED}."
                if name == "deployment" and facts.deploys_by_trigger:
                    shows = f"No step of a workflow deploys; only a Cloud Build file that no workflow submits does. Looked in {LOOKED}."
                runs = sorted(
                    {
                        t
                        for w in facts.workflows
                        for t in (*(lint_tool(r.command) for r in w.runs), *(lint_action(u) for u in w.uses))
                        if t
                    }
                )
                proof = [fact(shows, *(w.path for w in facts.workflows))]
                difference = f"The sentence says that {text} does it."
                if about.startswith("tool:"):
                    extra = f" CI runs {', '.join(runs[:4])}." if runs else ""
                    difference = f"The sentence says that CI runs {name}.{extra}"
                yield Settled(
                    statement,
                    about,
                    shows,
                    difference,
                    tuple(proof),
                    quote(statement, clause),
                )


_TOOL_QUESTIONS = (
    "continuous-integration", "code-quality", "version-control", "architecture", "tests", "coverage", "extra", "structure",
    "debugging-and-profiling",
)  # fmt: skip
_RUNS = compile_later(
    r"\b(run|runs|ran|running|use|uses|used|using|with|via|by|execut\w+|perform\w*|check\w*|enforc\w+|includ\w+|through|for|upload\w*|automat\w+|appl\w+|buil[dt]\w*|deploy\w*|publish\w*|push\w*|handl\w+)\b",
    re.IGNORECASE,
)


def _named_tools(statement: Statement, clause: str, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """The tools that a clause says CI runs and that leave no trace."""
    by_file = False
    if (
        statement.question.id not in _TOOL_QUESTIONS
        or not (_IN_CI.search(clause) or (by_file := _tells_of_file(clause, facts)))
        or _NOT_USED.search(clause)
        or GENERAL.search(clause)
        or SOMEWHERE_ELSE.search(clause)
        or not _RUNS.search(clause)
    ):
        return
    if _BUNDLES.search(facts.own_text):
        return
    text = facts.own_text if by_file or _IN_WORKFLOW.search(clause) else facts.text
    for match in _TOOL.finditer(clause):
        name = match[1].lower()
        if not re.search(_TOOLS[name], text):
            yield name, f"tool:{name}", "CI"


# actions that bring many tools without a word of them
_BUNDLES = compile_later(r"super-linter|megalinter|mega-linter|trunk-io|trunk check|codacy|reviewdog|qodana|prospector")


def _tells_of_file(clause: str, facts: Facts) -> bool:
    """Whether a clause begins with a workflow's file and says what it runs (`lint.yaml runs ...`, `lint.yaml: ...`)."""
    match = re.match(
        r"(?:\d+[.)]\s*|[-*]\s*)?(?:the |our )?(?:[\w./-]*/)?([\w.-]+\.ya?ml)(?:,? (?:which|that|file))?(?:\s*[:-] |,? (?:\w+ly )?(?:runs?|executes?|performs?|checks?|lints?|uses?)\b)",
        clause,
        re.IGNORECASE,
    )
    return bool(match) and any(w.file.name.lower() == match[1].lower() for w in facts.workflows if match)


# what follows tells why, or what else is so
_WHY = compile_later(
    r",? \b(?:as|since|because|so that|so|which|that (?:means|ensures|makes)|ensuring|making|meaning|allowing|enabling|to ensure|to guarantee|to make sure|in order to|thus|thereby|before|after|once|until|when(?:ever)?|if|where|unless)\b",
    re.IGNORECASE,
)
_PARTLY = compile_later(
    r"\b(?:where|if|when|as) (?:enabled|applicable|needed|relevant|possible|configured|desired|required)\b",
    re.IGNORECASE,
)
_LOOSELY = compile_later(GENERAL.pattern.replace(r"extend\w*|", ""), re.IGNORECASE)
_CLOUD_BUILD = compile_later(
    r"\bcloud ?build (?:workflow|trigger|pipeline|job)s?\b|\btriggers?\b[^.;]{0,30}\bcloud ?build\b", re.IGNORECASE
)


def _purposes_said(clause: str, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """The purposes that a clause says CI or a workflow serves and that no active step serves."""
    if _PARTLY.search(clause):
        return
    pieces = [p for p in _WHY.split(clause) if p]
    core = next((p for p in pieces if _IN_CI.search(p)), "")
    if (
        not core
        or _NOT_USED.search(core)
        or _LOOSELY.search(core)
        or not _RUNS.search(core)
        or _CLOUD_BUILD.search(core)
    ):
        return
    github = bool(_IN_WORKFLOW.search(core))
    # a host beside GitHub may be what is called a workflow
    low = core.lower()
    exact = any((w.name and w.name.lower() in low) or w.file.name.lower() in low for w in facts.workflows)
    named = "github" in low or exact
    tools = [m[1].lower() for m in _TOOL.finditer(core)]
    core = YAML_NAME.sub("workflow", core)  # a file's name says nothing of its work
    for name, (rx, trace) in _PURPOSES.items():
        if not rx.search(core) or any(re.search(trace, t) for t in tools if trace):
            continue
        if name in ("images", "documentation", "pushing", "deployment"):
            if not github or (
                facts.deploys_by_trigger and not named if name == "deployment" else facts.built_by_trigger and not exact
            ):
                continue
            if name == "images" and SOMEWHERE_ELSE.search(core):
                continue
        elif SOMEWHERE_ELSE.search(core):
            continue
        text = facts.active if github else f"{facts.text}\n{facts.active}"
        if name == "deployment":
            if facts.deploys or _PURPOSES["documentation"][0].search(core):
                continue
        elif re.search(trace, text):
            continue
        if name == "coverage" and not facts.by_purpose["tests"]:
            continue
        yield name, f"ci:{name.replace(' ', '-')}", "a workflow" if github else "CI"


# -- checks that cannot fail -------------------------------------------------------------------------------------------

_BLOCKS = compile_later(
    r"\b(?:block\w*|prevent\w*|cannot be merged|can't be merged|can not be merged|must pass|has to pass|have to pass|required? to pass|before (?:it|code|they|changes|a PR|anything) (?:can|could) be merged|"
    r"fails? the (?:build|pipeline|workflow|job|CI)|only (?:well-\w+|code that)|reject\w*|quality gate|strict(?:ly)?|not be merged)\b",
    re.IGNORECASE,
)
_SOFTLY = compile_later(
    r"\b(?:non-?blocking|soft|warning\w*|advisory|continue-on-error|does not fail|doesn't fail|not fail|optional|only if|docker|deploy\w*)\b",
    re.I,
)


@check("ci-cannot-fail", asks="Can the checks fail of which the report says that they block a merge?")
def ci_cannot_fail(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that a named linter, type checker or test runner in CI blocks a merge or must pass.
    Settled by: every active step that runs it swallows its failure (`|| true`, `continue-on-error`, `--exit-zero`). Leaves
    alone: branch protection, which no file shows, formatters that rewrite, and hedges."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    for statement, here in ci_sentences(prose):
        if (
            not _BLOCKS.search(statement.plain)
            or _SOFTLY.search(statement.plain)
            or not (here or OF_CI.search(statement.plain))
        ):
            continue
        for name in dict.fromkeys(m[1].lower() for m in _TOOL.finditer(statement.plain)):
            runs = [
                r
                for w in facts.workflows
                for r in w.runs
                if (runs_tests(r.command) if name == "pytest" else (lint_tool(r.command).split() or [""])[0] == name)
            ]
            acted = any(lint_action(u) == name for w in facts.workflows for u in w.uses)
            hooked = name in facts.text and any(
                any(map(runs_pre_commit, w.runs)) or any(map(runs_pre_commit, w.uses)) for w in facts.workflows
            )
            if runs and not acted and not hooked and all(r.soft or "--exit-zero" in r.command.bare for r in runs):
                r = runs[0]
                yield Settled(
                    statement,
                    f"soft:{name}",
                    f"{r.file.path}:{r.line} runs {name} and lets its failure pass.",
                    "A finding of it does not fail the job.",
                    (r.file.cite(r.line, note="its failure passes"),),
                )


# -- names of workflows ------------------------------------------------------------------------------------------------

_DISPLAYED = compile_later(
    r"(?:[\"“]([A-Z][\w &/+-]{3,40})[\"”]|\*{1,2}([A-Z][\w &/+-]{3,40})\*{1,2})\s+(?:GitHub (?:Actions? )?)?workflow\b"
)


@check("ci-workflow-names", asks="Are there workflows of the names that the report quotes?")
def ci_workflow_names(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence of the CI answer with a name in quotes or bold straight before `workflow`. Settled by: the
    `name:` of workflows and jobs and the file names, without regard to case, marks and word endings; contradicted only where
    nothing shares a word with it. Leaves alone: plain words and descriptions."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    known = [
        _words(w.name)
        | _words(w.file.name.rsplit(".", 1)[0])
        | {x for j in w.workflow.jobs for x in _words(j.id + " " + j.node["name"].text)}
        for w in facts.workflows
    ]
    for statement in prose.sentences("continuous-integration"):
        if not statement.firm or statement.negated:
            continue
        for match in _DISPLAYED.finditer(statement.text):
            name = match[1] or match[2]
            said = _words(name)
            if (
                said
                and not any(said & k for k in known)
                and not any(normal(name) in normal(w.file.text) for w in facts.workflows)
            ):
                names = ", ".join(f"{w.file.name} ({w.name})" if w.name else w.file.name for w in facts.workflows[:8])
                shows = f"The workflows are {names}."
                yield Settled(
                    statement,
                    f"workflow:{name.lower()}",
                    shows,
                    f"None of them is called {name}.",
                    (fact(shows, *(w.path for w in facts.workflows)),),
                    detail=True,
                )


def _words(text: str) -> set[str]:
    return {re.sub(r"(ings?|ers?|s|ed)$", "", w) for w in re.findall(r"[a-z]+", text.lower()) if len(w) > 1} - {
        "workflow",
        "run",
        "ci",
        "code",
        "check",
        "and",
        "the",
    }
