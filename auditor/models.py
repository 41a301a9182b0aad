"""Every record that leaves or crosses a module: what an audit is made of, as JSON and in memory.

All are frozen and closed (`extra="forbid"`). An unknown is a value with a reason beside it, never a missing key;
an empty string or tuple means "none". Lines count from 1; 0 means that there is no line.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SCHEMA_VERSION = "2.0"

Label = Literal["supported", "contradicted", "not_verifiable"]
Level = Literal["error", "warning", "note"]
Outcome = Literal["found", "absent", "unknown"]
Standing = Literal["finding", "remark", "lead", "disputed"]


class Record(BaseModel):
    """The base of all records: frozen, closed, compared by value. What checks them is made with the first object: an audit has
    some of half of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def __copy__(self) -> Self:
        """As pydantic's, without what no record has: every piece of evidence is copied twice."""
        made = self.__class__.__new__(self.__class__)
        object.__setattr__(made, "__dict__", self.__dict__.copy())
        object.__setattr__(made, "__pydantic_fields_set__", self.__pydantic_fields_set__.copy())
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made


class Submission(Record):
    """What is to be audited: where the repository is, which commit of it, and where its report lies. `before` chooses the commit;
    `due` is the deadline that holds for one that `ref` names, with which its time is compared."""

    id: str
    repo: str
    ref: str = ""
    before: str = ""
    due: str = ""
    report_path: str = ""


class Problem(Record):
    """Something malformed: in the report, or a part of the repository that could not be read or followed. `items` are the
    boxes (by `n`) about which nothing can be said because of it."""

    path: str = ""
    line: int = 0
    message: str
    items: tuple[int, ...] = ()


class Image(Record):
    """An image or link of the report. `path` is the tracked file it leads to, empty where there is none or it leads
    out of the repository; `renders` is false inside code."""

    line: int
    target: str
    path: str = ""
    renders: bool = True


class ChecklistItem(Record):
    """One line of the report's checklist. `item` is its id in the profile and `matched` how the text was recognised
    (`exact`, `alias`, `annotated`, `near`), both empty where the profile does not know it. `mark` is kept as written;
    `checked` means that it ticks the box, `partly` that it says neither done nor open, which is held against nobody. `note`
    is what the group wrote below the item."""

    n: int
    line: int
    text: str
    mark: str
    checked: bool
    partly: bool = False
    note: str = ""
    section: str = ""
    item: str = ""
    matched: str = ""


class Question(Record):
    """One question with its answer. `id` is the profile's id, known by the prompt's text (`exact`, `alias`,
    `annotated`, `near`) or, where the prompt was removed, by the number in a layout that the other questions settle (`number`).
    `answer` keeps the report's words and line breaks without rules and placeholders; `answer_lines` are first and last
    line, (0, 0) for none; `row_lines` has the line of each of its lines where some were left out. An answer inside a quote has its `>` removed.
    `label` is the number as the report writes it where that is no whole number of its own (1.2); `topics` are what the profile says it is about.
    `heading` says by what the question was known where its heading is not written as the template's."""

    n: int
    line: int
    prompt: str
    answer: str
    answer_lines: tuple[int, int]
    row_lines: tuple[int, ...] = ()
    id: str = ""
    matched: str = ""
    label: str = ""
    topics: tuple[str, ...] = ()
    heading: str = ""
    private: bool = False
    images: tuple[Image, ...] = ()
    links: tuple[Image, ...] = ()


class Figure(Record):
    """An image of the repository that the report shows, for a page that has to show it without the repository. `data` is
    its content as a data URI; empty, with the reason, where it was left out."""

    path: str
    size: int = 0
    data: str = ""
    reason: str = ""


class Part(Record):
    """One file of a report that is several: its path, and the line of the report's text that it starts on."""

    path: str
    line: int


class Report(Record):
    """The report as parsed: every item and question in file order, and what was malformed. `template` is the version of the
    course's template that it was written in, empty where nothing of it is there; `layout` is the profile's layout that it was read by.
    A report of several files has them as `parts`, one below the other in `text`, by whose lines all is counted. `checklist` is the file that the items stand
    in, empty where that is the report; `unlisted`: the course's reports have none. `text` is the report's source, from which a page is made; `figures` are there only
    where a page was asked for."""

    path: str
    commit: str
    sha256: str
    template: str = ""
    layout: str = ""
    parts: tuple[Part, ...] = ()
    checklist: str = ""
    unlisted: bool = False
    items: tuple[ChecklistItem, ...] = ()
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()
    text: str = ""
    figures: tuple[Figure, ...] = ()

    @property
    def state(self) -> str:
        """What a reader should know first of a report that is empty or hardly begun; nothing of any other."""
        if not self.questions:
            return (
                "no question of the template was found in it"
                if self.items
                else "neither questions nor a checklist were found in it"
            )
        said = sum(any(c.isalnum() for c in q.answer) or bool(q.images) for q in self.questions)
        total = len(self.questions)
        if said * 2 > total:
            return ""
        return (
            f"{total - said} of {total} questions have no answer"
            if said
            else f"none of its {total} questions is answered"
        )

    @property
    def unread(self) -> str:
        """What every report has and this one seems to lack; an audit of it says little, and its silence nothing."""
        lacks = [
            *(["no question of the template"] if not self.questions else []),
            *(["no checklist"] if not self.items and not self.unlisted else []),
        ]
        return f"{' and '.join(lacks)} was found in the report" if lacks else ""

    def where(self, source: "Source") -> str:
        """The file that an item or answer stands in."""
        return self.checklist or self.path if source.kind == "item" else self.path

    def at(self, source: "Source", line: int) -> tuple[str, int]:
        """The file that a line of the report stands in, and its line there."""
        return (self.checklist, line) if source.kind == "item" and self.checklist else self.place(line)

    def spot(self, claim: "Claim") -> tuple[str, int]:
        """The file and line that a claim is about: the report's, or another file's."""
        return (claim.path, claim.path_line) if claim.path else self.at(claim.source, claim.line)

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it is made of."""
        return tuple(p.path for p in self.parts) or (self.path,)

    def line_of(self, path: str, line: int) -> int:
        """The line of the report's text that a line of one of its files is."""
        return next((p.line + line - 1 for p in self.parts if p.path == path), line)

    def place(self, line: int) -> tuple[str, int]:
        """The file that a line of the report's text is from, and its line there."""
        part = next((p for p in reversed(self.parts) if p.line <= line), None)
        return (part.path, line - part.line + 1) if part else (self.path, line)


class Evidence(Record):
    """Something a person can open: an excerpt of a file, the absence of something with where it was looked for, or a
    fact computed from the sources that it lists. `excerpt` is verbatim; it stops short of a secret and of 240 characters
    a line."""

    id: str = ""
    probe: str = ""
    kind: Literal["excerpt", "absence", "fact"]
    path: str = ""
    start: int = 0
    end: int = 0
    excerpt: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()


class Searched(Record):
    """Where a probe looked: its globs, how many files of the commit they and its words let through, and the first of these
    by name."""

    globs: tuple[str, ...] = ()
    files: int = 0
    paths: tuple[str, ...] = ()


class ProbeResult(Record):
    """The answer to a probe's question. `evidence` holds ids; `count` is how many pieces were found, of which the
    record keeps the first few; `reason` says why an outcome is unknown."""

    probe: str
    outcome: Outcome
    count: int = 0
    evidence: tuple[str, ...] = ()
    searched: Searched = Searched()
    reason: str = ""


class Source(Record):
    """Where in the report a claim stands: the item counted from 1 in file order, or the question's number. `report`, with
    n 0, is for what no single item or question has: a part of the template that is missing, files not committed."""

    kind: Literal["item", "question", "report"]
    n: int


class Claim(Record):
    """A statement of the report, with its words as they stand there. `path` and `path_line` are the file, and the line in it, that
    is spoken of where that is not the report, of which `line` then is the first."""

    source: Source
    quote: str
    line: int
    path: str = ""
    path_line: int = 0


class Citation(Record):
    """A verbatim part of an evidence's excerpt, or of its note where it is an absence or a fact."""

    evidence: str
    quote: str


class Verdict(Record):
    """One claim, judged. Any label but `not_verifiable` must be cited.

    Of contradicted prose: `rule` reports it; `detail` means that a number or name is off rather than the thing itself;
    `softened` is what the history says for the group where the work was there and is gone, which weighs a level less;
    `seen` that it rests on what a judge saw in a figure, which nobody can prove;
    `when` tells a sentence that was true at the commit that last changed it (`stale`) from one that was not (`never`),
    empty where that was not looked at. `by` is who says it: `probe`, `claim:<id>`, `judge` or `form`; of a judge,
    `reading` is which of its requests, of a claim who read the sentence: `patterns` is a program, `answers` a judge,
    `patterns+answers` both. `ask` is a question that an examiner could put; `demoted` says why a judge's label
    was not believed. `about` names what a claim is held against (`path:src/a.py`). `hint` is what the group can change, empty where the rule's own says all.
    """

    id: str
    claim: Claim
    label: Label
    citations: tuple[Citation, ...] = ()
    report_says: str = ""
    repo_shows: str = ""
    difference: str = ""
    by: str
    reading: str = ""
    ask: str = ""
    demoted: str = ""
    rule: str = ""
    detail: bool = False
    softened: str = ""
    seen: bool = False
    when: Literal["", "stale", "never"] = ""
    about: str = ""
    hint: str = ""

    @property
    def by_model(self) -> bool:
        """Whether a model understood the claim that a program settled: alone, or as a rigid form gives it, too."""
        return self.by.startswith("claim:") and self.reading.split("+")[-1] == "answers"

    @model_validator(mode="after")
    def _cited(self) -> Self:
        if self.label != "not_verifiable" and not self.citations:
            raise ValueError(f"{self.label} needs a citation")
        return self


class Rule(Record):
    """What is reported, how grave it is, what a reader should do about it (`help`), and what the group can change (`hint`)."""

    id: str
    title: str
    level: Level
    help: str
    hint: str = ""


class Place(Record):
    """Where the report says the same false thing once more."""

    source: Source
    line: int
    quote: str
    verdict: str = ""


class Said(Record):
    """What the ruling says of a finding: that it `holds`, is `petty`, is `disputed` by the cited words, or is `open`; `moved`
    is whether that decided its standing: without words that stand, nothing moves."""

    says: Literal["holds", "petty", "disputed", "open"]
    why: str = ""
    citations: tuple[Citation, ...] = ()
    moved: bool = False


class Finding(Record):
    """A verdict that a rule reports. The fingerprint does not change with line numbers, nor with what it was found in; `formerly` are
    those by which the same finding was known, to earlier versions or in an earlier audit, so that what was decided about it holds.

    `standing`: a `finding` counts; a `remark` holds and is too small to count; a `lead` is a place to look that nobody has
    settled; `disputed` is one against which words stand (`ruling`). `verdicts` are all that say the same of the same
    sentence, `verdict` first; `also_at` lists where else the same fault is.
    """

    fingerprint: str
    formerly: tuple[str, ...] = ()
    rule: str
    level: Level
    verdict: str
    standing: Standing = "finding"
    verdicts: tuple[str, ...] = ()
    also_at: tuple[Place, ...] = ()
    ruling: Said | None = None


class Side(Record):
    """The label that somebody gives a box: `probe`, a reading of the judge, or `ruling`; with what it rests on, and why it
    counts for nothing where it does not (`demoted`)."""

    by: str
    label: Label
    citations: tuple[Citation, ...] = ()
    demoted: str = ""


class ItemLabel(Record):
    """The label that stands for a box, who gave it (`probe`, `readings`, `ruling`), and what each side says."""

    n: int
    label: Label
    by: str
    sides: tuple[Side, ...] = ()


class ReportState(Record):
    """What of the report was filled in. `unanswered`, `placeholders`, `missing` and `twice` are numbers of questions, in order;
    `checklist` is empty where the template has none; `items_missing` and `items_twice` are ids of the profile. `secrets` is
    how many keys stand in clear text in the repository. `short`, `long` and `images` are numbers of questions whose answer is plainly
    shorter or longer than asked for, or has fewer images. `collected` is where the course collects the report, where this one lies elsewhere; `unmarked`: none of its
    answers has the mark that the course's layout gives them; `unlike`: none of its questions has a heading as the layout writes it."""

    questions: int = 0
    unanswered: tuple[int, ...] = ()
    placeholders: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    twice: tuple[int, ...] = ()
    checklist: Literal["", "filled", "blank", "missing"] = ""
    items: int = 0
    ticked: int = 0
    items_missing: tuple[str, ...] = ()
    items_twice: tuple[str, ...] = ()
    secrets: int = 0
    short: tuple[int, ...] = ()
    long: tuple[int, ...] = ()
    images: tuple[int, ...] = ()
    collected: str = ""
    unmarked: bool = False
    unlike: bool = False


class Tool(Record):
    """Which program made the record, on which Python: newer Python than that may go unread."""

    name: str = "auditor"
    version: str
    python: str = ""


class Audited(Record):
    """The submission as audited: the resolved commit, and what a deadline left out (`before`), or which one holds for a commit that was
    named (`due`; whether it is late, its `commit_time` says). Of a working tree (`auditor check`),
    `commit` is the one it stands on, `uncommitted` names the cited files that are not in it as they are on disk, and `standing` says
    what of its branch is not handed in by itself."""

    id: str
    repo: str
    ref: str = ""
    before: str = ""
    due: str = ""
    report_path: str
    commit: str
    commit_time: str
    branch: str = ""
    later_commits: int = 0
    url: str = ""
    working_tree: bool = False
    uncommitted: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()


FILES_OF = "files-of-"  # what the id of a probe begins with that only a course's own item makes


class Named(Record):
    """A profile or a prompt, with the hash of its content. `file` is what the file of a profile that the program does not bring is called."""

    name: str
    hash: str = ""
    file: str = ""


class JudgeInfo(Record):
    """Which judge read the prose; `none` reads nothing. `second` is the model of the second reading where it is another one;
    `answers_only` says that it was shown the report's answers alone, nothing of the repository."""

    name: str = "none"
    model: str = ""
    second: str = ""
    answers_only: bool = False
    params: dict[str, str] = Field(default_factory=dict)


class Times(Record):
    """When the audit ran (UTC, ISO 8601), how long it took, and how much of that the judge: the only part that differs from
    run to run."""

    started: str = ""
    seconds: float = 0.0
    judge_seconds: float = 0.0


class Usage(Record):
    """What the judge's answers took when they were given, in tokens; `cached_tokens` are part of `input_tokens`. `cost` is in
    the currency of the configured prices, 0 without."""

    requests: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0


class ReadClaims(Record):
    """What a judge made of the answers alone: how many typed claims stand there, by kind, how many of them in another answer than it
    said, and how many were dropped, by reason."""

    kinds: dict[str, int] = Field(default_factory=dict)
    moved: int = 0
    dropped: dict[str, int] = Field(default_factory=dict)


class Gone(Record):
    """A finding of an earlier audit, as a later one tells of it, and `by` which check it was made: its words are left out where they are a private answer's."""

    fingerprint: str
    rule: str
    level: Level
    source: Source
    line: int
    quote: str = ""
    by: str = ""


class Since(Record):
    """How the findings differ from those of an earlier audit, by fingerprint: `new` ones were not there, `still` ones were, and
    `gone` ones are no longer. A new one may be `like` one that is gone, which it then names: the same but for some words. `commit` and `commit_time` are the earlier audit's; `note` says what else is not as it was then
    (another profile, judge or version), which may be the reason."""

    commit: str
    commit_time: str
    new: tuple[str, ...] = ()
    still: tuple[str, ...] = ()
    gone: tuple[Gone, ...] = ()
    like: dict[str, str] = Field(default_factory=dict)
    note: str = ""


class AuditRecord(Record):
    """One audit, whole: everything that a renderer or a script needs, with no repository at hand.

    `judged` is how many of the judge's requests were answered, `unjudged` names the others, with the reason. `items` has the
    label that stands for each box. `report_state` says what of the report was filled in. `claims` is what a judge made of the
    answers alone; what programs settled of it are verdicts with the reading `answers`. `since` is there only where an earlier
    audit was named to compare with. `docs` is the address at which the profile says that rules, probes and checks are explained.
    """

    schema_version: str = SCHEMA_VERSION
    tool: Tool
    submission: Audited
    profile: Named
    prompt: Named = Named(name="none")
    judge: JudgeInfo = JudgeInfo()
    report: Report
    results: tuple[ProbeResult, ...] = ()
    evidence: dict[str, Evidence] = Field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    items: tuple[ItemLabel, ...] = ()
    report_state: ReportState | None = None
    claims: ReadClaims | None = None
    omitted: tuple[Problem, ...] = ()
    judged: int = 0
    unjudged: tuple[Problem, ...] = ()
    usage: Usage = Usage()
    since: Since | None = None
    docs: str = ""
    error: str = ""
    times: Times = Times()


# -- many groups -------------------------------------------------------------------------------------------------------


class Statistics(Record):
    """What a repository shows beside its content, for comparing a class. People are counted, never named: `per_author` has
    the commits of each, most first, without bots. `hours` has the commits of each hour (of the author's own clock) of
    Monday to Sunday."""

    commits: int = 0
    main_commits: int = 0
    authors: int = 0
    per_author: tuple[int, ...] = ()
    merged_pull_requests: int = 0
    first_commit: str = ""
    last_commit: str = ""
    message_length: float = 0.0
    hours: tuple[tuple[int, ...], ...] = ()
    files: int = 0
    bytes: int = 0
    python_files: int = 0
    test_files: int = 0
    notebooks: int = 0
    docker_files: int = 0
    workflow_files: int = 0
    requirements_files: int = 0
    cloudbuild_files: int = 0
    dvc_files: int = 0
    readme_words: int = 0
    items: int = 0
    ticked: int = 0
    questions: int = 0
    answered: int = 0
    report_words: int = 0
    images: int = 0


class Noted(Record):
    """A finding as the page of a class lists it: its rule and standing, the item or question (by its id) that it is about,
    who made it, and the words it is about. `place` is its line in the report and `link` that line at the repository's host,
    `since` how it stands to an earlier audit (empty where none was named), `decision` what a person made of it (empty for nothing)."""

    level: Level
    rule: str
    about: str
    by: str
    line: int
    quote: str
    standing: Standing = "finding"
    fingerprint: str = ""
    formerly: tuple[str, ...] = ()
    place: str = ""
    difference: str = ""
    link: str = ""
    since: Literal["", "new", "still"] = ""
    decision: str = ""


class GroupEntry(Record):
    """One group in the summary of a class; its record is `groups/<name>.json`. `due` is the deadline of a commit that the list names, `key` what it was audited from, empty where
    it has to be audited again: an `error`, or answers that a judge still owes. Of the `items`, `open_boxes` are not ticked. `levels` counts what stands as a finding, `standings` all.
    `around` is by what its page is known: its neighbours, the decisions and the earlier audit that it was made with. `gone` counts
    the findings of that earlier audit that are no longer there, which `gone_findings` lists, `decided` the findings by what a person made of them (`confirmed`,
    `ask`, `dismissed`, `undecided`); of what is dismissed nothing else is counted.
    `ended_early` says that the time was over before all was looked at. `files` are the sizes and hashes of its files, by their endings: kept with the entry, and in no summary."""

    id: str
    name: str
    repo: str
    key: str = ""
    error: str = ""
    commit: str = ""
    commit_time: str = ""
    later_commits: int = 0
    due: str = ""
    report_path: str = ""
    levels: dict[Level, int] = Field(default_factory=dict)
    standings: dict[Standing, int] = Field(default_factory=dict)
    labels: dict[Label, int] = Field(default_factory=dict)
    items: dict[str, Label] = Field(default_factory=dict)
    open_boxes: tuple[str, ...] = ()
    findings: tuple[Noted, ...] = ()
    judged: int = 0
    unjudged: tuple[str, ...] = ()
    ended_early: bool = False
    report_state: ReportState | None = None
    usage: Usage = Usage()
    statistics: Statistics = Statistics()
    around: str = ""
    gone: int = 0
    gone_findings: tuple[Gone, ...] = ()
    decided: dict[str, int] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict, exclude=True)
