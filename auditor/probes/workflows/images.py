"""Images that are built by themselves."""

from collections.abc import Iterator

from auditor.facts.cloud import CONFIGURATION, SCRIPTS, TERRAFORM, cloud_build, gcloud_words, terraform
from auditor.facts.jobs import Run
from auditor.facts.programs import build_action, builds_image
from auditor.facts.workflows import CI, ci_workflows, doubt
from auditor.globs import matches
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.workflows.runs import ANY_WORKFLOW, cite, nearest, say
from auditor.readers.commands import commands
from auditor.readers.shell import Command
from auditor.readers.workflows import WORKFLOWS
from auditor.snapshot import Files


@probe(
    "image-build-automatic",
    asks="Does something build the container images automatically?",
    looks_in=(*CI, *SCRIPTS, *TERRAFORM, *CONFIGURATION),
    mentions=(
        *ANY_WORKFLOW,
        "docker",
        "podman",
        "buildah",
        "kaniko",
        "builds",
        "skaffold",
        "bentoml",
        "pack ",
        "acr build",
        "cloudbuild",
    ),
)
def image_build_automatic(files: Files) -> Iterator[Evidence]:
    """An image built by an active step of a workflow that a push, pull request, tag, release, schedule or another workflow
    starts for the default branch (`gcloud builds submit` counts if its file builds an image), a Cloud Build trigger in
    Terraform or a script, GitLab. A workflow that starts by hand or on a dead branch does not count; a Cloud Build file
    alone is `image-build-config`."""
    workflows = ci_workflows(files)
    nearest(
        files,
        (ci for ci in workflows if not ci.automatic),
        lambda r: builds_image(r.command) if isinstance(r, Run) else build_action(r),
    )
    doubt(ci for ci in workflows if ci.automatic)
    for ci in workflows:
        if not ci.automatic:
            continue
        for use in ci.uses:
            if what := build_action(use):
                yield use.file.cite(use.step.line, use.step.end, note=f"{what}; {say(ci)}")
        for run in ci.runs:
            if what := builds_image(run.command) or _submits_build(run.command):
                yield cite(run, ci, f"{what}; {say(ci)}")
    for file in files.matching(*TERRAFORM):
        for resource in terraform(file):
            if resource.kind == "google_cloudbuild_trigger":
                yield file.cite(resource.line, note="a Cloud Build trigger")
    for file in files.matching(*SCRIPTS):
        if "triggers" in file.text and not matches(file.path, WORKFLOWS):
            for command in commands(file):
                words = gcloud_words(command)
                if words[:3] in (("builds", "triggers", "create"), ("builds", "triggers", "import")):
                    yield file.cite(command.line, note="creates a Cloud Build trigger")


def _submits_build(command: Command) -> str:
    """Whether Cloud Build is asked to build without a file (what a file says is followed)."""
    if gcloud_words(command)[:2] != ("builds", "submit"):
        return ""
    named = any(w in ("-t", "--tag", "--pack") or w.startswith(("--tag=", "--pack=")) for w in command.bare)
    return "Cloud Build builds the image" if named else ""


@probe(
    "image-build-config",
    asks="Is there a Cloud Build file that builds a container image?",
    looks_in=CONFIGURATION,
    mentions=("cloud-builders", "kaniko", "docker"),
)
def image_build_config(files: Files) -> Iterator[Evidence]:
    """A weak sign: a Cloud Build file with a step that builds an image. What triggers it stands in the cloud's console, or
    nowhere. Files that only train or deploy do not count."""
    for file in files:
        build = cloud_build(file)
        for step in build.doing("build") if build else ():
            yield file.cite(step.line, step.end, note="the trigger, if there is one, is not in the repository")
