"""YAML (and JSON) as nodes that keep their lines and the text of their scalars."""

from collections.abc import Iterator

import yaml

from auditor import limits
from auditor.nesting import why_not_yaml
from auditor.readers.boundary import bounded
from auditor.snapshot import File


class _TooLarge(ValueError):
    """More nodes than any configuration has, or deeper ones; the message goes on after the path."""


class Node:
    """A YAML node with its line. Scalars keep their text (`on` stays `on`, `3.10` stays `3.10`). A missing key gives an
    empty node, which is false, so that look-ups chain."""

    __slots__ = ("duplicates", "end", "entries", "items", "kind", "line", "text")

    def __init__(self, kind: str = "none", line: int = 0, end: int = 0, text: str = "") -> None:
        self.kind = kind  # "map", "list", "text", "none"
        self.line = line
        self.end = end
        self.text = text
        self.entries: dict[str, tuple[int, Node]] = {}  # key -> (line of the key, value)
        self.items: list[Node] = []
        self.duplicates: list[str] = []

    def __bool__(self) -> bool:
        return self.kind != "none"

    def __getitem__(self, key: str) -> "Node":
        return self.entries[key][1] if key in self.entries else Node()

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def line_of(self, key: str) -> int:
        """The line of a key; 0 if it is not there."""
        return self.entries[key][0] if key in self.entries else 0

    def texts(self) -> list[str]:
        """The scalars of a list, or the one scalar that stands for a list of one."""
        return [self.text] if self.kind == "text" else [i.text for i in self.items if i.kind == "text"]

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], "Node"]]:
        """Every node below with its keys; items of a list have their list's path."""
        yield path, self
        for key, (_, value) in self.entries.items():
            yield from value.walk((*path, key))
        for item in self.items:
            yield from item.walk(path)


def yaml_documents(file: File) -> list[Node]:
    """The documents of a YAML (or JSON) file; empty if it does not parse."""
    return bounded(file, "yaml", _yaml, list)


def yaml_root(file: File) -> Node:
    """The first document of a YAML file; an empty node if there is none."""
    documents = yaml_documents(file)
    return documents[0] if documents else Node()


def _yaml(file: File) -> list[Node]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if why := why_not_yaml(file.text, loader):
        file.cannot("yaml", f"{file.path} {why}")
        return []
    try:
        seen = [0]
        return [_node(n, seen, 0) for n in yaml.compose_all(file.text, Loader=loader) if n is not None]
    except _TooLarge as error:
        file.cannot("yaml", f"{file.path} {error}")
    except (ValueError, RecursionError) as error:
        file.cannot("yaml", f"{file.path} cannot be read as YAML ({type(error).__name__})")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        file.cannot("yaml", f"{file.path} does not parse as YAML{where}")
    return []


def _node(node: yaml.Node, seen: list[int], depth: int) -> Node:
    seen[0] += 1
    if seen[0] > limits.NODES.value:  # aliases may make a small file grow without end
        raise _TooLarge(f"is too large to read as YAML (more than {limits.NODES})")
    if depth > 2 * limits.NESTING.value:
        raise _TooLarge(f"is too deep to read as YAML (more than {limits.NESTING})")
    line = node.start_mark.line + 1
    end = max(line, node.end_mark.line + (1 if node.end_mark.column else 0))
    if isinstance(node, yaml.MappingNode):
        made = Node("map", line, end)
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in made.entries:
                made.duplicates.append(name)
            if name == "<<":
                merged = _node(value, seen, depth + 1)
                for source in merged.items or [merged]:
                    for k, v in source.entries.items():
                        made.entries.setdefault(k, v)
                continue
            made.entries[name] = (key.start_mark.line + 1, _node(value, seen, depth + 1))
        return made
    if isinstance(node, yaml.SequenceNode):
        made = Node("list", line, end)
        made.items = [_node(i, seen, depth + 1) for i in node.value]
        return made
    assert isinstance(node, yaml.ScalarNode)
    if node.tag == "tag:yaml.org,2002:null" or (node.value == "" and node.style is None):
        return Node("none", line, end)
    # A block scalar's text starts on the line after its indicator.
    return Node("text", line + (1 if node.style in ("|", ">") else 0), end, str(node.value))
