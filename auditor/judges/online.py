"""Questions to an OpenAI-compatible server, one thread per connection.

Who tries again: the client after faults of transport, tenacity once after a reply of the wrong shape, nobody else. Every
complete reply is stored the moment it is there, so an interrupted run goes on where it stopped.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

from auditor.judges import Answer, Request, Store, Usage, key
from auditor.judges.batchfile import body, usage_of
from auditor.judges.prices import Gate, Load, group_of
from auditor.judges.recorded import info, shape, stored, with_params, write_settings
from auditor.judges.service import RETRIES, TIMEOUT, Server, Unusable, begin, fault, refused, server

if TYPE_CHECKING:
    import openai

ATTEMPTS = 2
"""How often one question is asked: a reply of the wrong shape goes back once, with what is wrong with it."""
BREAK = 4
"""Answers in a row that are none, after which nothing more is asked: the server is not what it is taken for."""
PATIENCE = 30.0
"""Seconds after which a word is said about what is waited for."""


class Online:
    """Asks a server what the store does not hold. Errors are answers too; only what the user must mend before anything is
    sent (no key, a limit exceeded, a folder that cannot be written) is raised, as UserError."""

    def __init__(
        self,
        model: str,
        base_url: str = "",
        store: Path | None = None,
        params: Mapping[str, Any] | None = None,
        gate: Gate | None = None,
        workers: int = 8,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
    ) -> None:
        self.settings = with_params(model, params or {})
        self.info = info("online", self.settings)
        self.server: Server = server(base_url)
        self.store = Store(store) if store is not None else None
        self.gate, self.workers = gate or Gate(), max(1, workers)
        self.timeout, self.retries = timeout, retries
        self._strict, self._images, self._system = True, True, True
        self._heard = False

    def answer(self, requests: Sequence[Request]) -> dict[str, Answer]:
        """Answers from the store, then from the server. A question that is asked twice is sent once."""
        answers: dict[str, Answer] = {}
        pending: dict[str, list[Request]] = {}
        for request in requests:
            held = stored(self.store, request, self.settings) if self.store is not None else None
            if held is not None:
                answers[request.id] = held
            else:
                pending.setdefault(key(request, self.settings), []).append(request)
        if pending:
            if self.store is not None:
                write_settings(self.store.folder, self.settings)
            load = Load.of(same[0] for same in pending.values())
            note = f" ({len(answers)} of {len(requests)} already stored)"
            self.gate.admit(self.settings.model, self.server.host, load, note)
            with self.server.connect(self.timeout, self.retries) as client:
                asked = self._all({k: same[0] for k, same in pending.items()}, client)
            for k, same in pending.items():
                answers[same[0].id] = asked[k]
                answers |= {r.id: replace(asked[k], usage=Usage(), stored=not asked[k].error) for r in same[1:]}
        return {r.id: answers[r.id] for r in requests}

    def _all(self, pending: Mapping[str, Request], client: "openai.OpenAI") -> dict[str, Answer]:
        """The first request of a group goes alone, so that the others find its prefix in the server's cache; groups that are
        open are finished before others are begun."""
        groups: dict[object, list[str]] = {}
        for k, request in pending.items():
            groups.setdefault(group_of(request), []).append(k)
        followers = {first: rest for first, *rest in groups.values()}
        ready = deque(followers)
        done: dict[str, Answer] = {}
        stop, row = "", 0
        began = said = monotonic()
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="judge")
        finished = False
        try:
            running: dict[Future[tuple[Answer, bool, bool]], str] = {}
            while ready or running:
                while ready and len(running) < self.workers:
                    k = ready.popleft()
                    running[pool.submit(self._one, k, pending[k], client)] = k
                for future in wait(running, timeout=1.0, return_when=FIRST_COMPLETED).done:
                    k = running.pop(future)
                    done[k], useless, none = future.result()
                    ready.extendleft(reversed(followers.pop(k, [])))
                    row = row + 1 if none else 0
                    stop = stop or (done[k].error if useless else "")
                    if row >= BREAK and not stop and (ready or running):
                        stop = f"{row} answers in a row that were none (the last: {done[k].error})"
                if running and self.gate.say is not None and monotonic() - said >= PATIENCE:
                    said = monotonic()
                    self.gate.say(
                        f"waiting for {self.settings.model} at {self.server.host}: {len(done)} of {len(pending)} answered"
                        f" after {said - began:.0f} s, {len(running)} under way"
                    )
                if stop:
                    ready.clear()
            finished = True
        finally:  # who stops it does not wait for what is under way
            pool.shutdown(wait=finished, cancel_futures=True)
        return {k: done.get(k, Answer(error=f"not sent, after: {stop}")) for k in pending}

    def _one(self, k: str, request: Request, client: "openai.OpenAI") -> tuple[Answer, bool, bool]:
        """One answer, whether its fault makes it useless to send anything else, and whether it is none at all: noise, or a
        server that fails."""
        import instructor
        from instructor.core.exceptions import InstructorRetryException, ResponseParsingError
        from pydantic import ValidationError
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        logging.getLogger("instructor").addHandler(logging.NullHandler())
        spent: list[Usage] = []
        began = perf_counter()
        begin(self.timeout)
        model = request.asks or self.settings.model

        def create(**asked: Any) -> Any:
            completion = self._send(request, asked["messages"], client)
            spent.append(usage_of(getattr(completion, "usage", None)))
            _usable(completion, model)
            return completion

        def used() -> Usage:
            return replace(sum(spent, Usage()), seconds=round(perf_counter() - began, 3))

        again = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception_type((ValidationError, ResponseParsingError)),
            reraise=True,
        )
        patched: Callable[..., Any] = instructor.patch(create=create, mode=instructor.Mode.JSON_SCHEMA)
        try:
            # Never `context=`: it would render every message as a template.
            reply = patched(
                response_model=shape(request), messages=body(request, self.settings)["messages"], max_retries=again
            )
            text = str(reply.model_dump_json())
        except Exception as raised:
            error = raised.__cause__ if isinstance(raised, InstructorRetryException) and raised.__cause__ else raised
            if isinstance(error, ValidationError):
                return Answer(error=_misfit(error, len(spent)), usage=used()), False, True
            answer = Answer(error=fault(error, model, self.server), usage=used())
            return answer, self._useless(error), self._none(error)
        if self.store is not None:
            self.store.put(k, text, replace(self.settings, model=model), used())
        return Answer(text=text, usage=used()), False, False

    def _send(self, request: Request, messages: list[dict[str, Any]], client: "openai.OpenAI") -> Any:
        """A completion. What a server does not know (strict schemas, images, a system role) it is asked without from then on."""
        import openai

        create: Callable[..., Any] = client.chat.completions.create
        for _ in range(4):
            strict, images, system = self._strict, self._images, self._system
            sent = body(request, self.settings, strict) | {"messages": _fitting(messages, images, system)}
            try:
                completion = create(**sent)
                break
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                said = str(error).lower()
                if strict and any(word in said for word in ("strict", "schema", "response_format")):
                    self._strict = False
                elif (
                    images
                    and request.images
                    and any(word in said for word in ("image", "content part", "multimodal", "vision", "content"))
                ):
                    self._images = False
                    if self.gate.say is not None:
                        self.gate.say(f"{self.server.host} takes no images; asking without")
                elif system and "system" in said and "role" in said:
                    self._system = False
                else:
                    raise
        else:
            raise Unusable(f"{self.server.host} takes neither the schema nor anything in its place")
        self._heard = True
        return completion

    def _none(self, error: BaseException) -> bool:
        import openai

        if isinstance(error, openai.APIStatusError):
            return error.status_code >= 500
        noise = isinstance(error, Unusable) and "chat completion" in str(error)
        return noise or not isinstance(error, openai.OpenAIError | Unusable)

    def _useless(self, error: BaseException) -> bool:
        import openai

        if isinstance(error, openai.APIStatusError):
            return (
                error.status_code in (401, 404) or 300 <= error.status_code < 400 or error.code == "insufficient_quota"
            )
        return isinstance(error, openai.APIConnectionError) and refused(error) and not self._heard


def _fitting(messages: list[dict[str, Any]], images: bool, system: bool) -> list[dict[str, Any]]:
    """The messages without what a server does not take: images, or a role of its own for the instructions."""
    made = list(messages)
    if not images:
        made = [
            m | {"content": next(p["text"] for p in m["content"] if p["type"] == "text")}
            if isinstance(m["content"], list)
            else m
            for m in made
        ]
    if not system and made and made[0]["role"] == "system":
        first, second, *rest = made
        text = second["content"] if isinstance(second["content"], str) else second["content"][0]["text"]
        joined = f"{first['content']}\n\n{text}"
        content = (
            joined if isinstance(second["content"], str) else [{"type": "text", "text": joined}, *second["content"][1:]]
        )
        made = [second | {"content": content}, *rest]
    return made


def _usable(completion: Any, model: str) -> None:
    """Raises Unusable for a completion that holds no whole reply."""
    try:
        choice = completion.choices[0]
        refusal, content, reason = choice.message.refusal, choice.message.content, choice.finish_reason
    except (AttributeError, IndexError, TypeError):
        raise Unusable("the server sent no chat completion; check --base-url (it usually ends in /v1)") from None
    if refusal:
        raise Unusable(f"{model} refused to answer; read this question by hand")
    if reason == "length":
        raise Unusable(
            "the reply was cut off (finish_reason length); raise the model's output limit or context length, or ask less at a time (--budget)"
        )
    if reason == "content_filter":
        raise Unusable("the service filtered the reply (finish_reason content_filter); read this question by hand")
    if content is not None and not isinstance(content, str):
        raise Unusable("the server's reply is no text; check --base-url")


def _misfit(error: Any, attempts: int) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return f"the reply was no JSON, {attempts} times; use a model that knows structured output"
    where = ".".join(str(part) for part in first["loc"])[:80] or "its top"
    where = "".join(c if c.isprintable() else " " for c in where)
    return f"the reply did not fit the schema at {where}, {attempts} times; use a model that knows structured output"
