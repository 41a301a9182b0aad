"""Which jobs of GitLab can be in a pipeline that starts by itself."""

import pytest
from conftest import ask

from auditor.repository import History

MAIN = History(default_branch="main", branches=("main", "dev"))


@pytest.mark.parametrize(
    ("rules", "outcome"),
    [
        ("[{if: '$CI_COMMIT_BRANCH == \"main\"'}]", "found"),
        ("[{if: '$CI_COMMIT_BRANCH == \"dev\"'}]", "found"),
        ("[{if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'}]", "found"),
        ("[{if: '$CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH'}]", "found"),
        ("[{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]", "found"),
        ("[{if: $CI_MERGE_REQUEST_IID}, {when: never}]", "found"),
        ("[{if: $CI_COMMIT_TAG}]", "found"),
        ("[{if: '$CI_COMMIT_TAG =~ /^v/'}]", "found"),
        ("[{if: '$CI_COMMIT_BRANCH =~ /^feature-/'}]", "found"),  # such a branch may come and go
        ("[{if: $RUN_LINT}]", "found"),  # may be set in the project's settings
        ("[{if: '$CI_PIPELINE_SOURCE == \"schedule\"'}]", "found"),
        ("[{changes: [src/**]}]", "found"),
        ("[{if: '$CI_COMMIT_BRANCH == \"main\"', when: never}, {when: on_success}]", "found"),
        ("[{if: '$CI_COMMIT_BRANCH == \"x\"'}, {if: $CI_MERGE_REQUEST_ID}]", "found"),
        ('[{if: \'($CI_COMMIT_BRANCH == "x" || $CI_COMMIT_BRANCH == "main") && $CI_COMMIT_TAG == null\'}]', "found"),
        ("[{if: 'not an expression'}]", "found"),
        ("[{if: '$CI == \"true\"'}]", "found"),
        ("[{if: '$CI_COMMIT_BRANCH == \"x\"'}]", "absent"),
        ("[{if: '\"x\" == $CI_COMMIT_BRANCH'}]", "absent"),
        ("[{if: '$CI_COMMIT_BRANCH == \"x\" && $RUN_LINT'}]", "absent"),
        ("[{if: '$CI_COMMIT_BRANCH == \"main\"', when: manual}]", "absent"),
        ("[{when: never}]", "absent"),
        ("[{when: never}, {if: '$CI_COMMIT_BRANCH == \"main\"'}]", "absent"),
        ("[{if: '$CI == \"true\"', when: never}, {when: always}]", "absent"),
        ("[{if: '$CI_PIPELINE_SOURCE == \"web\"'}]", "absent"),
        ("[{if: '$MODE == \"off\"'}]", "absent"),
        ("[{if: '$MODE == \"on\"'}]", "found"),
    ],
)
def test_rules(rules: str, outcome: str) -> None:
    text = f"variables: {{MODE: 'on'}}\nlint:\n  script: ruff check .\n  rules: {rules}\n"
    assert ask("ci-lints", {".gitlab-ci.yml": text}, history=MAIN).outcome == outcome


@pytest.mark.parametrize(
    ("rules", "outcome"),
    [
        ("[{if: '$CI_COMMIT_BRANCH == \"main\"'}]", "found"),
        ("[{if: '$CI_COMMIT_BRANCH == \"x\"'}]", "absent"),
        ("[{if: '$CI_PIPELINE_SOURCE == \"web\"'}, {when: never}]", "absent"),
        ("[{if: $CI_MERGE_REQUEST_IID}]", "absent"),  # the job wants a tag
    ],
)
def test_rules_of_the_whole_workflow(rules: str, outcome: str) -> None:
    job = "[{if: $CI_COMMIT_TAG}]" if "IID" in rules else "[{when: on_success}]"
    text = f"workflow: {{rules: {rules}}}\nlint:\n  script: ruff check .\n  rules: {job}\n"
    assert ask("ci-lints", {".gitlab-ci.yml": text}, history=MAIN).outcome == outcome


def test_rules_stand_for_the_jobs_when() -> None:
    job = "lint:\n  script: ruff check .\n  when: manual\n"
    assert ask("ci-lints", {".gitlab-ci.yml": job}, history=MAIN).outcome == "absent"
    plain = job + "  rules: [{if: $CI_COMMIT_TAG}]\n"
    assert ask("ci-lints", {".gitlab-ci.yml": plain}, history=MAIN).outcome == "absent"
    said = job + "  rules: [{if: $CI_COMMIT_TAG, when: on_success}]\n"
    assert ask("ci-lints", {".gitlab-ci.yml": said}, history=MAIN).outcome == "found"


def test_an_unknown_default_branch_rules_nothing_out() -> None:
    text = "lint:\n  script: ruff check .\n  rules: [{if: '$CI_COMMIT_BRANCH == \"x\"'}]\n"
    assert ask("ci-lints", {".gitlab-ci.yml": text}).outcome == "found"


def test_deep_and_long_expressions_are_unknown() -> None:
    for odd in ("(" * 500 + "$A" + ")" * 500, "$A && " * 1000 + "$A", "$A =~ /(a+)+$/"):
        text = f"lint:\n  script: ruff check .\n  rules: [{{if: '{odd}'}}]\n"
        assert ask("ci-lints", {".gitlab-ci.yml": text}, history=MAIN).outcome == "found"
