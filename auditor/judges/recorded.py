"""Answers from a folder: what was asked before, or what somebody put there. Nothing is sent anywhere.

`DIR/judge.json` says whose answers the folder holds, as `{"model": ..., "params": {...}}`: both are part of every key.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, RootModel, ValidationError

from auditor import regular
from auditor.errors import UserError
from auditor.judges import Answer, Request, Settings, Store, key
from auditor.models import JudgeInfo
from auditor.whole import write_whole

JUDGE = "judge.json"
RESERVED = frozenset({"model", "messages", "response_format", "stream", "n"})


def read_settings(folder: Path) -> Settings | None:
    """What `judge.json` says; None where there is no such file. UserError when it cannot be understood."""
    path = folder / JUDGE
    try:
        data = json.loads(regular.read_text(path))
        settings = Settings(data["model"], data.get("params", {}))
        if not (isinstance(settings.model, str) and settings.model and isinstance(settings.params, dict)):
            raise TypeError
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})", "give a folder of answers") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UserError(f"{path}: does not name a judge", 'write {"model": "NAME", "params": {}} into it') from None
    return with_params(settings.model, settings.params)


def with_params(model: str, params: Mapping[str, Any]) -> Settings:
    """Settings whose parameters leave alone what a request fills in itself."""
    if taken := sorted(RESERVED & set(params)):
        raise UserError(f"{taken[0]!r} is no parameter of a judge", "leave it out: each request brings its own")
    return Settings(model, dict(params))


def write_settings(folder: Path, settings: Settings) -> None:
    """Name the judge of a folder that does not name one yet; another one's name stays."""
    path = folder / JUDGE
    if not path.exists():
        content = {"model": settings.model, "params": dict(settings.params)}
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        write_whole(path, text, "name another folder, or free some room")


def info(name: str, settings: Settings) -> JudgeInfo:
    """How a record names a judge."""
    return JudgeInfo(name=name, model=settings.model, params={k: str(v) for k, v in settings.params.items()})


def misfit(value: object, schema: Mapping[str, Any]) -> str:
    """Where a value leaves a JSON schema, and at which of its rules (`$.statements[0].label: enum`); empty where it fits.
    Says nothing of the value itself, which may be anything."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(schema).iter_errors(value))
    return f"{error.json_path[:80]}: {error.validator}" if error is not None else ""


def shape(request: Request) -> type[BaseModel]:
    """What replies to a request are validated with: its own model, or one that holds them against its schema."""
    if request.model is not None:
        return request.model

    def fits(value: dict[str, Any]) -> dict[str, Any]:
        if where := misfit(value, request.schema):
            raise ValueError(f"does not fit the schema at {where}")
        return value

    class Reply(RootModel[Annotated[dict[str, Any], AfterValidator(fits)]]):
        """A JSON object that fits the request's schema."""

    return Reply


def stored(store: Store, request: Request, settings: Settings) -> Answer | None:
    """The stored answer, if there is one. One that does not fit the reply's shape (somebody edited it) is an error."""
    name = key(request, settings)
    held = store.get(name)
    if held is None:
        return None
    try:
        shape(request).model_validate_json(held.text)
    except ValidationError:
        return Answer(
            error=f"{store.folder / name}.json holds a reply that does not fit: mend or remove it", stored=True
        )
    return held


class Recorded:
    """Looks answers up in a folder, and says which ones it lacks."""

    def __init__(self, folder: Path, model: str = "") -> None:
        if not folder.is_dir():
            raise UserError(f"{folder}: no such folder", "recorded:DIR needs a folder of answers")
        settings = Settings(model) if model else read_settings(folder)
        if settings is None:
            raise UserError(
                f"{folder / JUDGE}: missing", 'write {"model": "NAME", "params": {}}: whose answers these are'
            )
        self.settings, self.store = settings, Store(folder)
        self.info = info("recorded", settings)

    def answer(self, requests: Sequence[Request]) -> dict[str, Answer]:
        """What the folder holds; an error for the rest."""
        lacking = Answer(error=f"no recorded answer of {self.settings.model} in {self.store.folder}")
        return {r.id: stored(self.store, r, self.settings) or lacking for r in requests}
