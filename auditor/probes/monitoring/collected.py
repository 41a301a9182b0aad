"""What a service keeps of what it is asked."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from auditor.facts.owncode import Code
from auditor.facts.routes import FRAMEWORKS, SERVERS, inference_routes, routes
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.nodes import joined_text, literal
from auditor.readers.python import Call, Function, Module, python
from auditor.snapshot import Files

_STORES = {
    "upload_from_string": "uploads it to a bucket",
    "upload_from_file": "uploads it to a bucket",
    "upload_from_filename": "uploads it to a bucket",
    "upload_file": "uploads it to a bucket",
    "upload_fileobj": "uploads it to a bucket",
    "put_object": "uploads it to a bucket",
    "upload_blob": "uploads it to a bucket",
    "put_item": "writes it to a database",
    "insert_rows_json": "writes it to BigQuery",
    "insert_rows": "writes it to BigQuery",
    "load_table_from_json": "writes it to BigQuery",
    "load_table_from_dataframe": "writes it to BigQuery",
    "to_gbq": "writes it to BigQuery",
    "to_sql": "writes it to a database",
    "insert_one": "writes it to a database",
    "insert_many": "writes it to a database",
    "bulk_save_objects": "writes it to a database",
    "log_struct": "sends it to the cloud's log as a record",
    "publish": "publishes it to a queue",
    "xadd": "writes it to Redis",
    "rpush": "writes it to Redis",
    "lpush": "writes it to Redis",
    "hset": "writes it to Redis",
    "log_inputs_and_outputs": "records it",
}
_NAMES = 50  # that stand for each other
_WRITES_TABLE = compile_later(r"^\s*(insert|replace)\s+(or\s+\w+\s+)?into\b|^\s*copy\s+\w+\s+from\b", re.IGNORECASE)


def _sink(module: Module, call: Call, calls: list[Call]) -> str:
    """What a call does if it stores something, or nothing."""
    last = call.name.rpartition(".")[2].removesuffix("()")
    if last in _STORES and call.name != last and (last != "publish" or call.node.args):
        return _STORES[last]
    if last in ("execute", "executemany", "text"):
        return "writes it to a database" if _WRITES_TABLE.search(_text(module, call.argument(0))) else ""
    if last in ("add", "add_all", "merge") and any(c.name.endswith(".commit") for c in calls) and "." in call.name:
        return "writes it to a database" if call.node.args else ""
    if last in ("set", "add", "create") and ("collection()" in call.name or "document()" in call.name):
        return "writes it to Firestore"
    if (
        last in ("set", "add", "create")
        and call.node.args
        and any(c.name.endswith((".collection", ".document")) for c in calls)
    ):
        return "writes it to Firestore"
    if last == "insert" and ".table()" in call.name:
        return "writes it to a database"
    if last == "open":
        mode = literal(call.keyword("mode"))
        texts = [t for t in (mode, *(literal(a) for a in call.node.args)) if isinstance(t, str)]
        if any(re.fullmatch(r"a[bt+]*", t) for t in texts):
            return "appends it to a file on the container's own disk"
        remote = any(t.startswith(("gs://", "s3://", "az://")) for t in texts)
        if remote and any(re.fullmatch(r"[wx][bt+]*", t) for t in texts):
            return "writes it to a bucket"
        if any(re.fullmatch(r"[wx]t?\+?", t) for t in texts) and any(
            c.name.endswith(("json.dump", "json.dumps", ".model_dump_json", ".writerow", ".writerows")) for c in calls
        ):
            return "writes it to a file on the container's own disk"
    if last in ("to_csv", "to_json", "to_parquet"):
        if literal(call.keyword("mode")) == "a":
            return "appends it to a file on the container's own disk"
        target = call.argument(0, "path_or_buf")
        if isinstance(target, ast.Constant | ast.JoinedStr) and isinstance(literal(target) or "", str):
            text = joined_text(target)
            if text.startswith(("gs://", "s3://")):
                return "writes it to a bucket"
            return "writes it to a file on the container's own disk" if text else ""
    if last in ("write_text", "write_json") and any(c.name.endswith(("json.dumps", ".model_dump_json")) for c in calls):
        return "writes it to a file"
    if (call.name == "print" or last in ("info", "log", "warning")) and any(
        isinstance(a, ast.Call) and module.name(a.func).endswith(("json.dumps", ".model_dump_json"))
        for a in call.node.args
    ):
        return "prints it as JSON for the log"
    if re.search(r"(^|\.)(wandb|mlflow)\.log(_table|_dict)?$", call.name):
        return "logs it to an experiment tracker"
    return ""


@lru_cache(maxsize=8)
def _first_values(module: Module) -> dict[str, ast.expr]:
    """What each name is given first, anywhere in a module."""
    found: dict[str, ast.expr] = {}
    for statement in module.nodes:
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            if isinstance(target, ast.Name):
                found.setdefault(target.id, statement.value)  # type: ignore[attr-defined]
    return found


def _text(module: Module, node: ast.expr | None, seen: frozenset[str] = frozenset()) -> str:
    """The SQL in an argument: a literal, a constant of the module or of a function in it, a wrapped `text(...)`, or an
    `insert(...)` expression."""
    if isinstance(node, ast.Call):
        name = module.name(node.func)
        if re.search(r"(^|\.)insert(\(\))?(\.|$)", name):
            return "insert into"
        return _text(module, node.args[0], seen) if node.args else ""
    if isinstance(node, ast.Name) and node.id not in seen and len(seen) < _NAMES:  # `query = text(query)` names itself
        return _text(module, _first_values(module).get(node.id), seen | {node.id})
    return joined_text(node)


_RECORDS = compile_later(
    r"(^|[/_])(log|save|store|collect|record|add)[/_-]?\w*(predict|inference|data|input|output|request|sample|result)",
    re.I,
)


@probe(
    "data-collection",
    asks="Does the API store the inputs and outputs of its inference?",
    looks_in=SERVERS,
    mentions=FRAMEWORKS,
)
def data_collection(files: Files) -> Iterator[Evidence]:
    """A write in the handler of an inference route, or in a function of the repository that it calls or hands to a
    background task: a bucket, a database, BigQuery, a queue, a file that is appended to, JSON for the log; or the same in a
    middleware or in a route made for it. The upload's temporary file, a batch answer as CSV, feedback routes and log lines
    of text do not count."""
    code = Code.of(files)
    seen = set()
    starts = [(files.paths[r.file], r.function, f"{r.method} {r.path}") for r in inference_routes(files)]
    known = {(f.path, q) for f, q, _ in starts}
    for route in routes(files):
        label = f"{route.path} {route.function}"
        if route.method == "POST" and _RECORDS.search(label) and (route.file, route.function) not in known:
            starts.append((files.paths[route.file], route.function, f"{route.method} {route.path}"))
    for file in files:
        module = python(file)
        for function in module.functions if module else ():
            if any(d.endswith(".middleware") for d in function.decorators):
                starts.append((file, function.qualname, "a middleware"))
    for file, qualname, label in starts:
        for at, function in code.reached(file, qualname, hops=4):
            module, calls = code.module(at), code.calls(at, function)
            for call in calls:
                does = _sink(module, call, calls) if module else ""
                if does and (at.path, call.line) not in seen and not _is_setup(function):
                    seen.add((at.path, call.line))
                    yield at.cite(call.line, call.end, note=f"reached from {label}: {does}")


@probe(
    "data-collection-kept",
    asks="Does the API keep the inputs and outputs of its inference where they outlive its container?",
    looks_in=SERVERS,
    mentions=FRAMEWORKS,
)
def data_collection_kept(files: Files) -> Iterator[Evidence]:
    """As `data-collection`, without lines for the log and files on the container's own disk."""
    for evidence in data_collection(files):
        if not re.search(r"own disk|to a file$|for the log$|experiment tracker$", evidence.note):
            yield evidence


@probe(
    "predictions-logged",
    asks="Does the API write a line for the log about what it was asked or has answered?",
    looks_in=SERVERS,
    mentions=FRAMEWORKS,
)
def predictions_logged(files: Files) -> Iterator[Evidence]:
    """A message of a logger, or a print, with a value in it, in the handler of an inference route or what it calls. Weak for the
    collection of data: the platform's log keeps such lines, though as text."""
    code = Code.of(files)
    for route in inference_routes(files):
        for at, function in code.reached(files.paths[route.file], route.function, hops=2):
            for call in code.calls(at, function):
                last = call.name.rpartition(".")[2]
                logs = call.name == "print" or (
                    last in ("info", "debug", "log", "warning") and "log" in call.name.lower()
                )
                if logs and any(not isinstance(a, ast.Constant) for a in call.node.args):
                    yield at.cite(
                        call.line, call.end, note=f"reached from {route.method} {route.path}: a line for the log"
                    )
                    return


def _is_setup(function: Function) -> bool:
    """A function that fetches a model or counts something is not the collection of inputs and outputs."""
    return (
        re.search(r"^_?(load|get|download|fetch|init|train|read|ensure)_?(?!and)|feedback", function.name, re.I)
        is not None
    )
