"""Whether a rule of quality is checked, by the settings of the tool, and whether all of the code keeps to it."""

import re
from collections.abc import Iterable

from auditor.claims.case import Case, Settled, answer_of, fact, settles
from auditor.claims.kinds import Enforces
from auditor.claims.settle.runs import toothless
from auditor.claims.settle.workflows import contradicted, supported, sure_of_these
from auditor.facts.purposes import pipelines, served
from auditor.facts.quality import DEFAULT_LENGTHS, Setting, hooks, line_lengths, measured, mentions, ruff, thresholds
from auditor.facts.traces import hooked, tool_named

_CODES = {"docstrings": ("D",), "annotations": ("ANN",), "import order": ("I",), "unused imports": ("F401",), "complexity": ("C901", "PLR09"), "naming": ("N",)}  # fmt: skip
# what else checks the rule: where one of these is spoken of, ruff's rules settle nothing
_OTHERS = {
    "docstrings": r"pydocstyle|interrogate|pydoclint|darglint|docstr|pylint", "annotations": r"mypy|pyright|disallow_|pylint|\bty\b|annotat", "import order": r"isort|usort|reorder|pylint",
    "unused imports": r"flake8|pyflakes|pylint|autoflake|pycln|unimport", "complexity": r"complexity|radon|xenon|pylint|sonar", "naming": r"pep8-naming|pylint",
}  # fmt: skip
_STRICT = r"strict|disallow_|disallow-|warn_return_any|check_untyped"


@settles("enforces")
def enforces(claim: Enforces, case: Case) -> Settled | None:
    """Compares a rule with settings, hooks, workflows and tasks: the line length that any tool is told (or a tool's default, where it
    sets none), the score below which coverage or pylint fails, strictness of mypy, and for ruff the rules that it selects (`D` for
    docstrings, `ANN`, `I`, `F401`, `C901`, `N`, or the `code` that is given), where ruff is named and nothing else is there that
    checks the rule. With `everywhere`, docstrings and annotations are counted over the own functions, formatting is looked for in steps that can fail. Says nothing of rules that are merely followed, of ignored rules, and of denials."""
    if claim.denied:
        return None
    if claim.everywhere and claim.rule in ("docstrings", "annotations"):
        return _everywhere(claim, case)
    if claim.everywhere and claim.rule == "formatting":
        return _formatted(claim, case)
    if claim.rule == "line length":
        return _length(claim, case)
    if claim.rule == "coverage threshold":
        return _threshold(claim, case)
    if claim.rule == "strict typing":
        return _strict(claim, case)
    given = tuple(c.upper() for c in re.split(r"[^A-Za-z0-9]+", claim.code) if re.fullmatch(r"[A-Za-z]{1,4}\d{0,4}", c))
    codes = given or _CODES.get(claim.rule, ())
    return _rule(claim, codes, given, case) if codes and claim.tool.lower().split()[:1] == ["ruff"] else None


def _rule(claim: Enforces, codes: tuple[str, ...], given: tuple[str, ...], case: Case) -> Settled | None:
    told = ruff(case.snapshot)
    if told is None or not told.sure:
        return None
    about = f"rule:{codes[0]}"
    shows = f"{told.file.path}:{told.line} selects {', '.join(told.selected)}."
    proof = told.file.cite(told.line, note="the selected rules")
    missing = [c for c in codes if not told.checks(c)] if given else []
    if not missing and told.checks(*codes):
        return None if set(codes) & set(told.ignored) else supported(about, shows, proof)
    if not given and mentions(case.snapshot, _OTHERS[claim.rule]):
        return None
    return contradicted(about, shows, f"{(missing or codes)[0]} is not among them.", proof, detail=True)


def _length(claim: Enforces, case: Case) -> Settled | None:
    lengths = line_lengths(case.snapshot)
    tool = next(iter(claim.tool.lower().split()), "")
    if claim.value is None or not 40 <= claim.value <= 250 or not lengths:
        return None
    mine = [x for x in lengths if tool and x.tool == tool]
    told = mine or list(lengths)
    text = pipelines(case.snapshot).text + " ".join(h.says for h in hooks(case.snapshot).found)
    answers = " ".join(q.answer.lower() for q in case.report.questions)
    # the default of a tool that sets none may be meant
    unset = {
        d for t, d in DEFAULT_LENGTHS.items() if not any(x.tool == t for x in lengths) and (t in text or t in answers)
    }
    return _number(claim, told, "setting:line-length", claim.value in unset and not mine)


def _threshold(claim: Enforces, case: Case) -> Settled | None:
    if claim.value is None:
        return None
    value = claim.value * 100 if 0 < claim.value < 1 else claim.value
    is_pylint = claim.tool.lower() == "pylint"
    told = [
        x for x in thresholds(case.snapshot) if (x.tool == "pylint") == is_pylint and (x.value <= 10 or not is_pylint)
    ]
    return _number(claim.model_copy(update={"value": value}), told, "setting:threshold", False)


def _number(claim: Enforces, told: Iterable[Setting], about: str, may_be_default: bool) -> Settled | None:
    found = list(told)
    hit = next((x for x in found if x.value == claim.value), None)
    if hit:
        return supported(about, f"{hit.file.path}:{hit.line} sets {hit.value:g}.", hit.file.cite(hit.line))
    if not found or may_be_default:
        return None
    places = "; ".join(f"{x.file.path}:{x.line} sets {x.value:g}" for x in found[:3])
    proof = [x.file.cite(x.line, note=f"the {claim.rule}") for x in found[:3]]
    return contradicted(about, places + ".", f"The sentence says {claim.value:g}.", *proof, detail=True)


def _strict(claim: Enforces, case: Case) -> Settled | None:
    """Of mypy only: `strict` or one of the settings that it stands for, `--strict` in a hook, workflow or task."""
    if claim.tool.lower() not in ("mypy", ""):
        return None
    seen = mentions(case.snapshot, r"\bmypy\b", "mypy")
    strict = [(f, i) for f, i in mentions(case.snapshot, _STRICT, "mypy") if f.name != "pyrightconfig.json"]
    if strict:
        f, i = strict[0]
        return supported("setting:mypy-strict", f"{f.path}:{i} asks for it.", f.cite(i))
    if not seen or not claim.tool:
        return None
    places = ", ".join(f"{f.path}:{i}" for f, i in seen[:3])
    shows = f"mypy is named in {places}, and nowhere with `strict` or one of the settings that it stands for."
    return contradicted(
        "setting:mypy-strict",
        shows,
        "mypy runs with its default strictness.",
        *[f.cite(i) for f, i in seen[:2]],
        detail=True,
    )


MOST = 0.8  # of the functions: where so many have it, "all" is a detail
FEW, PART = 3, 0.1  # functions that lack it, or their share (two at least): one may be an oversight


def _everywhere(claim: Enforces, case: Case) -> Settled | None:
    """Of all functions; of the public ones or those below src where the words say so. Confirmed only where none lacks it: for
    annotations, of a parameter or of what is returned. Contradicted, where the sentence admits no exception, by functions with a
    parameter that has none; else only by five without any, and a twentieth of all."""
    said = set(re.findall(r"[a-z]+", claim.quote.lower()))
    readings = measured(case.snapshot)
    if not readings:
        return None
    best = readings[1 if "public" in said else 2 if said & {"src", "package", "source"} else 0]
    docs = claim.rule == "docstrings"
    total = best.documentable if docs else best.total
    if not total:
        return None
    noun, about = ("a docstring", "all:docstrings") if docs else ("an annotation of each parameter", "all:types")
    bare = best.undocumented if docs else best.bare
    some = len(bare) >= FEW or len(bare) >= max(2, PART * total)
    if not claim.every:
        bare = best.undocumented if docs else best.untyped
        noun, some = ("a docstring" if docs else "an annotation"), len(bare) >= max(5, 0.05 * total)
    shows = f"{total - len(bare)} of {total} functions ({100 * (total - len(bare)) // total} %) have {noun}"
    if not (best.undocumented if docs else best.partly):
        return supported(about, shows + ".", fact(shows))
    if not some:
        return None
    shown = ", ".join(f"{f.path}:{line} ({name})" for f, line, name in bare[:3])
    computed = fact(f"{shows}; without: {shown}", *(f"{f.path}:{line}" for f, line, _ in bare[:8]))
    proof = [f.cite(line, line + 1, note=f"`{name}` lacks it") for f, line, name in bare[:3]]
    shows = f"{shows}; without it are, for example, {shown}."
    nearly = total - len(bare) >= MOST * total
    lack = f"The sentence says all; {len(bare)} functions lack it."
    return contradicted(about, shows, lack, computed, *proof, detail=nearly)


def _formatted(claim: Enforces, case: Case) -> Settled | None:
    """What an answer on continuous integration says to keep all code formatted: contradicted where every step that formats rewrites
    the files on the runner or lets its failure pass, and no hook formats before a commit."""
    ci = pipelines(case.snapshot)
    question = answer_of(claim.quote, case)
    tool = tool_named(claim.tool)
    found = [
        s for s in served(case.snapshot, "formatting") if tool in ("", "formatting") or tool in s.file.lines[s.line - 1]
    ]
    if not found or question is None or "ci" not in question.topics or not claim.every:
        return None
    if any(s.blocks for s in found) or hooked(case.snapshot, "formatting") or not sure_of_these(ci, found):
        return None
    return toothless("enforces:formatting", found[0])
