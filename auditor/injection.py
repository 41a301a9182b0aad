"""Words of the report that speak to whoever judges it: a language model, an automatic grader, this program."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from auditor.lazy import compile_later
from auditor.models import Citation, Claim, Evidence, Question, Report, Source, Verdict
from auditor.prose import Prose, Statement
from auditor.redact import clip

# Where an order starts: a sentence, a clause after a mark, `please`, or what "you must" do. "We ignore ..." is none.
_ORDER = (
    r"(?:^\W*|[.!?:;>(]\s*|[,-]\s+(?=(?:ignore|disregard|forget)\b)|\byou (?:must|should|shall|have to|are to|need to|will)(?: only| always| just| now| therefore)? |\b(?:please|kindly|and just|and instead)(?: also| only| always)? )"
    r"(?:(?:now|then|therefore|so|instead|first|also|please|important|attention)[,:]? )*"
)
_MODEL = r"(?:ai|llm|(?:large )?language model|chat ?gpt|gpt[\w.-]*|claude|gemini|copilot|chat ?bot|automat(?:ed|ic) (?:grader|auditor|judge|reviewer|assessor|checker)|ai[- ](?:grader|auditor|judge|reviewer|assistant|agent|model|assessor)|llm[- ](?:grader|auditor|judge|reviewer|agent))s?"
_GRADER = r"(?:grader|auditor|judge|assessor|verifier)s?"
_WHOLE = r"(?:everything|every (?:claim|answer|statement|item|question|box)|all (?:of )?(?:the |these |our |my )?(?:claims|answers|statements|items|findings|questions|boxes)|this (?:report|submission|project|repository|group|answer|section|claim|statement)|(?:the|our|these) (?:report|submission|answers|claims|statements))"
_GOOD = r"(?:supported|verified|correct|true|passed|passing|pass|complete|consistent|excellent|outstanding|perfect|full(?:y)?|top|highest|maximum|a(?=\+|\s+(?:grade|mark)s?\b|\s*(?:[.,;:!?)\"'*]|$))|12|not_verifiable|not verifiable|clean)"

# Orders about judging: nobody writes them in a report about anything else, wherever they stand.
_JUDGING = (
    compile_later(
        rf"{_ORDER}(?:mark|rate|grade|score|label|judge|treat|report|classify|consider|accept|evaluate|assess|regard|confirm) {_WHOLE} (?:as |with |to be |at )?(?:an? |the )?{_GOOD}\b(?! (?:or|if)\b)(?!\s*/)",
        re.IGNORECASE,
    ),
    compile_later(
        rf"\b(?:ignore|disregard|forget|override)\b[^.!?]{{0,60}}\b(?:and|then|instead)\b (?:\w+ )?(?:mark|rate|grade|score|label|judge|treat|report|classify|consider|accept) {_WHOLE} (?:as |with |to be )?(?:an? |the )?{_GOOD}\b",
        re.IGNORECASE,
    ),
    compile_later(
        rf"{_ORDER}(?:give|award|assign|grant) (?:us|this \w+|our \w+|the group|it|them|all of us|everyone)(?: \w+){{0,2}}? (?:full|top|highest|maximum|best|perfect|excellent)(?: possible)? (?:marks?|grades?|scores?|points|rating)\b",
        re.IGNORECASE,
    ),
    compile_later(
        rf"(?:{_ORDER}|\b(?:and|but) )(?:do not|don't|never) (?:report|flag|mention|raise|cite|list|output) (?:any(?:thing)?|this|these|the|a)? ?(?:\w+ )?(?:contradictions?|findings?|inconsistenc(?:y|ies)|discrepanc(?:y|ies)|problems? (?:in|with) this|issues? (?:in|with) this|(?:answer|section|claim|sentence|statement)s?\b(?= (?:as|to be)))",
        re.IGNORECASE,
    ),
    compile_later(
        r"(?:[.!?:;,]\s*|^\W*|\b(?:and|must|should|only|please) )(?:reply|respond|answer|output|return) (?:only |exactly |just |always )?(?:with |the )?.{0,40}?(?:[\"'`]?label[\"'`]?\s*[:=]|\b(?:supported|not_verifiable|no contradictions|no findings|full marks|top grade|highest grade)\b)",
        re.IGNORECASE,
    ),
    compile_later(rf"\byou are (?:now )?(?:the |an? )?(?:{_GRADER}|{_MODEL})(?:'s)? (?:\w+ )?(?:that|who|which|supervisor|owner|developer|operator|reading|grading|judging|auditing|evaluating|reviewing)\b", re.IGNORECASE),
)  # fmt: skip
# Orders that also stand in prompts: they count in plain words and out of sight, not in code or between quotation marks.
_ORDERS = (
    compile_later(
        rf"{_ORDER}(?:ignore|disregard|forget|override) (?:all |any |the |of |these |those |my |your |our |previous |prior |earlier |above |preceding |other )*(?:your|previous|prior|earlier|above|preceding|system)\b (?:\w+ )?(?:instructions?|prompts?|rules|guidelines|directions|messages?)\b",
        re.IGNORECASE,
    ),
    compile_later(
        rf"\b(?:as|if you are|since you are|because you are|when you are) an? (?:\w+ )?{_MODEL}\b[^.!?]{{0,60}}?(?:\byou (?:must|should|shall|have to|are to|need to|will|may not|can ?not)\b|, (?:please )?(?:ignore|disregard|mark|rate|grade|give|skip|stop|do not|don't|report|answer|reply)\b)",
        re.IGNORECASE,
    ),
    compile_later(
        rf"^\W*(?:(?:important )?(?:note|message|notice|attention|hint|dear|hello|hi|hey)(?: to| for)?,? )(?:the |any |all |every )?(?:{_MODEL}|{_GRADER})(?: \w+){{0,3}}\s*[:,!-].*\b(?:you|your|ignore|disregard|mark|rate|grade|skip|do not|don't)\b",
        re.IGNORECASE,
    ),
    compile_later(
        r"^\W*(?:system|assistant|developer)\s*:\s.*\b(?:claims?|contradict\w*|grad(?:e|er|ing)|auditor|audit|report|submission|verdicts?|instructions?)\b.*\b(?:must|ignore|supported|correct|approved?|passe[sd]|full|valid|consistent)\b",
        re.IGNORECASE,
    ),
)  # fmt: skip
# Out of sight, where only a program reads.
_UNSEEN = (
    compile_later(
        r"\b(?:ignore|disregard|forget|override)\b (?:\w+ ){0,4}(?:instructions?|prompts?|rules|guidelines)\b", re.IGNORECASE
    ),
    compile_later(
        rf"\b(?:mark|rate|grade|score|label|judge|treat|report|classify|consider|accept) {_WHOLE} (?:as |with |to be )?(?:an? |the )?{_GOOD}\b",
        re.IGNORECASE,
    ),
    compile_later(rf"(?:\b|_)(?:{_MODEL}|{_GRADER})\s*:\s*(?:\w+[- ])*(?:ignore|skip|off|disable|pass|stop|mark|do not|you|supported)\b", re.IGNORECASE),
    compile_later(r"^(?:<!--)?\s*(?:system|assistant|developer)\s*:", re.IGNORECASE),
    compile_later(r"<\|(?:im_start|system|assistant)\|?>|\[/?INST\]|\bsystem prompt\b", re.IGNORECASE),
)  # fmt: skip
_INVISIBLE = compile_later("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|[\U000e0000-\U000e007f]")
_HIDING = compile_later(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])|color\s*[:=]\s*[\"']?\s*(?:white|#fff(?:fff)?|transparent|rgba?\(\s*255\s*,\s*255\s*,\s*255)",
    re.IGNORECASE,
)
_TITLES = compile_later(
    r"!\[((?:[^\[\]])*)\]|\]\([^()\s]*\s+[\"']([^\"']+)[\"']\s*\)|\b(?:alt|title)\s*=\s*[\"']([^\"']+)[\"']"
)


# What a sentence must have, in small letters, before the costly expression of the same place is tried: most have none.
_VERBS = r"(?:mark|rate|grade|score|label|judge|treat|report|classify|consider|accept|evaluate|assess|regard|confirm) (?:everything|every |all |this |the |our |these )"
_LEAVE = "ignore|disregard|forget|override"
_CUES = (
    compile_later(_VERBS),
    compile_later(_LEAVE),
    compile_later(r"(?:give|award|assign|grant) (?:us|this|our|the group|it|them|all|everyone)\b"),
    compile_later(r"(?:do not|don't|never) (?:report|flag|mention|raise|cite|list|output)"),
    compile_later(r"label|supported|not_verifiable|no contradictions|no findings|full marks|top grade|highest grade"),
    compile_later(r"you are"),
)
_ORDER_CUES = (
    compile_later(_LEAVE),
    compile_later(r"\b(?:as|are) an? (?:\w+ )?(?:ai|llm|large|language|chat|gpt|claude|gemini|copilot|automat)"),
    compile_later(r"^\W*(?:important|note|message|notice|attention|hint|dear|hello|hi|hey)\b"),
    compile_later(r"^\W*(?:system|assistant|developer)\s*:"),
)
_UNSEEN_CUES = (
    compile_later(_LEAVE),
    compile_later(_VERBS),
    compile_later(
        r"(?:ai|llm|model|gpt[\w.-]*|claude|gemini|copilot|bot|grader|auditor|judge|reviewer|assessor|checker|verifier|assistant|agent)s?\s*:"
    ),
    compile_later(r"(?:system|assistant|developer)\s*:"),
    compile_later(r"<\||inst\]|system prompt"),
)


def _tried(words: str, cues: Sequence[re.Pattern[str]], patterns: Sequence[re.Pattern[str]]) -> Iterator[re.Match[str]]:
    low = words.lower()
    for cue, pattern in zip(cues, patterns, strict=True):
        if cue.search(low) and (found := pattern.search(words)):
            yield found


def _judges(words: str) -> bool:
    return any(_tried(words, _CUES, _JUDGING))


def _seen(text: str) -> str:
    """The words as a model reads them: no invisible characters, one form of each letter, plain quotation marks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        text = text.replace("’", "'").replace("“", '"').replace("”", '"')
    return " ".join(re.sub(r"\*\*|__|(?<!\w)[*_]|[*_](?!\w)|^\s*(?:[-*+]|\d+\.)\s+", "", text).split())


def _quoted(words: str, at: int) -> bool:
    return words.count('"', 0, at + 1) % 2 == 1 or words.count("`", 0, at + 1) % 2 == 1


def _addresses(statement: Statement) -> bool:
    words, source = _seen(statement.text), statement.wrapped
    if _judges(words):
        return True
    unseen = [words] if statement.kind == "html" or _HIDING.search(source) else []
    if "[" in source or "=" in source:
        unseen += [_seen(title) for m in _TITLES.finditer(source) for title in m.groups() if title]
    if not statement.text.isascii() and len(_INVISIBLE.findall(statement.text)) > 20:
        unseen.append(_untagged(statement.text))
    if any(any(_tried(text, _UNSEEN_CUES, _UNSEEN)) or any(_tried(text, _ORDER_CUES, _ORDERS)) for text in unseen):
        return True
    if statement.kind == "fence":
        return False
    return any(not _quoted(words, m.start()) for m in _tried(words, _ORDER_CUES, _ORDERS))


def _untagged(text: str) -> str:
    """Text written in the invisible "tag" letters of Unicode."""
    return "".join(chr(ord(c) - 0xE0000) for c in text if 0xE0020 <= ord(c) <= 0xE007E)


# One of these is in whatever speaks to a judge; the template's own text around the answers has hardly any.
_AROUND = compile_later(
    "ignore|disregard|forget|overrid|support|correct|verif|contradict|finding|marks|grade|rate |score|top |highest|complete|excellent|perfect"
    "|auditor|judge|assess|llm|\\bai\\b|gpt|claude|gemini|copilot|model|instruction|prompt|label|<|\\[//|[\u200b-\u200f\u2060-\u2064]|[\U000e0000-\U000e007f]"
)


def _around(report: Report) -> Iterator[Statement]:
    """What stands outside the public answers, paragraph by paragraph: the opening, the boxes, the questions' own text, what is
    between, and private answers. Its question is the one in whose part it stands; 0 before the first."""
    answers: set[int] = set()
    for q in report.questions:
        if not q.private and q.answer:
            answers |= set(q.row_lines or range(q.answer_lines[0], q.answer_lines[1] + 1))
    starts = sorted(((q.line, q) for q in report.questions), key=lambda s: s[0])
    rows = report.text.split("\n")
    paragraph: list[str] = []
    first, within = 0, 0
    for n, row in enumerate([*rows, ""], 1):
        while within < len(starts) and starts[within][0] <= n:
            within += 1
        row = "" if n in answers else row
        words = re.sub(r"^[\s>]*(?:[-*+]\s+)?(?:\[[^\]]{0,3}\]\s*)?", "", row)
        bullet = bool(re.match(r"^[\s>]*[-*+]\s", row))
        if paragraph and (not words.strip() or bullet or n in answers or len(paragraph) > 12):
            owner = (
                starts[within - 1][1] if within else Question(n=0, line=1, prompt="", answer="", answer_lines=(0, 0))
            )
            text = "\n".join(paragraph)
            if not _AROUND.search(text.lower()):
                paragraph = []
        if paragraph and (not words.strip() or bullet or n in answers or len(paragraph) > 12):
            kind = "html" if "<!--" in text or re.match(r"<\w|\[[^\]]+\]:", text) else "sentence"
            at = 0
            for sentence in re.split(r"(?<=[.!?:;])\s+", text):
                yield Statement(owner, kind, sentence, first + text.count("\n", 0, text.find(sentence, at)))
                at = text.find(sentence, at) + len(sentence)
            if kind == "sentence" and len(paragraph) > 1:
                yield Statement(owner, kind, text, first)
            paragraph = []
        if words.strip() and n not in answers:
            if not paragraph:
                first = n
            paragraph.append(words)


def orders_in_report(prose: Prose, number: Callable[[Evidence], str]) -> list[Verdict]:
    """Verdicts about orders to a language model or a grader: to ignore its instructions, to mark or grade something in some way, to
    report nothing, to answer in given words; in prose, comments, HTML, titles and alternative texts, in answers and in all of the
    report around them (opening, boxes, questions, private answers). The words alone settle it. Talk about prompts, models, agents
    and instructions is left alone, and so are prompts between quotation marks or in code, and orders about anything else than
    judging."""
    made: list[Verdict] = []
    told: set[tuple[int, int]] = set()
    lines: set[int] = set()
    inside = [(s, 0) for s in prose.statements]
    for statement, place in (*inside, *((s, s.line) for s in _around(prose.report))):
        n = statement.question.n
        if (n, place) in told or statement.line in lines or not _addresses(statement):
            continue
        told.add((n, place))
        rows = statement.source.split("\n")
        lines |= set(range(statement.line, statement.line + len(rows)))
        hidden = statement.kind == "html"
        path, line = prose.report.place(statement.line)
        evidence = Evidence(
            kind="excerpt",
            probe="claim:report-addresses-a-model",
            path=path,
            start=line,
            end=line + len(rows) - 1,
            excerpt=clip(rows[:8], ""),
            note="out of sight" if hidden else "in the answer",
        )
        said = " ".join(statement.source.split())
        public = statement.question.answer or n
        made.append(
            Verdict(
                id="C",
                claim=Claim(
                    source=Source(kind="question", n=n) if public else Source(kind="report", n=0),
                    quote=said,
                    line=statement.line,
                ),
                label="contradicted",
                citations=(Citation(evidence=number(evidence), quote=evidence.excerpt or evidence.note),),
                report_says=said,
                repo_shows=f"Line {statement.line} of the report gives an order to whoever judges it"
                + (", out of a reader's sight." if hidden else "."),
                difference="A report tells what a group did; this part tells its reader what to conclude.",
                by="claim:report-addresses-a-model",
                rule="report-addresses-a-model",
            )
        )
    return made


_OF_US = compile_later(
    r"\b(?:reports?|submissions?|repository|repo|claims?|contradict\w*|findings?|students?|this group|our group|audit\w*|answers?|checklist|boxes)\b",
    re.IGNORECASE,
)
_IN_FILES = compile_later(
    r"supported|contradict|findings?\b|full marks|top grade|highest|maximum|this (?:report|submission|repository|group)|audit|previous instructions|prior instructions|grader",
    re.IGNORECASE,
)


def orders_in(
    files: Iterable[tuple[str, Sequence[str], Sequence[int]]], number: Callable[[Evidence], str]
) -> list[Verdict]:
    """Verdicts about files (path, rows, their line numbers) that tell whoever judges what to conclude about report, claims or
    group; one a file. Prompts of a group's own application speak of other things, and are left alone."""
    made: list[Verdict] = []
    for path, rows, lines in files:
        for i, row in enumerate(rows):
            if not _IN_FILES.search(row):
                continue
            words = _seen(re.sub(r"^[\s#/*;<>!\"'-]+", "", row))
            ordered = any(_tried(words, _CUES[:5], _JUDGING[:5]))
            ordered = ordered or bool(_ORDERS[0].search(words))
            if not (ordered and _OF_US.search(words)):
                continue
            evidence = Evidence(
                kind="excerpt",
                probe="claim:report-addresses-a-model",
                path=path,
                start=lines[i],
                end=lines[i],
                excerpt=clip([row], ""),
            )
            if not evidence.excerpt.strip():
                continue
            made.append(
                Verdict(
                    id=f"A{len(made) + 1}",
                    claim=Claim(
                        source=Source(kind="report", n=0),
                        quote=" ".join(evidence.excerpt.split()),
                        line=0,
                        path=path,
                        path_line=i + 1,
                    ),
                    label="contradicted",
                    citations=(Citation(evidence=number(evidence), quote=evidence.excerpt),),
                    report_says="",
                    repo_shows=f"{path}:{lines[i]} gives an order to whoever judges the submission.",
                    difference="A repository holds a group's work; this line tells its reader what to conclude.",
                    by="claim:report-addresses-a-model",
                    rule="repository-addresses-a-model",
                )
            )
            break
    return made
