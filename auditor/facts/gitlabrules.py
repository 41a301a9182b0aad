"""Whether a job of GitLab can be in a pipeline that starts by itself: its `rules`, and those of the whole `workflow`.

A pipeline is looked at in each way that it may start: for a push to each branch, a merge request, a tag, a schedule, another
pipeline. What a variable is that only a run could tell is unknown; a rule that may hold is taken to hold.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from auditor.lazy import compile_later, dataclass
from auditor.readers.yaml import Node

_MOST = 60  # branches that are looked at
_TOKEN = compile_later(
    r"\s*(?:\$(?:\{(\w+)\}|(\w+))|\"([^\"]*)\"|'([^']*)'|(/(?:[^/\\]|\\.)*/[a-z]*)|(null)\b|(==|!=|=~|!~|&&|\|\||\(|\)))"
)
_SIMPLE = compile_later(r"/(\^?)([\w./ -]*)(\$?)/")
_DEPTH = 30
_OWN = ("push", "merge_request_event", "schedule", "parent_pipeline", "pipeline", "trigger", "api", "external_pull_request_event")  # fmt: skip


@dataclass(frozen=True)
class _Some:
    """A value that is there and that nobody knows; `other`: it is none that a rule names."""

    other: bool = False


class _Unset(_Some):
    """A variable that may be set in the project's settings, or nowhere."""


_UNKNOWN = _Unset()
Value = str | None | _Some
Scene = Mapping[str, Value]


def scenes(branch: str, branches: Sequence[str], variables: Mapping[str, str]) -> list[Scene]:
    """The ways in which a pipeline may start by itself, each with the variables that are known of it."""
    known = dict.fromkeys([branch, *branches[:_MOST]] if branch else branches[:_MOST])
    default: Value = branch or _Some()
    none = dict.fromkeys(
        ("CI_COMMIT_TAG", "CI_MERGE_REQUEST_ID", "CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
         "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_MERGE_REQUEST_EVENT_TYPE", "CI_COMMIT_BRANCH"),
        None,
    )  # fmt: skip
    base: dict[str, Value] = {**variables, **none, "CI_DEFAULT_BRANCH": default, "CI": "true", "GITLAB_CI": "true"}

    def on(source: str, name: Value) -> Scene:
        return {**base, "CI_PIPELINE_SOURCE": source, "CI_COMMIT_BRANCH": name, "CI_COMMIT_REF_NAME": name}

    made = [on("push", name) for name in known]
    made.append(on("push", _Some(other=bool(branch))))
    made += [on(source, default) for source in _OWN if source not in ("push", "merge_request_event")]
    request = {k: _Some() for k in none if k.startswith("CI_MERGE")}
    made.append(
        {**base, **request, "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": default, "CI_COMMIT_REF_NAME": _Some()}
    )  # fmt: skip
    made.append({**base, "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": _Some(), "CI_COMMIT_REF_NAME": _Some()})
    return made


def may_run(rules: Sequence[Node], scene: Scene, otherwise: str = "") -> bool:
    """Whether rules may let something into a pipeline: the first that holds decides. `otherwise` is the job's own `when`."""
    for rule in rules:
        held = _holds(rule["if"].text, scene) if rule["if"] else True
        if held is False:
            continue
        when = rule["when"].text or otherwise
        sure = held and not (rule["changes"] or rule["exists"])
        if when not in ("never", "manual"):
            return True
        if sure:
            return False
    return False


def _holds(text: str, scene: Scene) -> bool | None:
    """What an expression comes to; None where that is not known."""
    try:
        reader = _Reader(list(_tokens(text)), scene)
        value = reader.either(0)
        return value if reader.at == len(reader.tokens) else None
    except ValueError:
        return None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, text = 0, text.strip()
    if len(text) > 2_000:
        raise ValueError("too long")
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise ValueError(text[at:])
        at = match.end()
        kind = ("name", "name", "text", "text", "pattern", "null", "sign")[(match.lastindex or 1) - 1]
        yield kind, match[match.lastindex or 1]


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], scene: Scene) -> None:
        self.tokens = tokens
        self.scene = scene
        self.at = 0

    def sign(self, *signs: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in [("sign", s) for s in signs]:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def either(self, depth: int) -> bool | None:
        if depth > _DEPTH:
            raise ValueError("too deep")
        found = [self.both(depth)]
        while self.sign("||"):
            found.append(self.both(depth))
        return True if True in found else None if None in found else False

    def both(self, depth: int) -> bool | None:
        found = [self.compared(depth)]
        while self.sign("&&"):
            found.append(self.compared(depth))
        return False if False in found else None if None in found else True

    def compared(self, depth: int) -> bool | None:
        if self.sign("("):
            value = self.either(depth + 1)
            if not self.sign(")"):
                raise ValueError("not closed")
            return value
        left = self.value()
        sign = self.sign("==", "!=", "=~", "!~")
        if not sign:
            return None if isinstance(left, _Unset) else bool(left)
        if sign in ("=~", "!~"):
            kind, pattern = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
            self.at += 1
            same = _like(left, pattern) if kind == "pattern" else None
        else:
            same = _same(left, self.value())
        return None if same is None else same is (sign in ("==", "=~"))

    def value(self) -> Value:
        if self.at >= len(self.tokens):
            raise ValueError("ends early")
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "name":
            return self.scene.get(word, _UNKNOWN)
        if kind in ("text", "null"):
            return word if kind == "text" else None
        raise ValueError(word)


def _same(a: Value, b: Value) -> bool | None:
    if isinstance(a, _Unset) or isinstance(b, _Unset):
        return None
    if isinstance(a, _Some) or isinstance(b, _Some):
        some, rest = (a, b) if isinstance(a, _Some) else (b, a)
        assert isinstance(some, _Some)
        return False if rest is None or rest == "" or (some.other and isinstance(rest, str)) else None
    return a == b


def _like(value: Value, pattern: str) -> bool | None:
    """Whether a text fits a pattern: plain words, their start or end. Others are not tried: they are anybody's."""
    simple = _SIMPLE.fullmatch(pattern)
    if value is None:
        return False
    if not simple or isinstance(value, _Some):
        return None
    start, said, end = simple.groups()
    if "." in said:
        return None
    if start and end:
        return value == said
    return value.startswith(said) if start else value.endswith(said) if end else said in value


def ruled_out(job: Sequence[Node], whole: Sequence[Node], when: str, ways: Sequence[Scene]) -> bool:
    """Whether no pipeline that starts by itself can have the job."""
    return not any((not whole or may_run(whole, w)) and (not job or may_run(job, w, when)) for w in ways)


def constants(*nodes: Node) -> dict[str, str]:
    """The variables that a configuration sets itself, the later ones winning; what is put together is left out."""
    found: dict[str, str] = {}
    for node in nodes:
        for name, (_, value) in node.entries.items():
            text = (value["value"] or value).text
            if re.search(r"\$", text):
                found.pop(name, None)
            else:
                found[name] = text
    return found
