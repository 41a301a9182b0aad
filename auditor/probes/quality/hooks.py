"""The hooks that pre-commit is set up with."""

from collections.abc import Iterator

from auditor.readers.shell import Command
from auditor.readers.yaml import Node, yaml_root
from auditor.snapshot import File


def hooks_of(file: File) -> Iterator[tuple[Node, int]]:
    """The hooks of a pre-commit configuration that run without being asked for by hand."""
    root = yaml_root(file)
    for repo in root["repos"].items:
        for hook in repo["hooks"].items:
            if hook["id"].text and set(hook["stages"].texts() or root["default_stages"].texts()) != {"manual"}:
                yield hook, hook["id"].line


def entry_of(hook: Node) -> list[Command]:
    text = hook["entry"].text
    return [Command(" ".join([text, *hook["args"].texts()]), hook.line)] if text else []
