"""The store, the judges that send nothing, and the words that name a judge."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from asking import request, requests

from auditor.errors import UserError
from auditor.judges import Settings, Store, Usage, key
from auditor.judges.opening import open_judge
from auditor.models import Named

GOOD = '{"claims": []}'


def recorded(folder: Path, text: str = '{"model": "reader", "params": {}}') -> Path:
    (folder / "judge.json").write_text(text)
    Store(folder).put(key(request("a"), Settings("reader")), GOOD, Settings("reader"), Usage(1, 10, 5, 2))
    return folder


def test_answers_are_looked_up(tmp_path: Path) -> None:
    judge = open_judge(f"recorded:{recorded(tmp_path)}")
    answers = judge.answer(requests("a", "b"))
    assert (answers["a"].text, answers["a"].stored, answers["a"].usage) == (GOOD, True, Usage(1, 10, 5, 2))
    assert answers["b"].error == f"no recorded answer of reader in {tmp_path}"
    assert (judge.info.name, judge.info.model) == ("recorded", "reader")
    assert open_judge(f"recorded:{tmp_path}", model="other").answer(requests("a"))["a"].error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not name a judge"),
        ("[]", "does not name a judge"),
        ('{"model": ""}', "does not name a judge"),
        ('{"model": 3}', "does not name a judge"),
        ('{"model": "x", "params": []}', "does not name a judge"),
        ('{"model": "x", "params": {"messages": []}}', "'messages' is no parameter"),
    ],
)
def test_a_folder_says_whose_answers_it_holds(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        open_judge(f"recorded:{recorded(tmp_path, text)}")
    (tmp_path / "judge.json").unlink()
    with pytest.raises(UserError, match=r"judge.json: missing"):
        open_judge(f"recorded:{tmp_path}")
    with pytest.raises(UserError, match="no such folder"):
        open_judge(f"recorded:{tmp_path}/nowhere")


@pytest.mark.parametrize("spec", ["", "nun", "none:", "none:x", "online", "online:", "recorded:", "batch:", "gpt-5"])
def test_a_judge_that_is_none_gets_the_menu(spec: str) -> None:
    with pytest.raises(UserError) as raised:
        open_judge(spec)
    assert raised.value.hint == "choose one of: none, online:MODEL, recorded:DIR, batch:DIR"


def test_no_judge_answers_nothing() -> None:
    judge = open_judge("none")
    assert judge.answer(requests("a")) == {}
    assert judge.info.name == "none"


def test_a_key_is_everything_that_decides_an_answer() -> None:
    """A change here makes every stored answer, and every fixture of them, worthless."""
    one, settings = request("a"), Settings("m", {"temperature": 0, "seed": 1})
    assert key(one, settings) == "8292fac32ac3f5602457fd73b459b918"
    assert key(replace(one, id="other", shared=0, model=None), Settings("m", {"seed": 1, "temperature": 0})) == key(
        one, settings
    )
    others = [
        key(one, Settings("n", settings.params)),
        key(one, Settings("m", {"temperature": 1, "seed": 1})),
        key(replace(one, messages=one.messages[::-1]), settings),
        key(replace(one, schema_name="x"), settings),
        key(replace(one, schema={**one.schema, "title": "x"}), settings),
        key(replace(one, prompt=Named(name="judge-answer.v1", hash="abd")), settings),
    ]
    assert len({*others, key(one, settings)}) == len(others) + 1


@pytest.mark.parametrize("spec", ["none", "recorded:{0}", "batch:{0}"])
def test_nothing_heavy_is_imported_where_nothing_is_sent(spec: str, tmp_path: Path) -> None:
    code = f"""
import sys
sys.path[:0] = {[str(Path(__file__).parent)]}
from asking import requests
from auditor.judges.opening import open_judge
open_judge({spec.format(recorded(tmp_path))!r}).answer(requests("a", "b"))
print(*sorted({{"openai", "instructor", "httpx2", "tenacity", "jsonschema", "concurrent.futures"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
