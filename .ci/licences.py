"""The licence of every package that is installed beside auditor; exit 1 for one that is none of the kinds that may be."""

import re
import sys
from importlib.metadata import Distribution, distributions

MAY = re.compile(
    r"(?i)mit|bsd|apache|isc|psf|python software foundation|mpl|mozilla public|unlicense|zlib|0bsd|cc0|public domain|hpnd|hatch"
)
MUST_NOT = re.compile(r"(?i)\b(?:a?gpl|sspl|busl|proprietary)")


def licence(package: Distribution) -> str:
    """What a package says of its licence: the expression, else the classifiers, else the old field's first line."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    named = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or () if c.startswith("License ::")]
    old = str(said.get("License") or "").strip().split("\n")[0][:60]
    return ", ".join(named) or old or "says nothing"


def main() -> int:
    """A line a package, by name; those to look at come last again."""
    found = {d.metadata["Name"]: (d.version, licence(d)) for d in distributions() if d.metadata["Name"]}
    odd = []
    for name, (version, said) in sorted(found.items(), key=lambda f: f[0].lower()):
        print(f"{name:<28} {version:<14} {said}")
        if name != "auditor" and (
            not MAY.search(said) or (MUST_NOT.search(said) and not re.search(r"(?i)lgpl| or ", said))
        ):
            odd.append(f"{name}: {said}")
    for line in odd:
        print(f"to look at: {line}", file=sys.stderr)
    return int(bool(odd))


if __name__ == "__main__":
    sys.exit(main())
