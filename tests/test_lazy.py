"""What is made cheap is still what it stands for."""

import pickle
from dataclasses import field, fields, replace

import pytest

from auditor.lazy import dataclass


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
