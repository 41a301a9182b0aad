"""Keys in clear text in tracked files; never their values.

The shapes are those of `auditor.redact`, which hides whatever may be one. Here a value counts only where it has the form that its
service gives out (`_FORMS`, as scanners of keys have them) and where nothing says that it opens nothing.

Left alone as no key of the project: samples and templates, the packages of others and what is built, lock files and data; what
was recorded below tests and fixtures (pages, replies, cassettes: anything there that is neither code nor configuration); private
keys and values beside a secret's name in tests and in what starts services for tests (`.env.test`, `compose.e2e.yaml`,
`test-environments/`); values beside a name in outputs of notebooks; placeholders, public and encrypted keys, hashes, keys that web pages hand to every browser.

In a document (its prose, an example in a docstring, text cells of a notebook) a value beside a secret's name is a sample and not
told, and one in a service's form a place to look at most; unless the same value stands in a file that is no document.

In doubt, and told one level lower: what has a service's form in code of tests, in a saved page or in an output of a notebook; a
private key beside a certificate that only the own machine trusts; a value beside a name in a sample project (`demo/`), in what
runs tests (a workflow, tox.ini), as the fallback of an environment variable; a value beside a name in a branch for development (`if DEBUG:`)
or in the settings of it (`settings/local.py`).
"""

import base64
import binascii
import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from auditor.facts.documents import in_document
from auditor.facts.localkeys import of_the_own_machine, while_developing
from auditor.facts.madeup import made_up, tests_hiding
from auditor.holes import watching
from auditor.lazy import compile_later
from auditor.readers.text import readable
from auditor.redact import Secret, assigned_in, entropy, keys_in
from auditor.snapshot import File, Snapshot

_DATA = frozenset(["csv", "tsv", "jsonl", "ndjson", "svg", "lock", "sum", "css", "map", "tex", "bib", "po", "dvc"])
_LARGE = 200_000  # characters; of what is larger, only lines of code are read
_LONG_ROW = 4_000
_LOCKS = re.compile(
    r"(?i)(?:^|/)(?:package-lock|npm-shrinkwrap|pnpm-lock|composer\.lock|pipfile\.lock|conda-lock)[^/]*$"
)
# Folders of packages that others wrote, and what is there to be looked at.
_OTHERS = re.compile(
    r"(?i)(?:^|/)(?:node_modules|site-packages|dist-packages|\.?venv|env|vendor|third[_-]party|bower_components)/|\.min\.js$"
)
_SAMPLE = re.compile(
    r"(?i)(?:^|/)(?:examples?|samples?|fixtures?|testdata|test[_-]data|mocks?|__snapshots__|cassettes)/|(?:^|[/._-])(?:examples?|samples?|templates?|dist|dummy|mock|fake)(?:[._-][^/]*)?$"
)
_TESTS = re.compile(
    r"(?i)(?:^|/)(?:[^/]*[._-])?(?:tests?|e2e)/|(?:^|/)(?:tests?|e2e)[._-][^/]*/|(?:^|/)testing/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$"
    r"|(?:^|/)[^/]*[._-](?:tests?|e2e)(?:[._-][^/]*)?\.(?:env|ya?ml|toml|ini|cfg|json)$|(?:^|/)(?:tests?\.env|[^/]*\.env\.tests?)$"
)
# Projects to try something with, and what starts tests: of values beside a name the sign that they may open nothing.
_TRIED = compile_later(
    r"(?i)(?:^|/)(?:[^/]*[._-])?(?:demo|example|sample|tutorial|sandbox|playground|quickstart|test)s?(?:[._-]?(?:project|app|site|config)s?)?/"
)
_CHECKS = compile_later(
    r"(?i)(?:^|/)\.github/workflows/|(?:^|/)(?:\.travis\.yml|\.gitlab-ci\.yml|azure-pipelines[^/]*\.yml|tox\.ini|noxfile\.py|run_?tests?\.py)$|(?:^|/)\.circleci/"
)
_FALLBACK = compile_later(
    r"(?:getenv|environ\.get|\benv(?:\.\w+)?|\bconfig)\(\s{0,20}[\"'][\w.]{1,60}[\"']\s{0,5},\s{0,20}(?:default\s?=\s?)?[\"']$"
)
# Services whose keys a web page hands to every browser.
_OF_PAGES = compile_later(
    r"(?i)algolia|docsearch|posthog|plausible|cloudflareinsights|cf-beacon|typesense|mapbox|amplitude|mixpanel|giscus|disqus|recaptcha|turnstile|site_?key"
)
# What people write; anything else below tests was recorded or made there.
_WRITTEN = frozenset(
    ["py", "pyi", "ipynb", "sh", "bash", "js", "ts", "jsx", "tsx", "env", "yaml", "yml", "toml", "ini", "cfg", "conf", "tf", "mk", "dockerfile", "makefile", "md", "rst", ""]
)  # fmt: skip
_PAGES = frozenset(["html", "htm", "xhtml", "mhtml", "har", "testhtml"])
_MADE_UP = compile_later(
    r"(?i)example|dummy|fake|sample|placeholder|your|x{4}|\*{3}|\.{3}|todo|redacted|change_?me|insert|replace|foo_?bar|deadbeef|12345678|23456789|abcdefg|0123456|qwerty|secret_?key|api_?key|my_?key|(.)\1{5}"
)
_NO_KEY = compile_later(
    r"(?i)(?:sha\d*|rev|revision|commit|digest|hash|checksum|etag|ref|version|tree|parent|git|object|md5)[\"'\])]{0,3}\s{0,3}[:=@#(]{0,2}\s{0,3}[\"']?$"
)
# Of an address that was signed for a while: who signed it, not with what.
_SIGNED_BY = compile_later(r"(?i)[?&;](?:X-Amz-Credential|AWSAccessKeyId)=$")
_NAMES_KEY = compile_later(r"(?i)key|token|login|secret|passw|auth|api")
_RUN = compile_later(r"[A-Za-z0-9+/=]*")
# The forms in which services give out their keys, as detect-secrets and gitleaks have them: a value of a service's shape that has
# none of them is made up (`xoxb-test-token`).
_FORMS = {
    kind: compile_later(form)
    for kind, form in {
        "AWS key": r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",
        "GitHub token": r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
        "GitLab token": r"gl[a-z]+-[A-Za-z0-9_=-]{20,}(?:\.[A-Za-z0-9_.-]+)?|GR1348941[A-Za-z0-9_-]{20,}",
        "Hugging Face token": r"(?:hf_|api_org_)[A-Za-z0-9]{34,}",
        "Slack token": r"xox[abeoprs]-(?:\d-)?(?:\d{6,14}-){1,3}[A-Za-z0-9-]{10,}|xox[are]-(?:\d-)?(?=[A-Za-z]{0,100}\d)[A-Za-z0-9]{20,}|xox[bpe]-\d-[A-Za-z0-9]{100,}|xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]+",
        # a signature of 32 bytes, as base64 or with its signs as an address has them
        "Azure key": r"(?=(?:[A-Za-z0-9_-]|%2[BbFf]|[+/]){43}(?:=|%3[Dd])?\Z)[A-Za-z0-9_%+/=-]+",
        "Stripe key": r"[rs]k_live_[A-Za-z0-9]{24,}",
        "OAuth client secret": r"GOCSPX-[A-Za-z0-9_-]{28}",
        "SendGrid key": r"SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,50}",
        "OpenAI or Anthropic key": r"sk-(?:[\w-]*[_-])?(?=[A-Za-z]{0,200}\d)[A-Za-z0-9]{16,}[\w-]*",
        "Package index token": r"pypi-[A-Za-z0-9_-]{50,}|npm_[A-Za-z0-9]{36}",
        "webhook": r"(?=[^\d]{0,200}\d)[\w/@-]*[A-Za-z0-9_-]{20,}[\w/@-]*",
    }.items()
}


WRITTEN = "in a document"
LOCAL = "beside a certificate for local development"
DEVELOPING = "in what is set for development alone"


class Found(NamedTuple):
    """A key in clear text: its file and line, what it is, a mark that is the same wherever this key stands, and why it may open
    nothing (`doubt`). A `sample` is known by the name beside it alone, in a document."""

    file: File
    line: int
    kind: str
    mark: str
    doubt: str = ""
    sample: bool = False

    @property
    def written(self) -> bool:
        """Whether it stands in a document."""
        return self.doubt == WRITTEN


def secrets(snapshot: Snapshot) -> tuple[Found, ...]:
    """The keys in clear text, each once a file."""

    def look() -> tuple[Found, ...]:
        with watching():  # what has no text shows no key in clear text
            found = [one for file in snapshot.files.values() for one in _of(file, snapshot)]
        used = {one.mark for one in found if not one.written}
        return tuple(one for one in found if not one.sample or one.mark in used)

    return snapshot.once("facts.secrets", look)


def keys_of(file: File) -> list[Found]:
    """The keys in clear text of one file, be it an earlier version."""
    return [found for found in _of(file) if not found.sample]


def _of(file: File, snapshot: Snapshot | None = None) -> Iterator[Found]:
    if file.suffix in _DATA or _LOCKS.search(file.path) or _OTHERS.search(file.path) or _SAMPLE.search(file.path):
        return
    tests = bool(_TESTS.search(file.path))
    if (file.suffix == "json" and file.size > _LARGE) or (tests and file.suffix not in _WRITTEN):
        return
    if not readable(file):
        return
    text = file.text
    if len(text) > _LARGE:
        text = "\n".join(row if len(row) < _LONG_ROW else "" for row in text.split("\n"))
    starts: list[int] = []
    seen: set[str] = set()
    beside = () if tests else assigned_in(text)  # which tests make up
    for secret, named in (*((s, False) for s in keys_in(text)), *((s, True) for s in beside)):
        value = text[secret.start : secret.end]
        if not _real(secret.kind, value, text, secret.start, tests, named):
            continue
        if secret.kind != "private key" and (
            made_up(text, secret.start, secret.end) or (tests and tests_hiding(file.path, text, secret.start))
        ):
            continue
        doubt = _doubt(file, text, secret, tests, named, snapshot)
        if doubt is None:
            continue
        mark = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
        if mark in seen:
            continue
        seen.add(mark)
        starts = starts or [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
        yield Found(file, bisect_right(starts, secret.start), secret.kind, mark, doubt, named and doubt == WRITTEN)


def _doubt(file: File, text: str, secret: Secret, tests: bool, named: bool, snapshot: Snapshot | None) -> str | None:
    """Why a key may be none of the project's by where it stands; None where it is not told at all. `named`: it is known by the
    name beside it alone."""
    if tests:
        return "in code of tests"
    if named and _OF_PAGES.search(text[max(secret.start - 300, 0) : secret.end + 300]):
        return None
    if file.suffix in _PAGES:
        return "in a page"
    if file.suffix == "ipynb" and text.rfind('"outputs":', 0, secret.start) > text.rfind('"source":', 0, secret.start):
        return None if named else "in the output of a notebook"
    if in_document(file, text, secret.start, secret.end):
        return WRITTEN
    if secret.kind == "private key" and snapshot is not None and of_the_own_machine(file, snapshot):
        return LOCAL
    if named and _TRIED.search(file.path):
        return "in a sample project"
    if named and _CHECKS.search(file.path):
        return "in what runs tests"
    if named and _FALLBACK.search(text[max(secret.start - 120, 0) : secret.start]):
        return "as what is taken where the environment has none"
    if named and while_developing(file, text.count("\n", 0, secret.start) + 1):
        return DEVELOPING
    return ""


def _real(kind: str, value: str, text: str, start: int, tests: bool, named: bool) -> bool:
    """Whether a value of a key's shape opens something, as far as its letters and what stands before it can tell."""
    if kind == "private key":
        return not tests and _whole(value)
    if _MADE_UP.search(value) or entropy(value) < 2.8:
        return False
    if not named and kind in _FORMS and not _FORMS[kind].fullmatch(value):
        return False
    before = text[max(start - 160, 0) : start]
    row = before.rsplit("\n", 1)[-1]
    if kind == "AWS key" and _SIGNED_BY.search(before):
        return False
    run = _RUN.match(text, start)
    if run and run.end() - start > 400:
        return False  # within the letters of a picture
    if kind == "W&B key":
        return value.startswith("wandb_") or (
            not _NO_KEY.search(before) and bool(_NAMES_KEY.search(row) or _NAMES_KEY.search(before[-80:]))
        )
    return True


def _whole(block: str) -> bool:
    """Whether a private key has its numbers: the base64 of the structure that such keys are, not encrypted."""
    head, _, body = block.partition("-----")[2].partition("-----")
    if "ENCRYPTED" in head or "ENCRYPTED" in body[:200]:
        return False
    if not head:
        return block.startswith("AGE-SECRET-KEY-1")
    body = body.split("-----END")[0].replace("\\n", "\n").replace("\\r", "")
    rows = [row.strip(" \t\"',\\+") for row in body.split("\n")]
    inside = "".join(row for row in rows if re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", row))
    if len(inside) < 60 or entropy(inside) < 4:
        return False
    try:
        data = base64.b64decode(inside[: len(inside) // 4 * 4], validate=False)
    except (binascii.Error, ValueError):
        return False
    return data.startswith((b"\x30", b"openssh-key-v1")) or "PGP" in head
