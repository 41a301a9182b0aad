"""Every limit on what one audit reads and does, in one table: its value, what it counts, and why.

A limit is asked before the work, on sizes and on the text as it stands, never after a parser has gone too deep. What a limit
leaves out is named in the record's `omitted`, and is a hole: a search that could have found something there ends with
`unknown`, never with `absent`. Work that no count foresees ends with the time or the memory of the audit (`auditor.deadline`).
"""

from auditor.lazy import dataclass


@dataclass(frozen=True)
class Limit:
    """So many of something, and no more. `of` says of what, in words that go on after the number; `why` is the reason."""

    value: int
    of: str
    why: str

    def __str__(self) -> str:
        return f"{self.value:,} {self.of}"


# -- the audit as a whole ----------------------------------------------------------------------------------------------

SECONDS = Limit(120, "seconds for one audit or check", "a hundred files take two; --timeout sets another")
MEGABYTES = Limit(2_000, "MB of memory for one audit or check", "a hundred files take 70; --memory sets another")
PIECE = Limit(5, "th of the time for one probe, fact, settler or reader", "the others still get their turn")
OPENING = Limit(
    2,
    "halves of the time, of which finding and opening the commit may take one",
    "without its history and its files there is nothing to look at",
)
ASKING = Limit(
    2,
    "halves of the time, of which writing a judge's requests may take one",
    "all that was read is packed; without them the rest of the audit stands",
)
READING = Limit(10, "th of the time for parsing one file", "what else the probe looks at still counts")
PAGE = Limit(40, "th of the time for laying out one part of a page", "what takes longer stands as it was typed")
LAST = Limit(10, "th of the time for the record and its page", "what was found is worth little where it is not written")

# -- the commit --------------------------------------------------------------------------------------------------------

PATHS = Limit(
    20_000, "tracked files", "each is held against the globs of every probe; more are data, or a bomb of shared trees"
)
ALL_PATHS = Limit(
    60_000, "tracked files, images and other binaries among them", "each takes a quarter of a millisecond and 4 kB"
)
PATH_CHARACTERS = Limit(4_000_000, "characters of tracked paths together", "a few shared trees can spell out gigabytes")
PATH_DEPTH = Limit(60, "folders in folders", "nobody's work lies deeper")
TEXT = Limit(1_000_000, "bytes of a text", "a larger one is data or generated")
NOTEBOOK = Limit(12_000_000, "bytes of a notebook", "notebooks carry their outputs")
LOCK = Limit(12_000_000, "bytes of a lock file", "lock files list every wheel")
ALL_TEXT = Limit(100_000_000, "bytes of text read together", "each different content counts once")
HASHED = Limit(
    50_000_000, "bytes of a file of the working tree that is compared with its commit by content", "larger ones by size"
)
IMAGE = Limit(700_000, "bytes of an image on the page", "screenshots of real reports have 50 to 700 kB")
IMAGES = Limit(4_000_000, "bytes of a report's images on the page", "a page is one file")

# -- one file ----------------------------------------------------------------------------------------------------------

NESTING = Limit(100, "levels of nesting", "native parsers go down one stack frame a level, and end the process at some")
PYTHON_NESTING = Limit(200, "levels of nested Python", "whoever walks a tree goes down two or three frames a level")
NODES = Limit(
    100_000, "nodes of a YAML or JSON file, aliases written out", "more are data; aliases of aliases grow without end"
)
STATEMENTS = Limit(
    50_000, "statements of a Python file", "each takes a kilobyte as a tree; a file of 5,000 is a large one"
)
ALL_NODES = Limit(2_000_000, "nodes of Python trees together", "of different files; they stay in memory")
KEY_PARTS = Limit(50, "parts of a key of TOML", "a dotted key is a table in a table for each")
ADDRESSES = Limit(
    1_200_000_000,
    "bytes of address space",
    "the parser of Dockerfiles sets a gigabyte aside, whatever it then uses",
)
SHELL_NESTING = Limit(12, "commands within commands of a shell", "each is read again as a script")
WORKFLOWS = Limit(100, "workflows", "each is held against the others that may start or call it")

# -- what is followed from file to file ---------------------------------------------------------------------------------

COMMANDS = Limit(500, "commands of one file", "more were not typed")
FOLLOWED = Limit(
    4_000, "commands that one step is followed to", "targets that call targets grow with the power of their depth"
)
STEPS = Limit(
    50_000,
    "steps of workflows in all combinations of their jobs",
    "a matrix multiplies what a job has, actions call actions, and each step is walked where it is called",
)
JOBS = Limit(300, "jobs and lines of a job of GitLab", "what jobs extend is written out for each")
TARGETS = Limit(200, "targets that one call of Earthly is followed to", "each is read again where it is called")
REFERENCES = Limit(200, "files that one list of packages may refer to", "each may refer to others")
PACKAGES = Limit(20_000, "packages that one file may list", "lock files of real projects have some hundreds")
EXPANSIONS = Limit(
    20_000, "expansions of variables of make in one job", "makefiles that call each other expand them anew"
)
EXPANSION = Limit(20_000, "characters that a variable of make may grow to", "variables of variables double at each")
PATTERN = Limit(20_000, "characters of a pattern for names or paths", "a longer one matches nothing: nobody types it")
PATTERNS = Limit(500, "patterns of one setting", "each is held against every file or test")
COMMAND = Limit(20_000, "characters of one command", "nobody types a longer one, and expressions read it several times")
EXPRESSION = Limit(4_000, "characters of an expression of a workflow", "nobody writes more")
SETTINGS = Limit(200_000, "bytes of a file of settings", "larger YAML is data")
MODEL = Limit(256_000_000, "bytes of a stored model that is looked into", "GitHub takes 100 MB; it is read into memory")
MODEL_HEADER = Limit(4_000_000, "bytes of a model's header, or of a pickle's program", "weights are not read")
TENSORS = Limit(5_000, "tensors of a model", "large networks have a thousand")
EVIDENCES = Limit(6, "pieces of evidence of one probe", "a reader looks at the first; their number is told")

# -- the report --------------------------------------------------------------------------------------------------------

LINES = Limit(20_000, "lines of the report", "a report has some hundreds")
REPORT = Limit(
    300_000,
    "characters of the report",
    "the longest have some 100,000, and each is parsed for headings, prose and page",
)
ROW = Limit(20_000, "characters of a line of the report", "a whole answer on one line has some 2,000")
SENTENCES = Limit(
    10_000, "sentences of the answers", "a report has some hundreds, and each is read for every form of claim"
)
CLAIMS = Limit(2_000, "claims of the answers", "each is settled, and a contradicted one is settled again in the past")
FINDINGS = Limit(2_000, "findings", "nobody reads more")

# -- files of a class and of a course -----------------------------------------------------------------------------------

OWN = Limit(256_000_000, "bytes of a file that is read back", "the record of a large submission has some millions")
LIST = Limit(20_000_000, "bytes of a list of groups", "ten thousand groups take two millions")
GIT_FILES = Limit(
    4_000,
    "entries of git's folders that are looked at before git is asked",
    "a clone has some hundreds; it takes 10 ms",
)
COURSE = Limit(1_000_000, "bytes of a profile, a template or an auditor.toml", "the largest profile has 50,000")

# -- a judge ------------------------------------------------------------------------------------------------------------

REPLY_BYTES = Limit(8_000_000, "bytes of a server's reply", "a reply has some thousands; a server may send without end")
REPLY_TEXT = Limit(2_000_000, "characters of a reply that are parsed", "a reply has some thousands")
REPLY_CLAIMS = Limit(800, "claims of one reply", "an answer holds some dozens")
BATCH_LINES = Limit(50_000, "lines of a file of replies", "a class of 1,000 groups has 28,000 questions")
BATCH_BYTES = Limit(200_000_000, "bytes of a file of replies", "it is read line by line")
PIXELS = Limit(40_000_000, "pixels of an image that a judge is shown", "a small file may unpack to gigabytes")
FIGURE = Limit(8_000_000, "bytes of an image that a judge is shown", "it is made smaller")


def table() -> dict[str, Limit]:
    """Every limit by its name, in the order of this file."""
    return {name: one for name, one in globals().items() if isinstance(one, Limit)}
