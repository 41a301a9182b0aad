"""Logging."""

import ast
import re
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.tracking.files import NO_TESTS
from auditor.readers.nodes import literal
from auditor.readers.python import Call, Module, python
from auditor.snapshot import Files

_LEVELS = frozenset(["debug", "info", "warning", "warn", "error", "exception", "critical", "success", "fatal", "trace"])
_LOGGER = compile_later(r"(?i)(^|[._])(\w*logger\w*|logging|log|logs|structlog|getLogger|get_logger)$")


def log_calls(module: Module) -> list[Call]:
    """The calls that emit a log message: a level's method on an object whose name says log."""
    emitted = []
    named = _loggers(module)
    for call in module.calls:
        owner, _, method = call.name.rpartition(".")
        plain = owner.replace("()", "").removesuffix(".bind").removesuffix(".opt")
        if method in ("log_struct", "log_text") and module.imported("google.cloud.logging"):
            emitted.append(call)
        elif (
            method in _LEVELS
            and (_LOGGER.search(plain) or plain in named)
            and "wandb" not in plain.lower()
            and call.node.args
        ):
            text = literal(call.node.args[0])
            # the one message of the old template's stub
            if text != "making final data set from raw data":
                emitted.append(call)
        elif call.name == "logging.log" or (method == "log" and re.match(r"loguru\.|logging\.getLogger", plain)):
            emitted.append(call)
    return emitted


def _loggers(module: Module) -> frozenset[str]:
    """The names that a module binds to a logger, whatever they are called: `lg = logging.getLogger(__name__)`."""
    found = set()
    for node in module.nodes:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        if module.name(node.value.func).endswith(("getLogger", "get_logger")):
            found |= {module.name(t) for t in node.targets}
    return frozenset(found)


@probe(
    "logging",
    asks="Does the group's own code log events?",
    looks_in=("**/*.py", "!reports/**", *NO_TESTS),
    mentions=("log",),
)
def logging(files: Files) -> Iterator[Evidence]:
    """A message emitted through logging, loguru, structlog or a framework's logger, outside tests. A logger that is never
    called, `print`, metrics sent to W&B or `self.log`, and the template's one sentence do not count."""
    found = []
    for file in files:
        module = python(file)
        if module is None:
            continue
        if calls := log_calls(module):
            count = len(calls)
            found.append((count, file.cite(calls[0].line, note=f"{count} log message{'s' * (count > 1)} in this file")))
    yield from (evidence for _, evidence in sorted(found, key=lambda f: -f[0]))


@probe(
    "logging-throughout",
    asks="Does the group's own code log events in more than a place or two?",
    looks_in=("**/*.py", "!reports/**", *NO_TESTS),
    mentions=("log",),
)
def logging_throughout(files: Files) -> Iterator[Evidence]:
    """As `logging`, from three messages on: one that a framework's example brought along is no reason to tick a box."""
    if sum(len(log_calls(module)) for file in files if (module := python(file))) > 2:
        yield from logging(files)


_KEEPS_A_LOG = compile_later(r"^_?(log|write_log|append_log)(_|$)|_log$")
_WRITES = compile_later(
    r"(^|\.)(open|write|writerow|dump|dumps|to_csv|append|put_object|insert_\w+|upload_\w+|_?append_\w+|_?upload_\w+)$"
)


@probe(
    "own-log",
    asks="Does a function of the group's own that is named for logging, or a CSVLogger, write records?",
    looks_in=("**/*.py", "!reports/**", *NO_TESTS),
    mentions=("log_", "_log", "csvlogger"),
)
def own_log(files: Files) -> Iterator[Evidence]:
    """A function called `log_...` or `..._log` that writes to a file, a table or a bucket; or Lightning's `CSVLogger`, which writes
    what a run does into files. Weak: a log of the group's own making, if without a logger."""
    for file in files:
        module = python(file)
        for f in module.functions if module else ():
            if (
                _KEEPS_A_LOG.search(f.name)
                and module
                and any(
                    c.inside == f.qualname and _WRITES.search(c.name) and "wandb" not in c.name for c in module.calls
                )
            ):
                yield file.cite(f.line, note="an own log")
        kept = (c for c in module.calls if c.name.rpartition(".")[2] == "CSVLogger") if module else ()
        yield from (file.cite(c.line, c.end, note="logs runs into files (CSVLogger)") for c in kept)
