"""The files that the probes of data, model and training look in, and the words that they are about."""

import re

from auditor.lazy import compile_later
from auditor.readers.docker import DOCKERFILES
from auditor.readers.workflows import WORKFLOWS

NO_TESTS = ("!tests/**", "!test/**", "!**/tests/**", "!**/test_*.py", "!**/*_test.py", "!**/conftest.py")
CODE = ("**/*.py", "**/*.ipynb", *NO_TESTS)
SCRIPTS = ("**/*.sh", "**/makefile", "**/justfile", *DOCKERFILES, *WORKFLOWS)
DATA_WORD = compile_later(
    r"data(?!base|_?drift)|pre_?process|download|fetch|ingest|etl|prepar|split|tokeni[sz]|normali[sz]|corpus|loader|clean|features?\b|build_features"
    r"|transform|augment|scrap|extract|embed",
    re.IGNORECASE,
)
# not data of the training: what serves, watches, shows or profiles the model
ELSEWHERE = compile_later(
    r"(^|/)(api|apps?|endpoints?|frontend|backend|server|serving|streamlit|ui|web|monitoring|dashboard|load_?tests?)(/|\w*\.py$)|locust|drift|\bgui\b",
    re.I,
)
