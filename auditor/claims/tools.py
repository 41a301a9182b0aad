"""Dependencies: the lock file, what is declared, and configuration that does not parse."""

import re
from collections.abc import Iterator

from auditor.claims import Repo, Settled, absence, check, fact
from auditor.facts.declared import DECLARATIONS, LOCKS
from auditor.facts.deps import missing_from_lock, undeclared
from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.prose import Prose, Statement
from auditor.readers import WORKFLOWS, toml, yaml_documents, yaml_root
from auditor.snapshot import File, Snapshot

# -- lock file ---------------------------------------------------------------------------------------------------------

_LOCKED = compile_later(
    r"\b(?:uv\.lock|poetry\.lock|pdm\.lock|lock ?files?)\b.*\b(?:exact\w*|all|every|full|complete\w*|identical|same|in sync|up[- ]to[- ]date|pins?|pinned|locks?|locked|reproduc\w+|precise)\b"
    r"|\b(?:exact\w*|all|every|identical|same|in sync|up[- ]to[- ]date|pins?|pinned|locks?|locked|reproduc\w+|precise)\b.*\b(?:uv\.lock|poetry\.lock|pdm\.lock|lock ?files?)\b",
    re.IGNORECASE,
)


# Installing from it gives the environment, rather than that it was generated or pins something.
_INSTALLS = compile_later(
    r"\b(?:install(?:s|ed|ing)?|sync(?:s|ed|ing|hroni[sz]\w+)?|recreat\w+|re-?creat\w+|reproduc(?:e|es|ed|ing)|set(?:s|ting)? up|get(?:s|ting)?|ensur\w+|guarante\w+|everyone|every (?:team )?member|environments?)\b",
    re.IGNORECASE,
)
_SAME = compile_later(
    r"\b(?:exact(?:ly)?|same|identical(?:ly)?|fully reproducible|reproduc\w+|copy|consistent)\b", re.IGNORECASE
)
_BY_LOCK = compile_later(
    r"\b(?:uv sync|poetry install|pdm (?:install|sync)|pixi install|pipenv (?:install|sync))\b.*\b(?:exact|identical|same)\b.*\b(?:environments?|versions?|dependenc(?:y|ies)|packages)\b",
    re.IGNORECASE,
)


@check(
    "lock-in-sync",
    asks="Does the lock file hold every declared package where the group says that it pins the environment?",
)
def lock_in_sync(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a sentence that says that the lock file holds or pins the environment, and one that says that installing from it gives
    the exact or same environment; of each kind the first, the second kind preferred. Settled by: packages that the
    pyproject.toml beside it declares and the lock file lacks. Leaves alone: repositories without both, plans, negations."""
    relying: dict[str, Statement] = {}
    for statement in prose.sentences("dependencies", "reproducibility"):
        words = statement.plain
        if not statement.firm or statement.negated or not (_LOCKED.search(words) or _BY_LOCK.search(words)):
            continue
        installs = bool(_BY_LOCK.search(words) or (_INSTALLS.search(words) and _SAME.search(words)))
        relying.setdefault("lock:environment" if installs else "lock", statement)
    if not relying:
        return
    lacking = missing_from_lock(repo.snapshot.select((*DECLARATIONS, *LOCKS), stubs=True))
    if not lacking:
        return
    names = ", ".join(dict.fromkeys(p.name for p in lacking))
    first = lacking[0]
    for about, statement in sorted(relying.items(), reverse=True):
        yield Settled(
            statement,
            about=about,
            shows=f"{first.path} declares {names}; the lock file beside it does not have {'it' if len(lacking) == 1 else 'them'}.",
            difference="The sentence says that the lock file gives the environment; it is not in step with the declarations."
            if about == "lock:environment"
            else "The sentence says that the lock file pins the environment; it is not in step with the declarations.",
            evidence=(
                *(repo.snapshot.files[p.path].cite(p.line) for p in lacking[:3]),
                fact(f"Not in the lock file: {names}.", *(f"{p.path}:{p.line}" for p in lacking)),
            ),
            detail=True,
        )


# -- all dependencies declared -----------------------------------------------------------------------------------------

_PACKAGES = r"(?:dependenc(?:y|ies)|packages|libraries)"
_LISTS = r"(?:pyproject\.toml|requirements[\w.-]*|environment\.ya?ml|pixi\.toml|pipfile|setup\.py|this (?:txt )?file|that file|the file)"
_ALL_DECLARED = (
    compile_later(
        rf"\b(?:all|every|each)(?: of)?(?: (?:the|our|project|python|required|necessary|needed|used|external|third-party))* {_PACKAGES}\b[^.;]{{0,60}}?\b(?:is|are|were|was|being)? ?(?:declared|listed|specified|defined|stated|managed|kept|tracked|recorded)\b[^;]{{0,40}}?\b{_LISTS}",
        re.IGNORECASE,
    ),
    compile_later(
        rf"\b{_LISTS}(?: file)?\b[^.;]{{0,30}}?\b(?:contains?|lists?|declares?|specif(?:y|ies)|includes?|holds?|has|have)\b (?:\w+ )?(?:all|every)(?: of)?(?: (?:the|our|project's|project|python|required|necessary|needed|used|external))* {_PACKAGES}\b",
        re.IGNORECASE,
    ),
    compile_later(
        rf"\b{_LISTS}(?: file)?\b[^.;]{{0,40}}?\b(?:complete|full|exhaustive) list of (?:all )?(?:the |our )?(?:used |required |necessary |needed |python )*{_PACKAGES}\b",
        re.IGNORECASE,
    ),
)
# What many a declared package brings along; not to list these is common and does no harm.
_BROUGHT_ALONG_NAMES = (
    "numpy pandas scipy torch torchvision torchaudio torchmetrics pillow requests setuptools wheel pip pydantic pydantic-core pyyaml packaging tqdm click"
    " typing-extensions jinja2 protobuf google-api-core google-auth google-cloud-storage google-cloud-core google-genai huggingface-hub transformers tokenizers datasets accelerate"
    " safetensors fsspec starlette uvicorn anyio httpx httpcore aiohttp certifi urllib3 six python-dateutil pytz rich markdown-it-py pygments psutil omegaconf antlr4-python3-runtime"
    " prometheus-client matplotlib scikit-learn joblib filelock sympy networkx attrs markupsafe werkzeug gitpython sentry-sdk python-multipart python-dotenv lightning-utilities lightning"
    " pytorch-lightning tensorboard grpcio cloudpickle cachetools regex sentencepiece opencv-python pytest pluggy coverage ipython ipykernel jupyter nbformat virtualenv altair pyarrow"
    " opentelemetry-api opentelemetry-sdk dill multiprocess xxhash absl-py marshmallow jsonschema orjson plotly imageio scikit-image einops kagglehub gcsfs s3fs boto3 botocore"
    " google-cloud-aiplatform google-cloud-bigquery google-cloud-logging google-cloud-secret-manager google-cloud-pubsub ts torch-model-archiver colorama docutils dvc fastapi"
)
_BROUGHT_ALONG = frozenset(_BROUGHT_ALONG_NAMES.split())


@check("dependencies-all-declared", asks="Is every imported package declared where the group says that all are?")
def dependencies_all_declared(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that a file lists all dependencies or packages. Settled by: an import of own code outside
    tests that is no part of any list, lock file or installation in the repository and that no common package brings along.
    Leaves alone: guarded imports, notebooks, files that nobody can reach from the package, plans, hedges, negations."""
    statement = next(
        (
            s
            for s in prose.sentences("dependencies")
            if s.firm and not s.negated and any(p.search(s.plain) for p in _ALL_DECLARED)
        ),
        None,
    )
    if statement is None or re.search(
        r"\b(?:most|almost|nearly|except|apart from|main|core)\b", statement.plain, re.IGNORECASE
    ):
        return
    files = repo.snapshot.select(
        ("**/*.py", "!**/tests/**", "!tests/**", "!**/test_*.py", "!**/{docs,notebooks,scripts}/**")
    )
    lacking = [
        i for i in undeclared(files) if i.packages[0] not in _BROUGHT_ALONG and not i.name.startswith((".", "_"))
    ]
    if not lacking or len(lacking) > 6:  # many: an import path that is not understood
        return
    if any(_installed_somewhere(i.packages, repo.snapshot) for i in lacking):
        lacking = [i for i in lacking if not _installed_somewhere(i.packages, repo.snapshot)]
    if lacking:
        names = ", ".join(i.packages[0] for i in lacking)
        one = lacking[0]
        yield Settled(
            statement,
            about="dependencies:all",
            shows=f"{one.path}:{one.line} imports {one.name.split('.')[0]}; no dependency list or lock file of the repository has {one.packages[0]}.",
            difference="The sentence says that all dependencies are listed; "
            + (f"{names} is not." if len(lacking) == 1 else f"{names} are not."),
            evidence=(
                *(repo.snapshot.files[i.path].cite(i.line) for i in lacking[:3]),
                absence(
                    f"{names}: looked for in all dependency lists, lock files and installation commands of the repository."
                ),
            ),
            detail=True,
        )


def _installed_somewhere(packages: tuple[str, ...], snapshot: Snapshot) -> bool:
    """Whether a Dockerfile, workflow, script or list names one of the packages."""
    places = snapshot.select(
        ("**/*dockerfile*", "**/*.y*ml", "**/*.sh", "**/makefile", "**/tasks.py", "**/*.txt", "**/*.toml", "**/*.cfg"),
        stubs=True,
    )
    words = [re.compile(rf"(?<![\w-]){re.escape(p).replace('-', '[-_.]')}(?![\w-])", re.IGNORECASE) for p in packages]
    return any(w.search(f.text) for f in places if f.size < 400_000 for w in words)


# -- files that do not parse -------------------------------------------------------------------------------------------

_PARSED = (
    *WORKFLOWS,
    "**/pyproject.toml",
    "**/dvc.yaml",
    "**/cloudbuild*.y*ml",
    "**/conf*/**/*.y*ml",
    ".pre-commit-config.y*ml",
)


# What relies on a file without naming it: the words, and the files of which one must be the only one that could do it.
_RELIES = (
    (
        compile_later(r"\bpre-?commit\b", re.IGNORECASE),
        compile_later(
            r"\b(?:integrat\w+|run(?:s|ning)?|ran|check(?:s|ed)?|enforc\w+|trigger\w*|automat\w+|ensur\w+|via|through|using|use[sd]?|hooks? (?:for|that|which)|set ?up|implemented|configured|every commit|each commit)\b",
            re.IGNORECASE,
        ),
        (".pre-commit-config.y*ml",),
        "pre-commit",
    ),
    (
        compile_later(r"\b(?:continuous integration|ci(?:/cd)?|github actions?|workflows?)\b", re.IGNORECASE),
        compile_later(
            r"\b(?:run(?:s|ning)?|ran|check(?:s|ed)?|trigger\w*|automat\w+|test(?:s|ed|ing)?|build(?:s|ing)?|execut\w+|ensur\w+|validat\w+)\b",
            re.IGNORECASE,
        ),
        WORKFLOWS,
        "GitHub Actions",
    ),
    (
        compile_later(r"\b(?:uv sync|pip install (?:-e )?\.|poetry install|uv (?:add|run|pip))|\bpyproject\b", re.IGNORECASE),
        compile_later(r"\b(?:install\w*|sync\w*|manag\w+|add(?:s|ed)?|configur\w+|use[sd]?|run(?:s|ning)?|environment)\b", re.IGNORECASE),
        ("pyproject.toml",),
        "Python packaging",
    ),
    (
        compile_later(r"\bhydra\b", re.IGNORECASE),
        compile_later(r"\b(?:load\w*|manag\w+|read\w*|configur\w+|use[sd]?|control\w*|overrid\w+)\b", re.IGNORECASE),
        ("**/conf*/config.y*ml", "**/conf*/main.y*ml", "**/conf*/default*.y*ml"),
        "Hydra",
    ),
)  # fmt: skip


def _broken(snapshot: Snapshot) -> dict[str, tuple[File, str]]:
    """Configuration that its reader cannot read, or that its host refuses, with the reason."""

    def make() -> dict[str, tuple[File, str]]:
        broken: dict[str, tuple[File, str]] = {}
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
                broken[file.path] = (file, problem)
        return broken

    return snapshot.once("tool-broken", make)


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


@check(
    "named-file-parses",
    asks="Does a configuration or workflow that the prose names or relies on parse?",
    about_holes=True,
)
def named_file_parses(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that names a tracked workflow or configuration file by its path or its unique name; or one that says
    that pre-commit, GitHub Actions, the package's installation or Hydra does something, where one file alone would have to.
    Settled by: the file is no valid YAML or TOML, or pre-commit would refuse it. Leaves alone: templates that are rendered first,
    negations, the past."""
    broken = _broken(repo.snapshot)
    if not broken:
        return
    relied = []
    for word, doing, globs, host in _RELIES:
        files = [f for f in repo.snapshot.files.values() if matches(f.path, globs)]
        if len(files) == 1 and files[0].path in broken:
            relied.append((word, doing, files[0].path, host))
    for statement in prose.sentences():
        if not statement.firm or statement.negated:
            continue
        reported = set()
        for path, (file, problem) in broken.items():
            unique = sum(f.name == file.name for f in repo.snapshot.files.values()) == 1
            if path in statement.text or (
                unique and re.search(rf"(?<![\w./-]){re.escape(file.name)}(?![\w-])", statement.text)
            ):
                reported.add(path)
                yield _relies_on_broken(statement, file, problem, f"The sentence relies on {path}, which {_CANNOT}.")
        for word, doing, path, host in relied:
            if (
                path not in reported
                and statement.ours
                and word.search(statement.plain)
                and doing.search(statement.plain)
            ):
                reported.add(path)
                yield _relies_on_broken(
                    statement, *broken[path], f"The sentence relies on {host}, whose {path} {_CANNOT}."
                )


_CANNOT = "cannot be read as it stands"


def _relies_on_broken(statement: Statement, file: File, problem: str, difference: str) -> Settled:
    at = re.search(r"line (\d+)", problem) or re.search(r":(\d+) ", problem)
    return Settled(
        statement,
        about=f"path:{file.path}",
        shows=f"{problem}.",
        difference=difference,
        evidence=(file.cite(int(at[1]) if at else 1), fact(problem + ".", file.path)),
    )
