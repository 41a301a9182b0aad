"""Programs and actions that are known: what they do is read elsewhere (test runners, linters, deployers), or is certainly
something else than what is asked of CI. Anything else may be just that, and is a hole."""

import re

from auditor.lazy import compile_later
from auditor.readers.shell import Command

# one word each; those that start what their words name are followed before anybody looks here
_PROGRAM_NAMES = """
    : . [ [[ alias awk basename bg break case cat cd chmod chown clear column comm command continue cp cut date dd declare
    df diff dirname dirs disown do done du echo elif else esac eval exec exit export expr false fg fi file find fold for
    free function getopts grep egrep fgrep rg fd gunzip gzip head hostname iconv id if in install jobs jq yq kill killall
    pkill let ln local locate ls lsof lsb_release lscpu md5 md5sum mkdir mktemp more less mount mv nl nproc od paste patch
    popd printenv printf ps pushd pwd read readonly realpath return rev rm rmdir sed select seq set sha1sum sha256sum shasum
    shift shopt shuf sleep sort source split stat stty su sudo sum sync sysctl tac tail tar tee test then time timeout top
    touch tput tr trap tree true tty type ulimit umask umount uname unalias uniq unset until unxz unzip update-alternatives
    uptime wait watch wc which whereis while who whoami xz yes zip bzip2 zstd 7z base64 bc cmp envsubst openssl rsync scp
    ssh ssh-add ssh-agent ssh-keygen ssh-keyscan sftp ftp nc netcat nslookup dig host ping curl wget http https aria2c
    httpie gpg gpg2 ldconfig locale locale-gen localectl logger logname lspci nvidia-smi useradd usermod groupadd
    adduser addgroup getent groups chgrp passwd systemctl service crontab mountpoint mkfs fallocate swapon swapoff losetup
    start-process write-host write-output invoke-webrequest iwr new-item remove-item set-item copy-item move-item
    get-content set-content expand-archive get-childitem set-executionpolicy out-file add-content start-sleep
    ipconfig taskkill tasklist where setx copy xcopy del dir md rd ren echo.

    git git-lfs gh hub glab svn hg
    apt apt-get apt-key apt-cache add-apt-repository dpkg yum dnf rpm apk pacman zypper brew port choco winget scoop snap
    flatpak
    pip pip3 pip-compile pip-sync pipx uv poetry pdm rye hatch pipenv conda mamba micromamba virtualenv venv ensurepip
    pyenv rustup cargo-binstall nvm n fnm volta corepack npm yarn pnpm bun npx gem bundle cargo rustc go gcc g++
    cc clang cmake ld ar javac tsc asdf mise rtx devbox sdk setuptools
    activate deactivate python python3 py python.exe pip.exe ipython

    docker docker-compose docker-buildx podman nerdctl buildah buildx skopeo crane kaniko executor pack skaffold bentoml
    cog trivy grype syft cosign hadolint dive containerd ctr
    gcloud gsutil bq cloud_sql_proxy cloud-sql-proxy az aws s3cmd eksctl sam cdk kubectl kubectx helm kustomize
    minikube kind k3d terraform tofu terragrunt packer pulumi ansible vault heroku flyctl fly railway
    vercel netlify firebase wrangler doctl linode-cli oc doppler serverless sls eb copilot databricks runpod
    runpodctl lightning
    dvc cml wandb mlflow clearml neptune aim tensorboard huggingface-cli hf kaggle gdown roboflow ollama zenml prefect
    airflow dagster dvclive torchrun accelerate deepspeed ray optuna
    jupyter jupyter-nbconvert papermill nbconvert nbstripout quarto pandoc latexmk pdflatex xelatex mkdocs mike sphinx-build
    sphinx-apidoc sphinx-autobuild pdoc pdoc3 zensical ghp-import gh-pages doxygen jekyll hugo mkdocs-jupyter typst
    cookiecutter copier cruft pre-commit prek commitizen cz semantic-release bump2version bumpversion bump-my-version
    towncrier git-cliff twine build flit check-manifest auditwheel cibuildwheel tbump versioneer setup.py
    uvicorn gunicorn hypercorn fastapi flask django-admin streamlit gradio chainlit celery nginx caddy redis-server
    redis-cli psql pg_isready mysql mysqladmin mongo mongosh sqlite3 prometheus grafana-cli grafana-server alembic
    bentoctl torchserve torch-model-archiver tritonserver mosquitto rabbitmqctl minio mc ngrok
    codecov coveralls codecovcli cc-test-reporter sonar-scanner genbadge coverage-badge coverage-lcov diff-cover
    xvfb-run xvfb openbox playwright chromedriver geckodriver selenium-side-runner ffmpeg convert magick dot graphviz
    pytest py.test unittest nose2 nosetests behave ward robot coverage locust k6 vegeta artillery wrk hey oha ab siege
    jmeter bombardier schemathesis newman
    ruff flake8 pylint mypy dmypy pyright basedpyright pyre pyflakes pycodestyle pydocstyle bandit prospector pylama
    vulture codespell pydoclint black isort docformatter autopep8 yapf blue ty pyrefly nbqa typos autoflake pyupgrade
    safety pip-audit pip-licenses liccheck licensecheck radon xenon interrogate deptry import-linter lint-imports yamllint
    shellcheck markdownlint actionlint prettier eslint stylelint gitleaks detect-secrets trufflehog semgrep ssort
    none autotyping autotype monkeytype pyannotate docstr-coverage
    cfn-lint sqlfluff taplo pip-check pipdeptree johnnydep
    cprofile pyinstrument py-spy scalene memray snakeviz timeit http.server json.tool zipfile compileall site sysconfig
    pydoc ast dis nltk.downloader spacy uuid webbrowser calendar platform torch.distributed.run
    torch.distributed.launch torch.utils.collect_env grpc_tools.protoc protoc ipykernel jupytext pytest_cov
"""
_PROGRAMS = frozenset(_PROGRAM_NAMES.split())


def known_program(command: Command) -> bool:
    """Whether what a command does is read elsewhere, or certainly nothing that is asked for. What is no name of a program
    (a piece of shell, an expression) is taken as known."""
    name = command.program.lower().removesuffix(".exe").removesuffix(".cmd").removesuffix(".bat")
    if not re.fullmatch(r"[a-z_][\w.+-]*", name) or set(command.words) & {"--version", "--help"}:
        return True
    return name in _PROGRAMS or re.fullmatch(r"(python|pip|py|gcc|g\+\+|clang)-?[\d.]+", name) is not None


_OWNER_NAMES = """
    actions docker google-github-actions astral-sh codecov aws-actions azure hashicorp github peaceiris pypa conda-incubator
    mamba-org prefix-dev pre-commit iterative snok abatilo softprops stefanzweifel peter-evans tj-actions dorny jamesives
    nwtgck py-actions pdm-project tox-dev j178 pavelzw coverallsapp sonarsource aquasecurity anchore sigstore step-security
    superfly cloudflare redhat-actions digitalocean hetznercloud pulumi opentofu gruntwork-io slackapi actions-rs dtolnay
    swatinem ruby pnpm oven-sh denoland crazy-max hadolint reviewdog psf pycqa rickstaa jakebailey super-linter
    oxsecurity trunk-io chartboost microsoft ad-m endbug
    rtcamp dawidd6 mikepenz irongut gaurav-nelson lycheeverse crate-ci wagoid amannn
    webfactory appleboy burnett01 cicirello mxschmitt jlumbroso easimon
    release-drafter googleapis python-semantic-release commitizen-tools ncipollo svenstaro
    jwlawson lukka awalsh128 gerlero nick-invision nick-fields marocchino thollander int128 fkirc
    benc-uk dependabot renovatebot rhysd ilammy msys2 egor-tensin supercharge
    shogo82148 harmon758 browser-actions nanasess gabrielbb coactions jetify-com jdx extractions
"""
_OWNERS = frozenset(_OWNER_NAMES.split())
_TEST_LIKE = compile_later(r"test|lint|qualit|check(?!out|sum)|type|style|format|analy|ci$|deploy|verif|valid")
_PLAIN = compile_later(
    r"(^|[/_-])(setup|install|checkout|cache|login|auth|upload|download|release|comment|label|labeler|notify|slack|discord|"
    r"badge|changed-files|paths-filter|free-disk-space|tag|bump|version|stale|pages|wait|sleep|commit|push|merge|approve|"
    r"automerge|assign|readme|contributors|crlf|spelling|links?|size|todo|cleanup|delete|env|dotenv|ssh|scp|mirror|sync|welcome|retry|xvfb)([/_-]|$)"
)


def known_action(name: str) -> bool:
    """Whether an action of another repository is known: by its owner, or by a name that says that it does something else."""
    low = name.lower()
    owner, _, rest = low.partition("/")
    if owner in _OWNERS:
        return True
    return bool(_PLAIN.search(rest)) and not _TEST_LIKE.search(rest)
