"""The README's generated parts are fresh, and its commands work. `python tests/test_readme.py` writes them anew."""

import os
import re
import subprocess
import sys
from pathlib import Path

from build_fixture import build

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
GUIDES = sorted((ROOT / "docs").glob("*.md"))
ENV = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {"NO_COLOR": "1"}


def example(folder: Path) -> str:
    """The first screen's output: the head and the tail of an audit of the overclaiming fixture."""
    build("overclaiming", folder / "overclaiming")
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "audit", "overclaiming"],
        capture_output=True,
        text=True,
        cwd=folder,
        env=ENV,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    blocks = done.stdout.strip().split("\n\n")
    shown = [blocks[0], *_pick(blocks[1:-1]), "...", blocks[-1]]
    return "```\n$ auditor audit overclaiming\n" + "\n\n".join(shown) + "\n```"


def _pick(blocks: list[str]) -> list[str]:
    """One finding of each kind that comes first, at most three."""
    kinds: dict[str, str] = {}
    for block in blocks:
        kinds.setdefault(block.split(":")[0], block)
    return list(kinds.values())[:3]


def part(name: str, text: str) -> str:
    match = re.search(rf"(?s)<!-- {name} -->\n(.*?)\n?<!-- end -->", text)
    assert match, f"README.md has no part called {name}"
    return match[1]


def test_the_example_is_what_the_program_prints(tmp_path: Path) -> None:
    assert part("example", README.read_text(encoding="utf-8")) == example(tmp_path), "run: python tests/test_readme.py"


def test_the_flags_named_exist() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in (README, *GUIDES))
    helped = "".join(
        subprocess.run(
            [sys.executable, "-m", "auditor", verb, "--help"],
            capture_output=True,
            text=True,
            env=ENV | {"COLUMNS": "200"},
            check=True,
        ).stdout
        for verb in ("audit", "batch", "check", "render", "probes", "schema", "eval", "view", "feedback", "answers")
    )
    for flag in set(re.findall(r"`(--[a-z-]+)", text)):
        assert flag in helped, flag


def test_the_answer_keys_shown_are_some() -> None:
    from auditor.evaluate.keys import parse_key

    for text in re.findall(r"(?s)```yaml\n(repo:.*?)```", (ROOT / "docs" / "eval.md").read_text(encoding="utf-8")):
        assert parse_key(text, "shown", "eval.md").contradictions


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.encode()) <= 12_000, "what is longer than this belongs in docs/"
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / link).is_file(), link


def test_the_reference_has_a_page_for_everything(tmp_path: Path) -> None:
    from auditor.probes import load as probes
    from auditor.rules import RULES

    subprocess.run([sys.executable, str(ROOT / ".ci" / "reference.py"), str(tmp_path / "made")], check=True, env=ENV)
    index = (tmp_path / "made" / "index.md").read_text(encoding="utf-8")
    for id_ in (*RULES, *probes()):
        assert f"({id_}.md)" in index, id_
        assert (tmp_path / "made" / f"{id_}.md").stat().st_size > 100, id_


def main() -> None:
    import tempfile

    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        made = example(Path(folder))
    text = re.sub(r"(?s)(<!-- example -->\n).*?(<!-- end -->)", lambda m: m[1] + made + "\n" + m[2], text)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
