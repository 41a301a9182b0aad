"""Makes `auditor/profiles/dtu-mlops.stubs.json` from clones of the course's project templates.

    python tests/template_stubs.py CLONE [CLONE ...] --blobs FILE.tsv > auditor/profiles/dtu-mlops.stubs.json

Of every version of every template file, on any branch, it keeps hashes only: of each normalised line, and, where a line
holds a cookiecutter placeholder, of what stands before the first and after the last of them. `--blobs` adds blob ids (the
first 40-hex word of each row) of files that tools or the course bring.
"""

import argparse
import json
import re
import subprocess
import sys

from auditor.profile import line_hash, normal_line

PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


def git(clone: str, *arguments: str) -> str:
    return subprocess.run(["git", "-C", clone, *arguments], capture_output=True, check=True).stdout.decode(
        "utf-8", "replace"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("clones", nargs="+")
    parser.add_argument("--blobs", default="")
    parser.add_argument(
        "--refs", nargs="+", default=["master", "code_helpers"], help="branches that groups started from"
    )
    arguments = parser.parse_args()
    blobs: set[str] = set()
    lines: dict[str, set[str]] = {}
    patterns: dict[str, set[tuple[int, str, int, str]]] = {}
    if arguments.blobs:
        with open(arguments.blobs, encoding="utf-8") as rows:
            blobs |= {m[0] for row in rows if (m := re.search(r"\b[0-9a-f]{40}\b", row)) and "templated" not in row}
    for clone in arguments.clones:
        versions: set[tuple[str, str]] = set()
        for row in git(clone, "log", *arguments.refs, "--raw", "--no-renames", "--no-abbrev", "--format=").split("\n"):
            match = re.match(r":\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [AM]\t(.*)", row)
            if match and match[1].startswith("100") and "{{" in match[3] and not match[3].endswith((".png", ".lock")):
                # `tests_uv.yaml` is rendered as `tests.yaml`
                name = re.sub(r"_(pip|uv)(?=\.\w+$)", "", match[3].rsplit("/", 1)[-1].lower())
                versions.add((match[2], name))
        for blob, name in sorted(versions):
            text = git(clone, "cat-file", "blob", blob)
            name = "{name}.py" if PLACEHOLDER.search(name) else name
            if not PLACEHOLDER.search(text) and "{%" not in text:
                blobs.add(blob)
            for row in text.splitlines():
                row = re.sub(r"\{%.*?%\}", "", row)
                normal = normal_line(row)
                if not normal:
                    continue
                if PLACEHOLDER.search(row):
                    parts = [normal_line(p) for p in PLACEHOLDER.split(row)]
                    first, last = parts[0], parts[-1]
                    patterns.setdefault(name, set()).add((len(first), line_hash(first), len(last), line_hash(last)))
                else:
                    lines.setdefault(name, set()).add(line_hash(normal))
    data = {
        "blobs": sorted(blobs),
        "lines": {k: sorted(v) for k, v in sorted(lines.items())},
        "patterns": {k: sorted(v) for k, v in sorted(patterns.items())},
    }
    json.dump(data, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
