"""What the group says that it did not do, and what its checklist, its repository and its other answers say of it; and boxes left
open for what an answer describes.

The practices are data. A denial is one only in a plain shape (`we did not use X`, `no X was done`, a "No" to the question):
one that is softened ("not fully", "no formal") or narrowed ("not on AWS", "not for the frontend") is left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from auditor.claims import Repo, Settled, check, item_evidence
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.prose import Prose, Statement

# -- the practices -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Practice:
    """Something that a checklist asks for and an answer speaks of.

    `noun` is what a denial denies with one of the `verbs` (any common one if empty), `acts` a verb with its object that needs
    no other; `items` are the boxes that cannot be ticked if it is true, `shown_by` the probes whose
    finding contradicts it (empty where what is there may never have been run), `passive` further sentences that deny it,
    `answered` the question that a bare "No" answers, `unless` words of the same answer that take the denial back.
    `done` is what an affirmation speaks of (`noun` if empty), `open_items` the boxes that a finding of `open_probes` beside an
    affirmation shows to be open by mistake.
    """

    id: str
    name: str
    noun: str
    verbs: str = ""
    acts: str = ""
    items: tuple[str, ...] = ()
    shown_by: tuple[str, ...] = ()
    passive: tuple[str, ...] = ()
    answered: str = ""
    unless: str = ""
    done: str = ""
    open_items: tuple[str, ...] = ()
    open_probes: tuple[str, ...] = ()
    elsewhere: str = ""  # what another answer must say to have done it all the same


_API = r"(?:(?:fast)?api|(?:inference|prediction|web|rest) (?:api|service)|backend api)"
_MODEL = r"(?:(?:fast)?api|model|models|application|app|(?:inference )?service|project)"

PRACTICES = (
    Practice(
        "monitoring",
        "monitoring",
        r"(?:(?:model|system|cloud|api|application|performance|production|deployment) )?monitoring(?: (?:system|tools?|service|setup))?",
        items=("cloud-monitoring", "telemetry-monitoring", "performance-monitoring"),
        passive=(r"\bno (?:cloud )?monitoring (?:was|has been|is|were) (?:implemented|set ?up|added|done|in place)\b",),
        answered="monitoring",
        # what the platform brings, or metrics and drift reports under another name, may be what the box means
        unless=r"\b(?:built[- ]in|out of the box|by default|automatically|comes with|cloud run(?:'s)? (?:metrics|dashboard)|dashboards?|"
        r"prometheus|evidently|opentelemetry|we (?:did|have)?\s?(?:however )?(?:set up|add|implement|creat|instrument)\w*)\b",
    ),
    Practice(
        "alerts",
        "alerts",
        r"(?:(?:gcp|cloud|monitoring) )?(?:alerts?|alerting)(?: (?:systems?|polic(?:y|ies)|rules?))?",
        items=("cloud-alerts",),
    ),
    Practice(
        "deployment",
        "deployment in the cloud",
        rf"(?:{_MODEL})(?: (?:in|to|on) (?:the cloud|gcp|google cloud(?: platform)?))?",
        verbs=r"deploy(?:ed|ing)?",
        items=("cloud-deploy",),
        passive=(
            rf"\b(?:our|the) (?:[\w-]+ ){{0,2}}{_MODEL} (?:was|is|has|were|have) (?:not|never)(?: yet)?(?: been)? deployed(?: (?:in|to|on) (?:the cloud|gcp|google cloud(?: platform)?|a (?:managed )?cloud (?:service|platform)))?",
            rf"\b(?:our|the) (?:[\w-]+ ){{0,2}}{_MODEL} (?:was|is|has been|were) only deployed locally\b",
            r"\bwe only deployed (?:it|our \w+|the \w+) locally\b",
        ),
        unless=r"\bcloud run\b|\bcloud functions?\b|\bendpoint\b.*\bvertex\b|run\.app",
    ),
    Practice(
        "load-test",
        "load testing",
        r"(?:load|stress)[ -]?test(?:s|ing)?",
        acts=rf"load[ -]?test(?:ed|ing)? (?:our|the|any) {_MODEL}",
        items=("load-test",),
        passive=(
            r"\bno (?:load|stress)[ -]?test(?:s|ing)? (?:was|were|has been|have been) (?:done|performed|implemented|conducted|made)\b",
            r"\bbut (?:no|not) (?:any )?load[ -]?test(?:s|ing)?\b(?= of (?:our|the)| on (?:our|the)|[.,]|$)",
        ),
        answered="api-tests",
        done=r"load[ -]?test(?:s|ing|ed)?",
        open_items=("load-test",),
        open_probes=("load-test",),
        elsewhere=r"\bwe (?:also |then |have |therefore )*(?:performed|did|conducted|ran|carried out|made|executed|used) (?:[\w' -]{0,30} )?(?:load[ -]?test(?:s|ing)?|locust)\b|\bwe (?:also |have )*load[ -]?tested\b",
    ),
    Practice(
        "api-tests",
        "tests of the API",
        rf"(?:(?:unit|functional|integration) ?)?(?:tests?|testing) (?:of|for|on|in) (?:our|the|an?) {_API}|api (?:unit )?(?:tests?|testing)",
        items=("api-tests",),
        shown_by=("api-tests",),
        answered="api-tests",
        # one kind of test left out is not all of them
        unless=r"\btest(?:s|ed|ing)?\b",
    ),
    Practice(
        "profiling",
        "profiling",
        r"(?:code )?profil(?:ing|ers?)(?: tools?)?",
        acts=r"profil(?:e|ed) (?:our|the|any)(?: \w+)? (?:code|model|scripts?|application)",
        items=("profiling",),
        passive=(r"\bno profiling (?:was|has been) (?:done|performed|implemented|conducted|made)\b",),
        done=r"profil(?:e|ed|er|ers|ing)",
        open_items=("profiling",),
        open_probes=("profiling-used",),
        elsewhere=r"\bwe (?:also |then |have )*(?:performed|did|conducted|ran|used|made) (?:[\w' .-]{0,30} )?(?:profiling|(?:pytorch|simple|advanced)profiler|cprofile|torch\.profiler)\b|\bwe (?:also |have )*profiled\b",
    ),
    Practice(
        "dvc",
        "DVC",
        r"(?:dvc|data version control \(?dvc\)?)",
        items=("data-versioning",),
        shown_by=("data-versioned",),
        answered="data-versioning",
        # other tools version data, too
        unless=r"\b(?:artifacts?|lfs|object versioning|bucket|hugging ?face|lakefs|delta|dvc (?:pull|push)|huggingface|tags?|releases?)\b",
        done=r"(?:dvc|data version control)",
        open_items=("data-versioning",),
        open_probes=("data-versioned",),
    ),
    Practice(
        "cloud-training",
        "training in the cloud",
        r"training (?:of (?:our|the) models? )?(?:in|on) (?:the cloud|gcp|google cloud(?: platform)?)",
        acts=r"train(?:ed|ing)? (?:(?:our|the|any|a) )?(?:final )?(?:models? )?(?:in|on) (?:the cloud|gcp|google cloud(?: platform)?)",
        items=("cloud-training",),
        passive=(
            r"\b(?:our|the) (?:[\w-]+ ){0,2}models? (?:was|were|has|have) (?:not|never)(?: been)? trained (?:in|on) (?:the cloud|gcp|google cloud)",
        ),
        answered="cloud-training",
        unless=r"\b(?:vertex|compute engine|instance|vms?|virtual machines?)\b[^.]{0,80}\b(?:trained|succe\w+|worked|ran)\b",
    ),
    Practice(
        "sweep",
        "hyperparameter sweeps",
        r"(?:hyper-?parameters? )?sweeps?(?: (?:functionality|feature))?|hyper-?parameter (?:optimi[sz]ation|tuning|search)",
        elsewhere=r"\bwe (?:also |then |have |used [\w&' ]{3,25} to )*(?:performed|did|conducted|ran|run|made) (?:[\w' &-]{0,40} )?(?:sweeps?|hyper-?parameter (?:optimi[sz]ation|search|tuning))\b",
        done=r"sweeps?",
        open_items=("sweep",),
        open_probes=("sweep",),
    ),
    Practice(
        "wandb",
        "Weights & Biases",
        r"(?:w&b|wandb|weights (?:and|&) biases)",
        items=("experiment-tracking", "experiment-tracking-and-sweep"),
        shown_by=("experiment-tracking",),
        unless=r"\b(?:artifacts?|registry|mlflow|tensorboard|neptune|comet|clearml)\b",
    ),
    Practice(
        "hydra",
        "Hydra",
        r"hydra",
        items=("hydra",),
        shown_by=("uses-hydra",),
        done=r"hydra",
        open_items=("hydra",),
        open_probes=("uses-hydra",),
    ),
    Practice(
        "lightning",
        "PyTorch Lightning",
        r"(?:pytorch[- ])?lightning",
        items=("lightning",),
        shown_by=("uses-lightning",),
        done=r"(?:pytorch[- ])?lightning",
        open_items=("lightning",),
        open_probes=("uses-lightning",),
    ),
    Practice(
        "pre-commit",
        "pre-commit hooks",
        r"pre-?commit(?:[- ]?hooks?)?",
        items=("pre-commit",),
        shown_by=("pre-commit-hooks",),
        done=r"pre-?commit(?:[- ]?hooks?)?",
        open_items=("pre-commit",),
        open_probes=("pre-commit-hooks",),
    ),
    Practice(
        "coverage",
        "the code coverage",
        r"(?:(?:total|code|test) ){0,2}coverage",
        items=("coverage",),
        passive=(r"\bno (?:code )?coverage (?:was|has been) (?:calculated|computed|measured)\b",),
    ),
    Practice(
        "frontend",
        "a frontend",
        r"(?:(?:web|user|graphical|separate) )?(?:front-?ends?|user interface)",
        items=("frontend",),
        shown_by=("frontend",),
        done=r"(?:front-?ends?|streamlit|gradio)",
        open_items=("frontend",),
        open_probes=("frontend",),
    ),
    Practice(
        "api",
        "an API",
        rf"{_API}",
        verbs=r"(?:implement|writ|wrot|creat|develop|build|built|mak|made|set)(?:e|ed|ten|ing)?(?: up)?",
        items=("fastapi",),
        shown_by=("inference-api",),
        answered="api",
    ),
    Practice(
        "docker",
        "Docker",
        r"docker(?:files?)?",
        verbs=r"(?:us|utili[sz]|implement|writ|creat|employ)(?:e|ed|ten|ing)?",
        items=("dockerfiles", "docker-build-local"),
        shown_by=("dockerfile",),
    ),
    Practice(
        "drift",
        "drift detection",
        r"(?:(?:data|model) ?)?drift(?:ing)?(?: (?:detection|monitoring|checks?|tests?|service))",
        items=("drift-robustness", "drift-service"),
        shown_by=("drift-check",),
        unless=r"\b(?:evidently|report)\b",
    ),
    Practice(
        "metrics",
        "system metrics",
        r"(?:prometheus|system) metrics",
        items=("api-metrics",),
        shown_by=("api-metrics",),
        done=r"prometheus",
        open_items=("api-metrics",),
        open_probes=("api-metrics",),
    ),
    Practice(
        "distributed-training",
        "distributed training",
        r"distributed training",
        items=("distributed-training",),
    ),
    Practice(
        "distributed-loading",
        "distributed data loading",
        r"(?:distributed|parallel) data ?loading",
        items=("distributed-loading",),
    ),
    Practice(
        "caching",
        "caching",
        r"cach(?:e|es|ing)",
        items=("ci-caching-and-matrix",),
        unless=r"\bdocker|layers?\b",
    ),
    Practice(
        "serving",
        "a specialised serving framework",
        r"(?:onnx (?:or|and|nor) bento ?ml|bento ?ml (?:or|and|nor) onnx)",
        items=("specialised-serving",),
        done=r"(?:onnx(?: ?runtime)?|bento ?ml)",
        open_items=("specialised-serving",),
        open_probes=("specialised-serving",),
    ),
    Practice(
        "docs",
        "published documentation",
        r"(?:our |the )?(?:documentation|docs)(?: (?:to|on|with|via) github pages)?",
        verbs=r"(?:publish|deploy|host)(?:ed|ing)?",
        items=("docs-published",),
        done=r"github pages",
        open_items=("docs-published",),
        open_probes=("docs-deployed",),
    ),
    Practice(
        "logging",
        "logging",
        r"(?:python )?logging",
        items=("logging",),
        done=r"(?:loguru|logging (?:module|library|package|messages?)|(?:python's|python) logging|application logging)",
        open_items=("logging",),
        open_probes=("logging",),
    ),
    Practice(
        "ci",
        "continuous integration",
        r"(?:continuous integration|ci(?:/cd)?(?: pipelines?)?)",
        items=("ci",),
        done=r"(?:continuous integration|github actions|unit ?testing)",
        open_items=("ci",),
        open_probes=("ci-runs-tests",),
    ),
)

# -- denials -----------------------------------------------------------------------------------------------------------

_SUBJECT = r"\b(?:we|our (?:group|team|project)|the (?:group|team|project))"
_NOT = r"(?:did not|didn't|have not|haven't|had not|do not|don't|has not|does not|doesn't|decided not|chose not|opted not|selected not|were not able|weren't able|never)"
_FILL = r"(?: (?:yet|actually|manage|managed|end up|ended up|get|got|succeed|succeeded|around|have|had|having|the|time|make|made|making|of|to|any|a|an|in|been))*"
_VERBS = (
    r"(?:implement|us|utili[sz]|set|perform|do|conduct|run|writ|add|creat|deploy|develop|build|built|includ|employ|appl|integrat|configur|calculat|comput"
    r"|measur|incorporat|carr|adopt|make use of|made use of)(?:e|ed|ing|ten|y|ied|ne)?(?: up| out)?"
)
_WORDS = r"(?: (?:any|a|an|the|our|of|kind|kinds|sort|form|type|on|for|in|to|either))*"
_MORE = r"[\w-]+(?: [\w-]+){0,3}? (?:or|nor) (?:any )?"  # "unit testing or load testing"
_NARROW_OK = (
    r"(?: (?:of|for|on|in|to|with) (?:our|the|this|a|an|any of our)(?: (?:deployed|trained|own|final|whole|entire|current|ml|mlops|machine learning|deep learning|inference|prediction)){0,2} (?:project|models?|(?:fast)?api|application|app|services?|code|codebase|"
    r"data|dataset|pipeline|repository|deployment|workflows?|github repository)| as part of (?:this|our|the) project| in (?:the end|practice)|"
    r" (?:or|nor|and|/) [\w-]+(?: [\w-]+){0,2}?(?= (?:of|for|on|in) (?:our|the|this|a|an) |[.,;]|$))*"
)
_END = (
    r"(?=\s*(?:$|[.,;:!()]|-\s)|\s+(?:because|since|due|but|so|however|although|even|therefore|at all|yet|during|though|which|"
    r"instead|despite|as (?:we|our|the|it|there|this|most|all|that)|and (?:instead|therefore|thus|so|we|only|hence))\b)"
)
_OPENER = compile_later(
    r"^(?:no|nope|unfortunately,? no|sadly,? no)(?:[.!]|$|, (?:unfortunately,? )?(?:we (?:did not|didn't|have not|haven't)(?: \w+){0,3}[.!]?$))"
    r"|^(?:unfortunately,? |sadly,? |no,? )?we (?:did not|didn't|have not|haven't)(?: manage| succeed| do (?:this|so|that|any of (?:this|that|these))| have (?:the )?time| get (?:that|this|so) far"
    r"| manage to (?:do (?:this|so|that)|get (?:that|this|so) far))?[.!]?$",
    re.IGNORECASE,
)
_NO = compile_later(r"\b(?:no|not|nope|never|only)\b|n't\b", re.IGNORECASE)
_CLAUSE = compile_later(r"\b(?:as|because|since|but)\b", re.IGNORECASE)
_ADDRESS = compile_later(r"\bif\b|\bthat we (?:did not|didn't|have not)\b", re.IGNORECASE)


_DENIAL = compile_later(
    rf"{_SUBJECT}(?: \w+)? {_NOT}{_FILL}(?: (?P<verb>{_VERBS}))?{_WORDS} (?=\w)|{_SUBJECT} (?:have|had|use|used|did|performed|implemented) (?P<bare>no) ",
    re.IGNORECASE,
)
_ALTERNATIVE = compile_later(_MORE, re.IGNORECASE)
_TAIL = compile_later(rf"{_NARROW_OK}{_END}", re.IGNORECASE)


@lru_cache(maxsize=512)
def _compiled(words: str) -> re.Pattern[str]:
    return compile_later(words, re.IGNORECASE)


def _denial_at(practice: Practice, words: str) -> tuple[int, int] | None:
    """From where to where the words deny the practice in the plain shape; None if they do not."""
    for match in _DENIAL.finditer(words):
        starts = [match.end()]
        if (
            practice.acts
            and (acts := _compiled(practice.acts).match(words, match.end()))
            and _TAIL.match(words, acts.end())
        ):
            return match.start(), acts.end()
        if not match["bare"] and (
            not match["verb"] or (practice.verbs and not _compiled(practice.verbs).fullmatch(match["verb"]))
        ):
            continue
        if more := _ALTERNATIVE.match(words, match.end()):
            starts.append(more.end())
        for start in starts:
            noun = _compiled(practice.noun).match(words, start)
            if noun and _TAIL.match(words, noun.end()):
                return match.start(), noun.end()
    for pattern in practice.passive:
        if passive := _compiled(pattern).search(words):
            return passive.span()
    return None


def _denied(practice: Practice, statement: Statement) -> bool:
    """Whether the sentence says plainly that the practice was left out."""
    if statement.personal:
        return False
    span = _denial_at(practice, statement.plain)
    if span is None:
        return False
    before = replace(statement, text=_CLAUSE.split(statement.plain[: span[0]])[-1])
    return not (before.past or before.planned or before.attempted or _ADDRESS.search(before.plain))


def plainly_denied(statement: Statement, id_: str, noun: str) -> bool:
    """Whether the sentence denies in the plain shape that the group used or made something (`noun`, an expression)."""
    practice = _ASKED.setdefault(id_, Practice(id_, noun, f"(?:{noun})"))
    return _denied(practice, statement)


_ASKED: dict[str, Practice] = {}


def _taken_back(practice: Practice, statement: Statement, prose: Prose) -> bool:
    """Whether the same answer says something after all that may stand for the practice."""
    if not practice.unless:
        return False
    pattern = _compiled(practice.unless)
    for other in prose.sentences():
        if other.question.n != statement.question.n or other.planned:
            continue
        words = other.plain
        if other.line == statement.line and other.text == statement.text:
            if span := _denial_at(practice, words):
                words = words[: span[0]] + words[span[1] :]
        elif other.negated:
            continue
        if pattern.search(words):
            return True
    return False


def _first(statement: Statement, prose: Prose) -> bool:
    return next((s for s in prose.sentences() if s.question.n == statement.question.n), None) is statement


_AFTER_ALL = compile_later(
    r"\b(?:but|however|although|though|nevertheless|instead)\b[^.]*?\b(?:did|managed? to|(?:were|was) able|succeeded|got|still)\b(?! not\b|n['’]t\b)",
    re.IGNORECASE,
)


@check(
    "practice-denials",
    asks="Is what the group says it left out ticked, in the repository, or reported in another answer?",
)
def practice_denials(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we did not use / implement / perform X", "no X was done", and a bare "No" or "We did not." that opens the answer to
    the question about it. Settled by: a ticked box of the same practice, the group's own (non-template) files where their
    presence alone is the practice, or another answer that reports the practice as done. Leaves alone: denials that are
    softened (fully, formal, extensive, much, custom ...) or narrowed (for one part, in one place, on one platform), hypotheses,
    the past, single members, answers that take the denial back, lists that were not filled in."""
    for statement in prose.sentences():
        if not _NO.search(statement.plain) or _AFTER_ALL.search(statement.plain):
            continue
        for practice in PRACTICES:
            opens = practice.answered == statement.question.id and bool(_OPENER.match(statement.plain))
            if not (opens and _first(statement, prose)) and not _denied(practice, statement):
                continue
            if not _taken_back(practice, statement, prose):
                shown = _shows_monitoring(statement, prose, repo) if practice is _MONITORING else []
                yield from shown or _against(practice, statement, prose, repo)


_MONITORING = next(p for p in PRACTICES if p.id == "monitoring")
# what narrows the question's "monitoring of your deployed model"
_NARROWER = compile_later(
    r"\b(?:cloud|system|production|alert\w*|dashboards?|grafana|telemetry|performance|(?:hard|soft)ware|resources?|continuous(?:ly)?|real[- ]time|automat\w+|google|gcp|online|live|custom|proper|full\w*|advanced|further)\b",
    re.IGNORECASE,
)
_MONITORED = compile_later(
    r"\b(?:drift\w*|evidently|prometheus|/metrics|metrics|monitor\w*|collect\w*|log(?:s|ged|ging)?|track\w*)\b",
    re.IGNORECASE,
)


def monitoring_denied(prose: Prose) -> Statement | None:
    """The sentence of the monitoring answer that says without a narrower word that there is none, where the answer takes
    nothing back."""
    told = list(prose.sentences("monitoring"))
    for statement in told:
        opens = statement is told[0] and bool(_OPENER.match(statement.plain))
        if not opens and not _denied(_MONITORING, statement):
            continue
        but = re.search(
            r"\b(?:but|however|although|apart from|besides|except|only|though)\b", statement.plain, re.IGNORECASE
        )
        if but and _MONITORED.search(statement.plain, but.end()):
            return None
        if _NARROWER.search(statement.plain) or _taken_back(_MONITORING, statement, prose):
            return None
        for other in told:
            # what was done after all, in a sentence of its own
            if (
                other is not statement
                and other.firm
                and not other.negated
                and _DID.search(other.plain)
                and _MONITORED.search(other.plain)
            ):
                return None
        return statement
    return None


_DID = compile_later(
    r"\b(?:we|our \w+|the (?:api|app|application|service|repository|project))\b(?: \w+){0,2}? (?:did|have|has|implemented|use[sd]?|created?|added|set ?up|made|wrote|built|log(?:s|ged)?|collect(?:s|ed)?|save[sd]?|store[sd]?|expose[sd]?|track(?:s|ed)?|monitor(?:s|ed)?|relied|rely)\b",
    re.IGNORECASE,
)


def _shows_monitoring(statement: Statement, prose: Prose, repo: Repo) -> list[Settled]:
    """What of the deployed model's monitoring the repository has: an API for drift, instrumentation, or stored inputs and outputs
    with a check for drift; else the boxes of these that are ticked."""
    if monitoring_denied(prose) is not statement:
        return []
    shown = [p for p in ("drift-service", "api-metrics") if repo.found(p)]
    if not shown and repo.found("data-collection") and repo.found("drift-check"):
        shown = ["data-collection", "drift-check"]
    if shown:
        found = [e for p in shown for e in repo.answer(p).evidence[:2]]
        names = {
            "drift-service": "an API for drift",
            "api-metrics": "metrics of the API",
            "data-collection": "stored inputs and outputs",
            "drift-check": "a check for drift",
        }
        what = " and ".join(names[p] for p in shown)
        return [
            Settled(
                statement,
                about="practice:monitoring",
                shows=f"{_place(found[0])} shows monitoring of the model: {what}.",
                difference=f"The sentence says that monitoring was left out; the repository has {what}.",
                evidence=tuple(found),
            )
        ]
    ticked = [i for i in ("drift-service", "api-metrics", "data-collection") if prose.checked(i)]
    boxes = [e for i in ticked if (e := item_evidence(prose.report, i))]
    if len(ticked) > 1 and not any(prose.checked(i) for i in _MONITORING.items):
        return [
            Settled(
                statement,
                about=f"box:{ticked[0]}",
                shows=f"The checklist ticks “{_short(boxes[0])}” (line {boxes[0].start}) and “{_short(boxes[1])}” (line {boxes[1].start}).",
                difference="The sentence says that monitoring was left out; the boxes say that parts of it were done.",
                evidence=tuple(boxes),
                rule="prose-contradicts-checklist",
            )
        ]
    return []


def _against(practice: Practice, statement: Statement, prose: Prose, repo: Repo) -> Iterator[Settled]:
    ticked = [i for i in practice.items if prose.checked(i)]
    boxes = [e for i in ticked if (e := item_evidence(prose.report, i))]
    shown = [e for p in practice.shown_by if repo.found(p) for e in repo.answer(p).evidence[:2]]
    if boxes:
        also = f", and {_place(shown[0])} shows it" if shown else ""
        yield Settled(
            statement,
            about=f"box:{ticked[0]}",
            shows=f"The checklist ticks “{_short(boxes[0])}” (line {boxes[0].start}){also}.",
            difference=f"The sentence says that the group left out {practice.name}; the box says otherwise.",
            evidence=(*boxes, *shown),
            rule="prose-contradicts-checklist",
            detail=len(practice.items) == 1 and practice.items[0] == "ci-caching-and-matrix",
        )
    elif shown:
        yield Settled(
            statement,
            about=f"practice:{practice.id}",
            shows=f"{_place(shown[0])} shows {practice.name}.",
            difference=f"The sentence says that the group left out {practice.name}; the repository has it.",
            evidence=tuple(shown),
        )
    elif practice.elsewhere and (other := _reported(practice, statement, prose)):
        yield Settled(
            statement,
            about=f"practice:{practice.id}",
            shows=f"The answer to question {other.question.n} says (line {other.line}): “{_clip(other.plain)}”",
            difference=f"One answer says that the group left out {practice.name}, the other reports it.",
            evidence=(_excerpt(other, prose),),
            rule="prose-contradicts-prose",
        )


def _reported(practice: Practice, statement: Statement, prose: Prose) -> Statement | None:
    pattern = _compiled(practice.elsewhere)
    for other in prose.sentences():
        if (
            other.question.n != statement.question.n
            and other.firm
            and not other.negated
            and pattern.search(other.plain)
        ):
            return other
    return None


def _excerpt(statement: Statement, prose: Prose) -> Evidence:
    return Evidence(
        kind="excerpt",
        path=prose.report.path,
        start=statement.line,
        end=statement.line + statement.text.count("\n"),
        excerpt=statement.text,
        note=f"the answer to question {statement.question.n}",
    )


def _place(evidence: Evidence) -> str:
    if evidence.path:
        return f"{evidence.path}:{evidence.start}" if evidence.start else evidence.path
    return evidence.sources[0] if evidence.sources else "the repository"


def _short(evidence: Evidence) -> str:
    return _clip(re.sub(r"^\[.\]\s*", "", evidence.excerpt), 110)


def _clip(words: str, limit: int = 160) -> str:
    return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0] + " …"


# -- open boxes --------------------------------------------------------------------------------------------------------

_WE_DID = compile_later(
    r"\b(?:we|our (?:project|setup|team|group|workflow|code|training|api)|the (?:project|code|training|api|application))(?: (?:also|have|then|further|additionally|therefore|instead|successfully|mainly))*"
    r" (?:use|used|uses|using|implemented|implement|made use of|make use of|set ?up|performed|did|conducted|ran|run|wrote|added|created|deployed|developed|built|included|employed|"
    r"utili[sz]ed?|integrated|configured|instrumented|profiled|load[ -]tested|added|relied on|rely on|adopted|managed to (?:\w+))\b",
    re.IGNORECASE,
)
_WEAK = compile_later(
    r"\b(?:consider\w*|experiment(?:ed)? with|looked into|explored?|investigated|partial\w*|basic|simple|locally|local|manually|template|course|exercises?|only|just|not|wanted|thought|planned|"
    r"exercise|started|prepared|try|trying|first step|towards?)\b",
    re.IGNORECASE,
)


@check("open-boxes", asks="Is the box of a practice open that an answer describes and the repository shows?")
def open_boxes(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we used / implemented / ran X" of a practice with a box of its own, firm and not negated. Settled by: the box is open
    in a list that was filled in, and the repository shows the practice. Leaves alone: items that ask for several things, local
    or partial work, attempts, practices that no answer names."""
    done: set[str] = set()
    for practice in PRACTICES:
        opened = [i for i in practice.open_items if prose.checked(i) is False]
        if not opened or not practice.done or not practice.open_probes:
            continue
        noun = _compiled(rf"\b{practice.done}\b")
        for statement in prose.sentences():
            words = statement.plain
            if not noun.search(words) or not statement.firm or statement.negated or _WEAK.search(words):
                continue
            verb = _WE_DID.search(words)
            if not verb or not noun.search(words, verb.start(), verb.end() + 90):
                continue
            if opened[0] in done or not all(repo.found(p) for p in practice.open_probes):
                continue
            box = item_evidence(prose.report, opened[0])
            shown = repo.answer(practice.open_probes[0]).evidence[:2]
            if box is None or not shown:
                continue
            done.add(opened[0])
            yield Settled(
                statement,
                about=f"box:{opened[0]}",
                shows=f"The box “{_short(box)}” (line {box.start}) is open, and {_place(shown[0])} shows {practice.name}.",
                difference="The sentence and the repository show it as done; the checklist leaves it open.",
                evidence=(box, *shown),
                rule="prose-contradicts-checklist",
                detail=True,
            )


# the questions whose answers tell how a practice went; elsewhere only a plain denial counts
_TOLD_IN: dict[str, tuple[str, ...]] = {
    "monitoring": ("monitoring",),
    "alerts": ("monitoring",),
    "drift": ("monitoring",),
    "metrics": ("monitoring",),
    "deployment": ("deployment",),
    "load-test": ("api-tests",),
    "api-tests": ("api-tests",),
    "profiling": ("debugging-and-profiling",),
    "dvc": ("data-versioning",),
    "cloud-training": ("cloud-training", "compute-engine"),
    "sweep": ("experiment-tracking",),
    "wandb": ("experiment-tracking",),
    "hydra": ("configuration",),
    "pre-commit": ("code-quality",),
    "coverage": ("coverage",),
    "frontend": ("extra",),
    "docs": ("extra",),
    "api": ("api",),
    "serving": ("api", "deployment", "extra"),
    "caching": ("continuous-integration",),
}


@dataclass(frozen=True)
class Explained:
    """An answer's words on why a box is open; `plain`: the answer to the question about it says that it was left out."""

    evidence: Evidence
    plain: bool


def explained_boxes(prose: Prose) -> dict[str, Explained]:
    """The answers' words on why a box is open, by the box's item: a plain denial, or in the answer to the question about the
    practice a bare "No" or any sentence about it that says no or tells of a try; in a report that nowhere says plainly that
    the practice was done. What the repository has of it (a script that was never run, a helper that nobody used) is then no
    contradiction. A sentence about one member, a plan or the past says nothing."""
    found: dict[str, Explained] = {}
    for practice in PRACTICES:
        opened = [i for i in dict.fromkeys((*practice.items, *practice.open_items)) if prose.checked(i) is False]
        if not opened:
            continue
        noun = _compiled(rf"\b(?:{practice.noun}|{practice.done or practice.noun})\b")
        about = [s for s in prose.sentences() if noun.search(s.plain)]
        if any(_affirms(s, noun) for s in about):
            continue
        told = [s for s in about if _falls_short(practice, s)]
        told += [s for s in prose.sentences(practice.answered) if _opens_with_no(practice, s, prose)]
        if told:
            plain = [s for s in told if _tells(practice, s) and (_denied(practice, s) or s not in about)]
            why = Explained(_excerpt((plain or told)[0], prose), bool(plain))
            found |= dict.fromkeys(opened, why)
    return found


def _tells(practice: Practice, statement: Statement) -> bool:
    """Whether a sentence stands in the answer that is about the practice."""
    id_ = statement.question.id
    return bool(id_) and id_ in (practice.answered, *_TOLD_IN.get(practice.id, ()))


def _opens_with_no(practice: Practice, statement: Statement, prose: Prose) -> bool:
    """Whether a sentence is the bare "No" that opens the answer to the question about the practice, and is not taken back."""
    if not practice.answered or not _OPENER.match(statement.plain) or not _first(statement, prose):
        return False
    return not _taken_back(practice, statement, prose)


def _falls_short(practice: Practice, statement: Statement) -> bool:
    if statement.planned or statement.personal:
        return False
    if _denied(practice, statement):  # elsewhere what is there may be the practice: then the sentence is wrong, too
        return _tells(practice, statement) or not practice.shown_by
    return _tells(practice, statement) and (statement.negated or statement.attempted)


def _affirms(statement: Statement, noun: re.Pattern[str]) -> bool:
    """Whether a sentence says that the practice was done: the group as subject, a verb of doing, the practice behind it."""
    verb = _WE_DID.search(statement.plain)
    if not verb or not statement.firm or statement.negated or statement.attempted:
        return False
    return noun.search(statement.plain, verb.start(), verb.end() + 90) is not None
