"""Files replies by request as recorded answers of a fixture: `python tests/file_answers.py NAME REPLIES`.

REPLIES is a folder with one JSON reply a request (`pack.json`, `dump.json`, `answers.json`, `ruling.json`), or `fixtures/NAME/answers` itself:
then the replies that are there are filed anew under the keys that today's requests have, for after a change of facts or
packing; their citations hold, since ids come from content. The replies were given by a reader of the requests' text.
"""

import json
import sys
import tempfile
from pathlib import Path

from build_fixture import FIXTURES, build

from auditor import pipeline
from auditor.judges import Answer, Request, Settings, Usage, key
from auditor.models import Submission
from auditor.profile import load_profile

SETTINGS = Settings("a-capable-reader")
NAMES = ("pack", "dump", "answers", "ruling")


def main(name: str, source: Path) -> None:
    replies = {p.stem: p.read_text(encoding="utf-8") for p in source.glob("*.json") if p.stem in NAMES}
    for stored in source.glob("*.json"):
        data = json.loads(stored.read_text(encoding="utf-8"))
        if "request" in data:
            replies[data["request"]] = data["reply"]
    with tempfile.TemporaryDirectory() as folder:
        repo = build(name, Path(folder) / name)
        prepared = pipeline.prepare(Submission(id=name, repo=str(repo)), load_profile(), judged=True)
        answers = {id_: Answer(text=text) for id_, text in replies.items()}
        prepared = pipeline.settled(prepared, load_profile(), answers)
    asked: list[Request] = [*prepared.requests, *pipeline.rulings(prepared, answers)]
    target = FIXTURES / name / "answers"
    target.mkdir(exist_ok=True)
    for old in target.glob("*.json"):
        old.unlink()
    (target / "judge.json").write_text(json.dumps({"model": SETTINGS.model, "params": {}}) + "\n", encoding="utf-8")
    for request in asked:
        if request.id not in replies:
            print(f"no reply to {request.id}")
            continue
        k = key(request, SETTINGS)
        reply = json.dumps(json.loads(replies[request.id]), ensure_ascii=False)
        data = {"key": k, "request": request.id, "model": SETTINGS.model, "reply": reply, "usage": vars(Usage())}
        (target / f"{k}.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(asked)} requests, {len(list(target.glob('*.json'))) - 1} answers in {target}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
