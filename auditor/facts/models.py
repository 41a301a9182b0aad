"""The tensors of committed models, read from their headers: nothing is unpickled, nothing is run."""

import ast
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from auditor import limits
from auditor.grammar import quiet
from auditor.lazy import dataclass
from auditor.repository import Unreadable
from auditor.shapes import below, number_of, table_of, text_of, whole
from auditor.snapshot import File, Snapshot

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

SUFFIXES = ("safetensors", "onnx", "pt", "pth", "ckpt", "npy", "npz", "pkl", "pickle", "joblib")
_ONNX_TYPES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64"}


@dataclass(frozen=True)
class Tensor:
    """A named array of a model."""

    name: str
    shape: tuple[int, ...]
    dtype: str = ""


@dataclass(frozen=True)
class Model:
    """A committed model: what its format is, its tensors in the file's order, and the classes that its pickle names.
    `unread` says why it tells nothing."""

    path: str
    kind: str
    size: int
    tensors: tuple[Tensor, ...] = ()
    classes: tuple[str, ...] = ()
    unread: str = ""

    @property
    def parameters(self) -> int:
        """The numbers in its tensors."""
        total = 0
        for tensor in self.tensors:
            product = 1
            for n in tensor.shape:
                product *= n
            total += product
        return total

    @property
    def outputs(self) -> int:
        """What the last linear layer puts out, such as the number of classes; 0 where no layer is plainly the last: it has a
        weight of two axes and a bias as long as the first of them, and is the last of such."""
        shapes = {t.name: t.shape for t in self.tensors}
        last = 0
        for name, shape in shapes.items():
            if name.endswith(".weight") and len(shape) == 2 and shapes.get(name[:-6] + "bias") == shape[:1]:
                last = shape[0]
        return last


def models(snapshot: Snapshot) -> tuple[Model, ...]:
    """The committed models, in path order; read when asked for the first time."""
    return snapshot.once("models", lambda: tuple(_models(snapshot)))


def _models(snapshot: Snapshot) -> Iterator[Model]:
    for path in sorted(snapshot.files):
        file = snapshot.files[path]
        if file.suffix in SUFFIXES and file.size and not snapshot.aside(file):
            yield model(file)


def model(file: File) -> Model:
    """What a model's file says of itself."""
    kind = {"pth": "torch", "pt": "torch", "ckpt": "torch", "npz": "numpy", "npy": "numpy"}.get(
        file.suffix, "pickle" if file.suffix in ("pkl", "pickle", "joblib") else file.suffix
    )
    if file.size > limits.MODEL.value:
        return Model(file.path, kind, file.size, unread="too large to read")
    try:
        data = file.bytes()
    except Unreadable as reason:
        return Model(file.path, kind, file.size, unread=str(reason))
    if data.startswith(b"version https://git-lfs.github.com/spec/"):
        told = [row.split(b" ")[1] for row in data.split(b"\n")[:8] if row.startswith(b"size ")]
        size = number_of(told[0]) if told else 0
        return Model(file.path, kind, size, unread="kept in Git LFS")
    from zipfile import BadZipFile  # only where there is a model to read

    try:
        with quiet():
            tensors, classes = _read(file.suffix, data)
    except (ValueError, KeyError, TypeError, IndexError, SyntaxError, OverflowError, RecursionError, MemoryError, NotImplementedError, RuntimeError, EOFError, OSError, BadZipFile):  # fmt: skip
        return Model(file.path, kind, file.size, unread="does not read as its suffix says")
    return Model(file.path, kind, file.size, tuple(islice(tensors, limits.TENSORS.value)), tuple(classes))


def _read(suffix: str, data: bytes) -> tuple[list[Tensor], list[str]]:
    if suffix == "safetensors":
        return _safetensors(data), []
    if suffix == "onnx":
        return _onnx(data), []
    if suffix == "npy":
        return [_npy("", data)], []
    if data[:2] == b"PK":
        import zipfile

        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if suffix == "npz":
                return [
                    _npy(i.filename.removesuffix(".npy"), _part(archive, i, 2_000))
                    for i in archive.infolist()[: limits.TENSORS.value]
                ], []
            inner = next(i for i in archive.infolist() if i.filename.rsplit("/", 1)[-1] == "data.pkl")
            if inner.file_size > limits.MODEL_HEADER.value:
                raise ValueError("too large")
            return _pickle(_part(archive, inner, limits.MODEL_HEADER.value))
    return _pickle(data[: limits.MODEL_HEADER.value])


def _part(archive: "ZipFile", info: "ZipInfo", most: int) -> bytes:
    with archive.open(info) as part:
        return part.read(most)  # whatever it claims to unpack to


def _safetensors(data: bytes) -> list[Tensor]:
    size = int.from_bytes(data[:8], "little")
    if size > limits.MODEL_HEADER.value:
        raise ValueError("too large")
    header = table_of(json.loads(data[8 : 8 + size]))
    return [
        Tensor(whole(n), _shape(below(t, "shape")), whole(text_of(below(t, "dtype"))))
        for n, t in header.items()
        if n != "__metadata__"
    ]


def _shape(value: object) -> tuple[int, ...]:
    if (
        not isinstance(value, list | tuple)
        or len(value) > 16
        or not all(type(n) is int and 0 <= n < 2**48 for n in value)
    ):
        raise ValueError("no shape")
    return tuple(value)


def _npy(name: str, data: bytes) -> Tensor:
    if data[:6] != b"\x93NUMPY":
        raise ValueError("no array")
    wide = 2 if data[6] == 1 else 4
    start = 8 + wide
    size = int.from_bytes(data[8:start], "little")
    header: object = ast.literal_eval(data[start : start + min(size, 10_000)].decode("latin-1").strip())
    return Tensor(name, _shape(below(header, "shape")), str(below(header, "descr"))[:40])


# -- ONNX: the fields of three messages of its protobuf ------------------------------------------------------------------


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while shift < 70:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise ValueError("no number")

    while at < len(data):
        key = number()
        if key & 7 == 0:
            yield key >> 3, number()
            continue
        size = number() if key & 7 == 2 else {1: 8, 5: 4}[key & 7]
        if at + size > len(data):
            raise ValueError("cut")
        yield key >> 3, data[at : at + size]
        at += size


def _onnx(data: bytes) -> list[Tensor]:
    made: list[Tensor] = []
    graphs = [v for k, v in _fields(memoryview(data)) if k == 7 and isinstance(v, memoryview)]
    for graph in graphs[:1]:
        for key, value in _fields(graph):
            if key != 5 or not isinstance(value, memoryview) or len(made) >= limits.TENSORS.value:
                continue
            name, kind, dims = "", "", list[int]()
            for part, said in _fields(value):
                if part == 1 and isinstance(said, int):
                    dims.append(said)
                elif part == 1 and isinstance(said, memoryview):  # packed
                    dims += _packed(said)
                elif part == 2 and isinstance(said, int):
                    kind = _ONNX_TYPES.get(said, "")
                elif part == 8 and isinstance(said, memoryview):
                    name = bytes(said[:500]).decode(errors="replace")
            made.append(Tensor(name, _shape(dims), kind))
    if not graphs:
        raise ValueError("no graph")
    return made


def _packed(data: memoryview) -> list[int]:
    made, value, shift = list[int](), 0, 0
    for byte in data[:200]:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            made.append(value)
            value = shift = 0
    return made


# -- pickles: their program is read, not run -----------------------------------------------------------------------------


def _pickle(data: bytes) -> tuple[list[Tensor], list[str]]:
    """A tensor's name is the text before `torch._utils._rebuild_tensor_v2`, its shape the first tuple of whole numbers after
    the storage's identity."""
    import pickletools

    tensors: list[Tensor] = []
    classes: dict[str, None] = {}
    texts: list[str] = []
    name = dtype = ""
    waiting = False
    numbers: list[int] = []
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            op = opcode.name
            if count > 1_000_000:
                break
            if op in ("GLOBAL", "STACK_GLOBAL"):
                said = ".".join(str(argument).split(" ")) if op == "GLOBAL" else ".".join(texts[-2:])
                if "_rebuild_tensor" in said:
                    name = texts[-1] if texts else ""
                elif said.startswith("torch.") and said.endswith("Storage"):
                    dtype = said[6:-7].lower()
                elif len(classes) < 200:
                    classes[said[:200]] = None
            elif isinstance(argument, str) and ("UNICODE" in op or "STRING" in op):
                texts.append(argument[:300])
            elif op == "BINPERSID":
                waiting, numbers = True, []
            elif op in ("BININT", "BININT1", "BININT2", "LONG1", "INT") and isinstance(argument, int):
                numbers.append(argument)
            elif waiting and (op in ("TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_TUPLE")):
                # the storage's offset stands before the shape
                width = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3, "EMPTY_TUPLE": 0}.get(op, len(numbers) - 1)
                shape = numbers[len(numbers) - width :] if width else []
                tensors.append(Tensor(name, _shape(shape), dtype))
                waiting = False
            if len(tensors) >= limits.TENSORS.value:
                break
    except (ValueError, UnicodeDecodeError):
        if not tensors and not classes:
            raise
    return tensors, list(classes)
