"""The closed vocabulary of typed claims: what a sentence of a report can state so that a program can settle it.

A reader turns sentences into these; a settler holds one against the repository. The docstrings are what a model is told of each
kind and what the documentation prints, so each says what it states, what its fields mean, and gives two examples. Whatever a
comparison hangs on comes from a list; `unknown` is a value of every such list, and right where the sentence does not say.
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, TypeAdapter

from auditor.models import Record

Strength = Literal["plain", "hedged", "planned", "past", "attempted"]

Purpose = Literal[
    "tests", "linting", "typing", "formatting", "coverage", "hooks", "images", "training", "evaluation", "deployment", "docs",
    "data", "model registry", "load tests", "dependency updates", "release", "any", "all", "unknown",
]  # fmt: skip

Component = Literal[
    "data loading", "preprocessing", "training", "evaluation", "prediction", "api", "frontend", "tests", "load tests",
    "configuration", "logging", "experiment tracking", "hyperparameter search", "command line", "linting", "formatting", "typing",
    "packaging", "environment", "data versioning", "profiling", "deployment", "monitoring", "drift detection", "documentation",
    "model", "unknown",
]  # fmt: skip

Operator = Literal["exactly", "at least", "at most", "more than", "fewer than", "about"]

LISTS: tuple[tuple[str, Any, str], ...] = (
    ("strength", Strength, "how firmly a sentence speaks: `plain` states how things are; `hedged` rounds, gives examples or leaves room (about,"
     " mainly, usually, some, such as); `planned` would, could, will or should; `past` was once so and is told as over; `attempted` was tried"),
    ("purpose", Purpose, "what a workflow, job or step is for. `any`: one of them, whichever; `all`: every workflow that there is"),
    ("component", Component, "a part or job of a project"),
    ("operator", Operator, "how a number is meant"),
)  # fmt: skip
"""The lists that several kinds share, each with its name and what its values mean."""


class Typed(Record):
    """Every claim has `quote`: the words that state it, copied exactly from the answer (one clause, at most 40 words); `strength`:
    how firmly they speak; `denied`: true if the sentence says that it is NOT so ("we did not use X", "there is no Y"); and
    `every`: true if it admits no exception (all, every, each, whenever, always, never, only, automatically, complete)."""

    quote: str
    strength: Strength = "plain"
    denied: bool = False
    every: bool = False


class Count(Typed):
    """States how many of something there are. `of`: what is counted. `scope`: of which part: `whole` only where the sentence speaks
    of all of them in the project, not of one sort, `named` where `path` holds the file or folder as written, else the sort of part; `unknown` where
    it does not say. `op` and `value`: the number. Numbers written as words count. Do not add up numbers that the sentence gives apart.
    "In total we have implemented 10 tests" -> of tests, scope whole, exactly 10.
    "tests/test_data.py holds 4 tests" -> of tests, scope named, path tests/test_data.py, exactly 4."""

    kind: Literal["count"]
    of: Literal[
        "tests", "test files", "workflows", "jobs", "dockerfiles", "images", "endpoints", "hooks", "tasks", "configuration files",
        "experiments", "pull requests", "commits", "branches", "releases", "members", "dependencies", "operating systems",
        "python versions", "alerts", "services", "classes", "unknown",
    ]  # fmt: skip
    scope: Literal[
        "whole", "unit", "integration", "performance", "api", "model", "data", "training", "named", "unknown"
    ]
    op: Operator
    value: float
    path: str = ""


class Runs(Typed):
    """States that a tool runs somewhere. `tool`: its name as an identifier in small letters (pytest, ruff, mypy, coverage, pre-commit,
    dvc, docker, bandit), or what is done: tests, linting, typing, formatting, deployment, caching. `place`: `ci` is any workflow of continuous integration, `hooks` are pre-commit hooks, `workflow` is the
    one that `path` or `purpose` names. `blocks`: true only if the sentence says that a failure stops the run or the merge.
    "In the CI we run ruff and mypy" -> two claims, place ci. "Our tests.yaml also checks coverage" -> tool coverage, place workflow,
    path tests.yaml."""

    kind: Literal["runs"]
    tool: str
    place: Literal["ci", "hooks", "workflow", "image", "task", "unknown"]
    path: str = ""
    purpose: Purpose = "unknown"
    blocks: bool = False


class Command(Typed):
    """States a command that a reader could type. `line`: the command exactly as written, arguments included; leave out commands with
    placeholders for what matters. `folder`: where it is to be run, if said. `after`: the command that the text puts just before it.
    "uv run src/train.py --epochs 10" -> the line. "`invoke train`" -> line invoke train."""

    kind: Literal["command"]
    line: str
    folder: str = ""
    after: str = ""


class Practice(Typed):
    """States that a practice of the checklist was done, or (`denied`) was not done. `item`: the id from the list of items that is given;
    only where the sentence is about that very practice. `part`: `whole`, or the part of it that the sentence speaks of. Plans and
    attempts are stated, too, with their strength. One more item: `secrets-kept-out`, that keys and passwords are not in the repository.
    "We did not get to implement data drifting" -> item of drift, denied. "We set up alerts in GCP" -> item of alerts."""

    kind: Literal["practice"]
    item: str
    part: str = "whole"


class Trigger(Typed):
    """States what starts a workflow, a job or a build. `of` or `path`: which (`all`: every workflow; `path` as written). `events`: by what.
    `branch`: on which branch, if said. `only`: true if nothing else starts it. `period`: once in which time, for a schedule.
    "Tests run on every push to main" -> of tests, events [push], branch main. "Dependabot looks for updates once a week" -> of
    dependency updates, events [schedule], period week."""

    kind: Literal["trigger"]
    events: tuple[
        Literal[
            "push", "pull request", "merge", "tag", "release", "schedule", "manual", "another workflow", "data change", "registry change"
        ],
        ...,
    ]  # fmt: skip
    of: Purpose = "unknown"
    path: str = ""
    branch: str = ""
    only: bool = False
    period: Literal["", "hour", "day", "week", "month"] = ""


class Gate(Typed):
    """States that one thing happens only after another has succeeded. `first` and `then`: their purposes.
    "If the tests pass, the image is built and deployed" -> first tests, then images (and a second claim, then deployment).
    "Deployment is only triggered when all checks are green" -> first tests, then deployment."""

    kind: Literal["gate"]
    first: Purpose
    then: Purpose


class File(Typed):
    """States something of a file or folder of the repository. `path`: as written. `state`: what of it; `removed`, `added`, `changed` and
    `untouched` are told against the course's template; `to`: the new name of a renamed one. The whole
    project is path everything.
    "We removed the notebooks folder" -> path notebooks, state removed. "The tests are in `tests/unit`" -> path tests/unit, state there."""

    kind: Literal["file"]
    path: str
    state: Literal["there", "absent", "empty", "filled", "added", "removed", "changed", "untouched", "renamed"]
    to: str = ""
    via: Literal["text", "link", "image"] = "text"


class Location(Typed):
    """States where things of a class lie. `what`: the class. `folder`: as written. `every` tells whether all of them do.
    "All configuration files are in configs/" -> what configuration, folder configs, every. "Our dockerfiles lie in the root" -> what
    dockerfiles, folder "."."""

    kind: Literal["location"]
    what: Literal[
        "tests", "configuration", "documentation", "dockerfiles", "workflows", "data", "models", "notebooks", "source", "reports",
        "scripts", "cloud build files", "unknown",
    ]  # fmt: skip
    folder: str


class Uses(Typed):
    """States that a tool or library is used, for what (`role`) and where (`path`, if a file is named). `tool`: its name in small letters.
    "We used Typer for the command line" -> tool typer, role command line. "We did not use any config tool" is a practice, not this."""

    kind: Literal["uses"]
    tool: str
    role: Component
    path: str = ""


class DefinedIn(Typed):
    """States that a function, class, setting or step stands in a file. `name`: the identifier as written; `path`: the file as written.
    "The model is defined in model.py as `MyCNN`" -> name MyCNN, path model.py. "`train()` in train.py" -> name train, path train.py."""

    kind: Literal["defined_in"]
    name: str
    path: str


class Enforces(Typed):
    """States that a rule of quality is checked or followed. `rule`: which; `code`: its code as written, if given (D, E501, I). `tool`: by
    what, if said. `value`: its number, if it has one. `everywhere`: true if all code is said to follow it.
    "We use ruff with a line length of 120" -> rule line length, tool ruff, value 120. "All functions have type hints" -> rule annotations,
    everywhere."""

    kind: Literal["enforces"]
    rule: Literal[
        "docstrings", "annotations", "line length", "import order", "unused imports", "strict typing", "coverage threshold", "formatting",
        "complexity", "naming", "commit messages", "unknown",
    ]  # fmt: skip
    tool: str = ""
    code: str = ""
    value: float | None = None
    everywhere: bool = False


class History(Typed):
    """States how the group worked with git. `what`: which practice.
    "We never pushed to main" -> what direct commits, denied, every. "Every feature was merged with a pull request" -> what pull requests,
    every. "We did not use pull requests" -> what pull requests, denied."""

    kind: Literal["history"]
    what: Literal[
        "direct commits", "pull requests", "branch per feature", "branch per member", "reviews", "branches deleted", "squash merges", "tags", "releases",
        "force pushes", "unknown",
    ]  # fmt: skip


class Matrix(Typed):
    """States on which systems, versions or variants something runs in continuous integration. `axis` and `values`: which (linux, windows, macos;
    3.11, 3.12); no values where it only says "several". `complete`: true if the sentence gives the whole list. `path` or `purpose`: of which
    workflow, if said. "We test on Ubuntu, Windows and macOS" -> axis os, three values, complete. "We only test Python 3.12" -> axis python, [3.12],
    complete, every. "We do not test several operating systems" -> axis os, no values, denied."""

    kind: Literal["matrix"]
    axis: Literal["os", "python", "dependency"]
    values: tuple[str, ...]
    complete: bool = False
    path: str = ""
    purpose: Purpose = "unknown"


class Docker(Typed):
    """States a property of an image or its dockerfile. `path` or `of`: which (`all`: every one). `what` and `value`: the property.
    "Our images are based on python:3.12-slim" -> of all, what base image, value python:3.12-slim. "We use multi-stage builds for the API" -> of api,
    what multi-stage. "Our training image runs on a GPU" -> of training, what gpu; the GPU of a machine is a service's accelerator."""

    kind: Literal["docker"]
    what: Literal[
        "multi-stage", "base image", "gpu", "non-root user", "port", "entry point", "compose", "health check", "cached layers", "secret inside", "size",
        "unknown",
    ]  # fmt: skip
    of: Literal["training", "api", "frontend", "evaluation", "all", "unknown"] = "unknown"
    path: str = ""
    value: str = ""


class Service(Typed):
    """States something of a cloud or hosted service. `service`: its product name, exactly as the vendor calls it (Compute Engine, Vertex AI, Cloud Run,
    Cloud Functions, Artifact Registry, Container Registry, Cloud Build, Cloud Storage, Secret Manager, Cloud Monitoring, BigQuery, AWS S3, Azure ML,
    Weights & Biases, Hugging Face Hub). `what` and `value`: used, or its region, host, machine type, bucket name; `complete list` where an
    answer gives all services that were used: `value` names them, with commas. `role`: for what.
    "We trained on Vertex AI" -> service Vertex AI, what used, role training. "The bucket lies in europe-west1" -> service Cloud Storage, what region."""

    kind: Literal["service"]
    service: str
    what: Literal[
        "used", "region", "registry host", "machine type", "accelerator", "bucket", "url", "complete list", "unknown"
    ]
    value: str = ""
    role: Component = "unknown"


class Setting(Typed):
    """States the value of a setting. `name` and `value` as written; `path`: the file, if named; `of`: whose setting it is. A seed
    that is said to be set has value set; how a search is done is name method, of hyperparameter search.
    "The learning rate is 1e-3 in config.yaml" -> name learning rate, value 1e-3, path config.yaml. "We set the seed to 42" -> name seed, value 42."""

    kind: Literal["setting"]
    name: str
    value: str
    path: str = ""
    of: Component = "unknown"


class Version(Typed):
    """States a version. `of`: python, or a package's name. `value`: as written. `place`: where it is said to hold.
    "The project requires Python 3.11" -> of python, value 3.11, place project. "We use torch 2.1 in the image" -> of torch, value 2.1, place image."""

    kind: Literal["version"]
    of: str
    value: str
    place: Literal["project", "image", "workflow", "unknown"] = "unknown"


class Dependency(Typed):
    """States how dependencies are declared. `package`: one by name, or `all`. `state`: what of it. `group`: in which group, `path`: in which file.
    "All dependencies are pinned in requirements.txt" -> package all, state pinned, path requirements.txt, every. "pytest is a dev dependency" ->
    package pytest, state declared, group dev."""

    kind: Literal["dependency"]
    package: str
    state: Literal["declared", "pinned", "locked", "not declared", "unknown"]
    group: Literal["main", "dev", "extra", "unknown"] = "unknown"
    path: str = ""


class Data(Typed):
    """States a figure of the data or the model. `what` and `value`: which. `name`: of what, as written.
    Sizes are in MB, test coverage (`coverage`: that of the whole code) in per cent.
    "The dataset has 5,000 images in 10 classes" -> two claims: samples 5000; classes 10. "We split 80/20" -> what train share, value 0.8."""

    kind: Literal["data"]
    what: Literal[
        "samples", "classes", "features", "train share", "image size", "parameters", "size in MB", "coverage", "unknown"
    ]  # fmt: skip
    value: float
    name: str = ""


class Same(Typed):
    """States that two places of the report give one quantity or one fact, and differ. `other`: the words of the other place, copied exactly (another
    sentence of this or another answer). Only where both speak of the same thing and cannot both be true.
    "coverage is 85 %" and, elsewhere, "a coverage of 91 %". "we did not use Compute Engine" and, elsewhere, "we trained on Compute Engine"."""

    kind: Literal["same"]
    other: str


class Other(Typed):
    """States something concrete of the project that fits no other kind. Never force a statement into the nearest kind.
    "The API returns the three likeliest classes". "Gradients are clipped at 1"."""

    kind: Literal["other"]


Claim = Annotated[
    Count
    | Runs
    | Command
    | Practice
    | Trigger
    | Gate
    | File
    | Location
    | Uses
    | DefinedIn
    | Enforces
    | History
    | Matrix
    | Docker
    | Service
    | Setting
    | Version
    | Dependency
    | Data
    | Same
    | Other,
    Field(discriminator="kind"),
]
KINDS: tuple[type[Typed], ...] = get_args(get_args(Claim)[0])
CLAIM: TypeAdapter[Any] = TypeAdapter(Claim, config=ConfigDict(defer_build=True))
"""What a claim that comes from elsewhere is read by."""


def kind_of(model: type[Typed]) -> str:
    """The word by which a kind goes."""
    word: str = get_args(model.model_fields["kind"].annotation)[0]
    return word


BY_KIND = {kind_of(model): model for model in KINDS}
