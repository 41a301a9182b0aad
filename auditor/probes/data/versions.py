"""Data under version control, and the storage that they lie in."""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import islice

from auditor.facts.ignored import ignore_rule
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.data.files import CODE, NO_TESTS, SCRIPTS
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES
from auditor.readers.dvc import Remote, dvc_remotes
from auditor.readers.nodes import joined_text
from auditor.readers.python import Call, python
from auditor.readers.text import lines_matching
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import yaml_root
from auditor.repository import Unreadable
from auditor.snapshot import File, Files

_POINTER = ("**/*.dvc", "!**/.dvc/**")
_CONFIG = ("**/.dvc/config",)
_DVC = (*_POINTER, *_CONFIG, "**/dvc.yaml")  # in this order: a `!` glob removes what those before it let in
_HELD = compile_later(r"(?m)^[ \t]*(?:-[ \t]*)?(md5|etag|checksum|hash|version_id|cloud|files|nfiles)\s*:\s*(?:\S|$)")
_MODEL_PATH = compile_later(
    r"(^|/)(models?|checkpoints?|ckpts?|weights|trained_models|artifacts)(/|\.dvc$)|\.(ckpt|pth|onnx|safetensors|h5)\.dvc$",
    re.I,
)


def _pointers(files: Files) -> list[tuple[File, int]]:
    """The DVC pointer files that point at something, each with the line of its outputs; those of data before models. A
    list of files may make a pointer large: only its beginning is read then."""
    found = []
    for file in files.matching(*_POINTER).named():
        try:
            text = file.text if not file.skipped else file.start(65536).decode("utf-8", errors="replace")
        except Unreadable as reason:
            unsure(Hole(file.path, str(reason)))
            continue
        if re.search(r"(?m)^(outs|deps)\s*:", text) and _HELD.search(text):
            line = next((i for i, row in enumerate(text.split("\n"), 1) if row.startswith("outs")), 1)
            found.append((bool(_MODEL_PATH.search(file.path)), _is_tiny(text), file.path.count("/"), file.path, line))
    return [(files.paths[path], line) for _, _, _, path, line in sorted(found)]


def _is_tiny(text: str) -> bool:
    """Whether a pointer's target is one file of less than a hundred bytes: a try-out, no data."""
    sizes = [int(n) for n in re.findall(r"(?m)^[ \t]*(?:-[ \t]*)?size:\s*(\d{1,15})\s*$", text)]
    return len(sizes) == 1 and sizes[0] < 100


def _data_pointers(files: Files) -> list[tuple[File, int]]:
    return [
        (f, line)
        for f, line in _pointers(files)
        if not _MODEL_PATH.search(f.path) and (f.skipped or not _is_tiny(f.text))
    ]


def _show(file: File, line: int, note: str) -> Evidence:
    return file.exists(note) if file.skipped else file.cite(line, line + 5, note)


def _remotes(files: Files) -> list[tuple[File, Remote]]:
    """The remotes that DVC would use: per configuration the default one; where none is the default, all of them."""
    found = []
    for file in files.matching(*_CONFIG):
        remotes = [r for r in dvc_remotes(file) if r.url]
        by_name = {r.name: r for r in remotes}
        chosen = [r for r in remotes if r.default] or remotes
        for remote in chosen:
            hop = re.match(r"remote://([^/]+)", remote.url)
            found.append((file, by_name.get(hop[1], remote) if hop else remote))
    return found


@probe(
    "data-versioned",
    asks="Are data of the project under version control?",
    looks_in=(*_DVC, "**/.gitattributes", "**/*.sh", "**/makefile", "**/*.tf", *WORKFLOWS, *CODE),
)
def data_versioned(files: Files) -> Iterator[Evidence]:
    """A DVC pointer or stage with outputs (shown with the remote), Git LFS for files that are there and no model weights, a
    data set logged as an artifact (W&B, MLflow) or pushed to a hub, lakeFS, Pachyderm, Delta tables, or a bucket that is told
    to keep versions. `.dvc/config` without a pointer, an empty pointer, a pointer at a try-out file of a few bytes and
    pointers at models alone do not count."""
    remotes = _remotes(files)
    pointers = _data_pointers(files)
    where = (
        f" Remote: {remotes[0][1].url.split('?')[0]}"
        if remotes and re.match(r"^\w+://[^@\s]*$", remotes[0][1].url)
        else ""
    )
    if not remotes:
        where = " No remote is configured."
    for file, line in pointers[:4]:
        yield _show(file, line, "DVC pointer." + where)
    if pointers and remotes:
        config, remote = remotes[0]
        yield config.cite(remote.line, note="the remote that DVC uses.")
    for file in files.matching("**/dvc.yaml"):
        for name, (line, stage) in yaml_root(file)["stages"].entries.items():
            if stage["outs"] or stage["do"]["outs"]:
                yield file.cite(line, line + 5, f"DVC stage `{name}` with outputs.")
                break
    yield from _large_files(files)
    for file in files.matching("**/*.py", "**/*.ipynb"):
        if any(
            word in file.text
            for word in ("Artifact", "mlflow", "push_to_hub", "lakefs", "pachyderm", "deltalake", "versioning_enabled")
        ):
            module = python(file)
            for call in module.calls if module else ():
                if note := _versions(call):
                    yield file.cite(call.line, call.end, note)
                    break
    for file in files.matching("**/*.sh", "**/makefile", *WORKFLOWS):
        if "versioning" in file.text or "lakectl" in file.text or "pachctl" in file.text:
            for command in commands(file):
                if re.search(
                    r"gsutil versioning set on|buckets (create|update) .*--versioning|put-bucket-versioning.*Enabled|^(lakectl|pachctl) (commit|put)",
                    command.text,
                ):
                    yield file.cite(command.line)
    for file in files.matching("**/*.tf"):
        if block := re.search(
            r"versioning\w*\"?[^{}]*\{[^{}]*(enabled\s*=\s*true|status\s*=\s*\"Enabled\")", file.text
        ):
            yield file.cite(file.text.count("\n", 0, block.start()) + 1, note="the bucket keeps versions.")


_WEIGHTS = compile_later(
    r"\.(pt|pth|ckpt|onnx|safetensors|bin|h5|pkl|joblib|model)\b|model|weights|checkpoint", re.IGNORECASE
)
_RULES = 200  # lines of one .gitattributes that are held against the paths
_PICTURES = compile_later(r"\.(png|jpe?g|gif|svg|pdf|mp4)\b", re.IGNORECASE)


def _large_files(files: Files) -> Iterator[Evidence]:
    for file in files.matching("**/.gitattributes"):
        for line in islice(lines_matching(file, r"\bfilter=lfs\b"), _RULES):
            words = file.lines[line - 1].split()
            if not words or _WEIGHTS.search(words[0]):
                continue
            rule = ignore_rule(words[0])  # attributes have the patterns of .gitignore
            if rule is None:
                continue
            base = file.folder + "/" if file.folder else ""
            held = [
                p
                for p in files.paths
                if p.startswith(base) and rule[0].fits(p.removeprefix(base)) and not _WEIGHTS.search(p)
            ]
            if any(not _PICTURES.search(p) or re.search(r"(^|/)data", p) for p in held):
                yield file.cite(line, note=f"Git LFS holds {len(held)} such files.")


def _versions(call: Call) -> str:
    if call.name in ("wandb.Artifact", "wandb.sdk.Artifact"):
        kind = joined_text(call.argument(1, "type")).lower()
        return "a data set as W&B artifact." if "data" in kind else ""
    if call.name in ("mlflow.log_input", "mlflow.log_inputs") or call.name.startswith("mlflow.data."):
        return "a data set logged to MLflow."
    if call.name.endswith(".push_to_hub") and re.search(
        r"(^|[._])(ds|data|dataset|datasets|dataset_dict|train|split)\w*\.push_to_hub$", call.name, re.I
    ):
        return "a data set pushed to a hub that keeps versions."
    if call.name.startswith(("lakefs.", "lakefs_client.", "python_pachyderm.", "pachyderm_sdk.")):
        return "a versioned data store."
    return "a versioned table." if call.name == "deltalake.write_deltalake" else ""


_HUB = compile_later(
    r"""repo_type\s{0,3}=\s{0,3}["']dataset|--repo-type[ =]dataset|kagglehub\.dataset_|\.use_artifact\(|kaggle datasets version"""
)


@probe(
    "data-on-hub",
    asks="Do the data lie on a hub that keeps versions of its data sets?",
    looks_in=(*CODE, *SCRIPTS),
    mentions=("repo_type", "repo-type", "kagglehub", "use_artifact", "kaggle datasets"),
)
def data_on_hub(files: Files) -> Iterator[Evidence]:
    """Code or a command that gets or puts a data set of Hugging Face's hub, of Kaggle's, or an artifact of W&B. Weak: such a hub
    keeps the versions, of the group's data or of somebody else's; the repository does not show which."""
    for file in files:
        for line in islice(lines_matching(file, _HUB), 2):
            yield file.cite(line, note="the data may be versioned there")


@probe("dvc-configured", asks="Is DVC set up?", looks_in=_DVC)
def dvc_configured(files: Files) -> Iterator[Evidence]:
    """A DVC configuration that names a remote, a pointer at anything (also a model), or a pipeline. Weaker than data under
    version control: nothing may be tracked."""
    for file, remote in _remotes(files):
        yield file.cite(remote.line)
    for file, line in _pointers(files)[:3]:
        yield _show(file, line, "")
    for file in files.matching("**/dvc.yaml"):
        if stages := yaml_root(file)["stages"]:
            yield file.cite(stages.line)


def _remote_probe(files: Files, wanted: Callable[[str], bool]) -> Iterator[Evidence]:
    remotes = [(f, r) for f, r in _remotes(files) if wanted(r.url)]
    if not remotes:
        return
    pointers = _pointers(files)
    stages = [
        f for f in files.matching("**/dvc.yaml") if any(s["outs"] for _, s in yaml_root(f)["stages"].entries.values())
    ]
    if not pointers and not stages:
        return
    for file, remote in remotes:
        kind = "default remote" if remote.default else "remote (none is the default)"
        yield file.cite(remote.line, note=f"{kind} `{remote.name}` in {_scheme(remote.url)}.")
    for file, line in pointers[:2]:
        yield _show(file, line, "tracked with DVC.")
    for file in stages[:1]:
        yield file.cite(yaml_root(file)["stages"].line, note="DVC stages with outputs.")


_SCHEMES = {
    "gs": "Google Cloud Storage",
    "s3": "Amazon S3",
    "azure": "Azure storage",
    "abfs": "Azure storage",
    "gdrive": "Google Drive",
    "ssh": "a host by ssh",
    "oss": "Alibaba storage",
    "webdav": "WebDAV",
    "webdavs": "WebDAV",
    "http": "a web server",
    "https": "a web server",
    "hdfs": "HDFS",
}


def _scheme(url: str) -> str:
    name = url.split("://")[0].lower() if "://" in url else ""
    return _SCHEMES.get(name, f"{name}://" if name else "a local folder")


@probe("dvc-remote-gcs", asks="Is DVC linked with a bucket of Google Cloud Storage?", looks_in=_DVC)
def dvc_remote_gcs(files: Files) -> Iterator[Evidence]:
    """The remote that DVC uses (the default one, or any where none is the default) is `gs://` with a bucket's name, and
    something is tracked. A left-over remote beside another default, a comment or a placeholder does not count."""
    yield from _remote_probe(files, lambda url: re.match(r"gs://[A-Za-z0-9]", url) is not None)


@probe("dvc-remote-elsewhere", asks="Is DVC linked with a remote outside Google Cloud Storage?", looks_in=_DVC)
def dvc_remote_elsewhere(files: Files) -> Iterator[Evidence]:
    """The remote that DVC uses is in another store (S3, Azure, Google Drive, ssh, a web server) and something is tracked. A
    folder on somebody's disk does not count."""
    yield from _remote_probe(
        files, lambda url: re.match(r"(?!gs:|file:|local:)[a-z0-9+]{2,}://\S", url, re.I) is not None
    )


_BUCKET = compile_later(r"^\s*(?:gs://|/gcs/)[A-Za-z0-9{]")


@probe(
    "bucket-used",
    asks="Does own code or configuration use a bucket of Google Cloud Storage?",
    looks_in=(
        "**/*.py",
        "**/*.ipynb",
        "**/*.y*ml",
        "**/*.sh",
        "**/makefile",
        "**/*.toml",
        "**/*.json",
        "**/*.tf",
        *DOCKERFILES,
        *_CONFIG,
        *NO_TESTS,
    ),
    mentions=("gs://", "/gcs/", "storage.Client", "import storage", "google_storage_bucket", "gcsfs"),
)
def bucket_used(files: Files) -> Iterator[Evidence]:
    """A `gs://` or `/gcs/` path in code, a script or a configuration, or a storage client. Weak for versioned data: the
    bucket may hold models, logs or images. Comments and docstrings do not count."""
    for file in files:
        if file.suffix in ("py", "ipynb"):
            module = python(file)
            line = module and next(module.calls_to("google.cloud.storage.Client", "gcsfs.GCSFileSystem"), None)
            if line:
                yield file.cite(line.line)
            elif module and ("gs://" in file.text or "/gcs/" in file.text):
                nodes = (n for n in module.nodes if isinstance(n, ast.Constant | ast.JoinedStr))
                node = next((n for n in nodes if _BUCKET.match(joined_text(n))), None)
                if node:
                    yield file.cite(node.lineno)
        else:
            found = next(
                lines_matching(
                    file, r"(?:^|[\s\"'=(])(?:gs://|/gcs/)[A-Za-z0-9$]|^\s*resource\s+\"google_storage_bucket\"", "#"
                ),
                0,
            )
            if found:
                yield file.cite(found)
