"""How large and how deep a text is, measured on the text: a native parser that goes down it could end the process."""

import re
from itertools import accumulate

import yaml

from auditor import limits
from auditor.lazy import compile_later

# Everything but brackets, with strings (an open one goes on to the end), so that no text is looked at twice.
_JSON = compile_later(r'"(?:[^"\\]++|\\.)*+"?|[^\[\]{}"]++', re.DOTALL)
_TOML = compile_later(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?|' + r"'''(?:[^']++|'(?!''))*+(?:''')?|"
    r'"(?:[^"\\\n]++|\\.)*+"?|' + r"'[^'\n]*+'?|\#[^\n]*+|[^\[\]{}\"'\#]++",
    re.DOTALL,
)
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
# a row that begins with so many marks and blanks that it may be as deep
_DEEP_ROW = compile_later(rf"(?m)^[ \t?:-]{{{limits.NESTING.value}}}")


def too_deep(text: str, kind: str) -> bool:
    """Whether a text of JSON or TOML (`kind`) nests deeper than it is read."""
    if text.count("[") + text.count("{") > limits.NESTING.value:
        brackets = (_TOML if kind == "toml" else _JSON).sub("", text)
        if max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > limits.NESTING.value:
            return True
    return kind == "toml" and _long_key(text)


def _long_key(text: str) -> bool:
    """Whether a key of TOML has more parts than any: each is a table in a table."""
    parts = limits.KEY_PARTS.value
    if "." not in text or max(row.count(".") for row in text.split("\n")) < parts:
        return False
    return re.search(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{parts}}}", text) is not None


def why_not_yaml(text: str, loader: type) -> str:
    """Why a text is not to be composed as YAML: words that go on after its path, or nothing."""
    opened = text.count("[") + text.count("{")
    if text.count("\n") + text.count(",") + opened > 2 * limits.NODES.value:  # each node takes one of these
        return f"is too large to read as YAML (more than {limits.NODES})"
    if opened <= limits.NESTING.value and not _DEEP_ROW.search(text):
        return ""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):  # events are read one by one: no depth costs a frame
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > limits.NESTING.value:
                    return f"is too deep to read as YAML (more than {limits.NESTING})"
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return ""  # whoever composes it says where it does not parse: no deeper than this
    return ""
