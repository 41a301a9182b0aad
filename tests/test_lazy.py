"""What is made cheap is still what it stands for."""

import gc
import marshal
import pickle
import re
from dataclasses import field, fields, replace
from pathlib import Path

import pytest

from auditor import lazy
from auditor.claims import load as load_checks
from auditor.lazy import compile_later, dataclass, kept_expressions
from auditor.probes import load as load_probes


@dataclass(frozen=True)
class Point:
    """A place."""

    x: int
    y: int = 0
    key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Named(Point):
    name: str = ""


@dataclass
class Bag:
    things: list[int] = field(default_factory=list)


def test_a_dataclass_is_compared_hashed_and_shown_by_its_values() -> None:
    assert Point(1) == Point(1, 0, "") != Point(1, 2)
    assert {Point(1): "a"}[Point(x=1, y=0)] == "a"
    assert repr(Point(1, key="secret")) == "Point(x=1, y=0)"
    assert Point(1) != Named(1)
    assert Named(1, name="a") == replace(Named(1), name="a")
    assert [f.name for f in fields(Named)] == ["x", "y", "key", "name"]
    assert pickle.loads(pickle.dumps(Named(3, name="b"))) == Named(3, name="b")
    assert Point.__doc__ == "A place."
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg]


def test_one_that_can_change_has_no_hash_and_values_of_its_own() -> None:
    one, other = Bag(), Bag()
    one.things.append(1)
    assert (one.things, other.things) == ([1], [])
    assert one != other
    with pytest.raises(TypeError):
        hash(one)


def ours() -> list[tuple[str, int]]:
    load_probes()
    load_checks()
    return sorted({o._source for o in gc.get_objects() if type(o) is lazy._Later})


def kept(folder: Path) -> list[re.Pattern[str]]:
    """Every expression of the package, compiled while they are kept."""
    with kept_expressions(lambda: folder):
        assert lazy._kept is not None
        return [lazy._kept.compile(*source) for source in ours()]


def test_what_is_kept_is_what_would_be_compiled(tmp_path: Path) -> None:
    sources = ours()
    assert len(sources) > 500
    compiled = [re.compile(*source) for source in sources]
    assert kept(tmp_path) == compiled  # by flags, source and code
    (file,) = tmp_path.iterdir()
    assert kept(tmp_path) == compiled
    assert list(tmp_path.iterdir()) == [file]
    assert [p.groupindex for p in kept(tmp_path)] == [p.groupindex for p in compiled]


@pytest.mark.parametrize(
    "content",
    [b"", b"no marshal", marshal.dumps(7), marshal.dumps({("a+", 0): (32, b"\xff\0\0\0" * 4, 0, {})}), marshal.dumps({("a+", 0): 3})],
    ids=["empty", "other", "number", "wrong code", "wrong entry"],
)  # fmt: skip
def test_a_file_that_is_not_right_costs_nothing_but_time(tmp_path: Path, content: bytes) -> None:
    kept(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    with kept_expressions(lambda: tmp_path):
        word = compile_later("a+")
        assert word.sub("b", "caat") == "cbt"


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert kept(tmp_path / "file" / "below")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_without_an_expression_the_folder_is_not_asked_for(tmp_path: Path) -> None:
    with kept_expressions(lambda: tmp_path / "new"):
        pass
    assert not list(tmp_path.iterdir())
