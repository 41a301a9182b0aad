"""Headers of committed models, made by hand."""

import io
import json
import zipfile

import pytest

from auditor.facts.models import Model, Tensor, model, models
from auditor.facts.summary import summary
from auditor.snapshot import File, Snapshot


def read(name: str, data: bytes) -> Model:
    return model(File(name, "", len(data), lambda: data))


def field(number: int, value: bytes | int) -> bytes:
    def varint(n: int) -> bytes:
        out = b""
        while n > 127:
            out, n = out + bytes([n & 127 | 128]), n >> 7
        return out + bytes([n])

    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def torch_pickle(*tensors: tuple[str, tuple[int, ...]]) -> bytes:
    def text(s: str) -> bytes:
        return b"X" + len(s).to_bytes(4, "little") + s.encode()

    def tup(shape: tuple[int, ...]) -> bytes:
        ints = b"".join(b"M" + n.to_bytes(2, "little") for n in shape)
        return ints + {1: b"\x85", 2: b"\x86", 3: b"\x87"}[len(shape)] if len(shape) < 4 else b"(" + ints + b"t"

    out = b"\x80\x02ccollections\nOrderedDict\n)R("
    for name, shape in tensors:
        out += text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + b"ctorch\nFloatStorage\n"
        out += text("0") + text("cpu") + b"K\x09tQK\x00" + tup(shape) + tup(shape) + b"\x89tR"
    return out + b"u."


def test_safetensors() -> None:
    header = json.dumps(
        {
            "__metadata__": {},
            "fc.weight": {"dtype": "F32", "shape": [10, 4]},
            "fc.bias": {"dtype": "F32", "shape": [10]},
        }
    ).encode()
    got = read("m.safetensors", len(header).to_bytes(8, "little") + header)
    assert got.tensors == (Tensor("fc.weight", (10, 4), "F32"), Tensor("fc.bias", (10,), "F32"))
    assert (got.outputs, got.parameters) == (10, 50)


def test_onnx() -> None:
    tensor = field(1, 43) + field(1, 300) + field(2, 1) + field(8, b"fc.weight")
    got = read("m.onnx", field(1, 8) + field(7, field(5, tensor) + field(5, field(1, b"\x2b") + field(8, b"fc.bias"))))
    assert got.tensors == (Tensor("fc.weight", (43, 300), "float32"), Tensor("fc.bias", (43,)))
    assert got.outputs == 43


def test_a_torch_archive_is_never_unpickled() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(
            "a/data.pkl", torch_pickle(("conv.weight", (8, 3, 5, 5)), ("fc.weight", (7, 16)), ("fc.bias", (7,)))
        )
    got = read("m.pt", held.getvalue())
    assert [(t.name, t.shape, t.dtype) for t in got.tensors] == [
        ("conv.weight", (8, 3, 5, 5), "float"),
        ("fc.weight", (7, 16), "float"),
        ("fc.bias", (7,), "float"),
    ]
    assert got.outputs == 7


def test_others() -> None:
    head = b"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }\n"
    assert read("a.npy", b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head).tensors == (
        Tensor("", (3, 4), "<f4"),
    )
    assert read("a.pkl", b"csklearn.svm._classes\nSVC\n)R.").classes == ("sklearn.svm._classes.SVC",)
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4444\n"
    got = read("a.pt", pointer)
    assert (got.unread, got.size) == ("kept in Git LFS", 4444)


@pytest.mark.parametrize("suffix", ["safetensors", "onnx", "npy", "npz", "pt", "pkl"])
@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"PK\x03\x04",
        b"\xff" * 100,
        b"[1]",
        b"\x93NUMPY\x01\x00\xff\xff((((",
        b'\x08\x00\x00\x00\x00\x00\x00\x00{"a": 1}',
    ],
)
def test_hostile_files_raise_nothing(suffix: str, data: bytes) -> None:
    assert not read(f"m.{suffix}", data).tensors


def test_those_of_a_repository() -> None:
    found = models(Snapshot({"models/a.pkl": b"ca\nB\n.", "b.py": "x = 1"}))
    assert [(m.path, m.kind, m.classes) for m in found] == [("models/a.pkl", "pickle", ("a.B",))]


def test_the_facts_name_them() -> None:
    header = json.dumps(
        {"fc.weight": {"dtype": "F32", "shape": [43, 4]}, "fc.bias": {"dtype": "F32", "shape": [43]}}
    ).encode()
    files = {"models/m.safetensors": len(header).to_bytes(8, "little") + header}
    (told,) = [e.note for e in summary(Snapshot(files)) if e.probe == "fact:models"]
    assert "last linear layer puts out 43" in told
