"""Keys for the own machine: of a certificate that only it trusts (made by mkcert, self-signed, made for tests), and what is set while
developing."""

import ast
import base64
import binascii
import re

from auditor.lazy import compile_later
from auditor.readers.nodes import walk
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.snapshot import File, Snapshot

_CERTIFICATES = frozenset(["crt", "cer", "cert", "pem", "key"])
_PEM = compile_later(r"-----BEGIN (?:TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]{1,20000})-----END")
_KEY = compile_later(r"(?i)[-_.]?(?:priv(?:ate)?[-_.]?)?(?:key|cert(?:ificate)?|crt)?$")
# Folders of what is started on the own machine or in tests.
_FOLDERS = compile_later(r"(?i)(?:^|/)\.?(?:docker|nginx|tests?|e2e|dev|development|local|localhost)(?:[._-][^/]*)?/")
# Whoever signs for the public: a key beside such a certificate opens a real host.
_PUBLIC = (b"Let's Encrypt", b"DigiCert", b"Sectigo", b"COMODO", b"GlobalSign", b"ZeroSSL", b"Google Trust", b"Amazon", b"GoDaddy", b"Entrust", b"Cloudflare", b"Buypass", b"GEANT")  # fmt: skip
_MOST = 40  # files of a folder that are looked into


def of_the_own_machine(file: File, snapshot: Snapshot) -> bool:
    """Whether a private key's file holds, or lies beside, a certificate of the same name (a mere `key.pem`: any of its folder) that mkcert
    made, that signs itself, that is for localhost, or that lies in a folder for the own machine or for tests; and none that was
    signed for the public."""
    stem = _stem(file)
    beside = [f for f in dict.values(snapshot.files) if f.folder == file.folder and f.suffix in _CERTIFICATES]
    made = [c for f in beside[:_MOST] if not stem or _stem(f) == stem for c in _held(f)]
    return bool(made) and all(_local(c, file.path) for c in made)


def _stem(file: File) -> str:
    return _KEY.sub("", file.name.rpartition(".")[0].lower())


def _held(file: File) -> list[bytes]:
    """The certificates of a file, as their bytes."""
    if not readable(file):
        return []
    found = []
    for match in _PEM.finditer(file.text):
        try:
            found.append(base64.b64decode(re.sub(r"\s+", "", match[1])))
        except (binascii.Error, ValueError):
            continue
    return found


def _local(certificate: bytes, path: str) -> bool:
    issuer, subject = _names(certificate)
    if any(name in issuer for name in _PUBLIC):
        return False
    own = issuer == subject or b"mkcert" in issuer or b"localhost" in subject.lower()
    return bool(issuer) and (own or bool(_FOLDERS.search(path)))


def _names(certificate: bytes) -> tuple[bytes, bytes]:
    """The issuer and the subject of a certificate (X.509): the parts of its body after version, number and algorithm; empty where
    it is not built so."""
    signed = _parts(_inside(certificate))
    fields = _parts(_inside(signed[0])) if signed else []
    fields = fields[1:] if fields and fields[0][:1] == b"\xa0" else fields
    return (fields[2], fields[4]) if len(fields) > 4 else (b"", b"")


def _inside(part: bytes) -> bytes:
    head, size = _head(part)
    return part[head : head + size]


def _head(data: bytes) -> tuple[int, int]:
    """How long the head of a part is, and its content (DER)."""
    if len(data) < 2:
        return len(data), 0
    if data[1] < 0x80:
        return 2, data[1]
    many = data[1] & 0x7F
    return 2 + many, int.from_bytes(data[2 : 2 + many], "big") if 0 < many <= 4 else 0


def _parts(data: bytes) -> list[bytes]:
    """The parts that follow one another, a few at most."""
    found: list[bytes] = []
    while data and len(found) < 12:
        head, size = _head(data)
        found.append(data[: head + size])
        data = data[head + size :]
    return found


_SETTINGS = compile_later(r"(?i)(?:^|/)(?:settings|config|conf)[/_.-](?:local|dev|develop|development|debug)\.py$")
_DEVELOPING = frozenset(["local", "localhost", "dev", "develop", "development", "debug", "debugging"])
_WORD = compile_later(r"[A-Z]?[a-z]+|[A-Z]+")


def while_developing(file: File, line: int) -> bool:
    """Whether a line of a Python file only counts while somebody develops: it is of the settings for that, or of a branch that is
    taken then (`if DEBUG:`, `case Stage.LOCAL:`). A condition that denies anything is left alone."""
    if file.suffix != "py":
        return False
    if _SETTINGS.search(file.path):
        return True
    return any(a <= line <= b for a, b in file.once("facts.localkeys.branches", lambda: _branches(file)))


def _branches(file: File) -> tuple[tuple[int, int], ...]:
    """The first and last lines of the branches that are taken while developing."""
    module = python(file)
    found = []
    for node in walk(module.tree) if module else ():
        if isinstance(node, ast.If):
            asked: ast.AST = node.test
        elif isinstance(node, ast.match_case):
            asked = node.pattern
        else:
            continue
        if _says_developing(asked):
            found.append((node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno))
    return tuple(found)


def _says_developing(asked: ast.AST) -> bool:
    said: set[str] = set()
    for part in walk(asked):
        if isinstance(part, ast.Not | ast.NotEq | ast.NotIn | ast.IsNot | ast.Or) or (
            isinstance(part, ast.Constant) and part.value is False
        ):
            return False
        name = part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""
        name = part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else name
        said |= {w.lower() for w in _WORD.findall(name[:200])}
    return bool(said & _DEVELOPING)
