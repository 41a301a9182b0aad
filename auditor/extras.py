"""What only some uses need, and what is said where it is not installed."""

from importlib import metadata
from importlib.util import find_spec

from auditor.errors import UserError

_MODULES = {
    "judge": ("openai", "instructor", "tenacity"),
    "figures": ("PIL",),
    "dask": ("distributed",),
    "view": ("starlette", "uvicorn"),
}


def need(extra: str, what: str) -> None:
    """UserError with the command that installs it, unless the libraries of an extra are there. Nothing is imported.

    The command names the libraries and never auditor itself: on a public index that name may be somebody else's."""
    missing = [m for m in _MODULES[extra] if find_spec(m) is None]
    if missing:
        names = " ".join(f"'{r}'" for r in _requirements(extra)) or " ".join(missing)
        raise UserError(
            f"{what} needs what is not installed ({', '.join(missing)})", f"install it: pip install {names}"
        )


def _requirements(extra: str) -> list[str]:
    """What the installed package says that an extra needs, without its conditions."""
    try:
        said = metadata.requires("auditor") or []
    except metadata.PackageNotFoundError:  # run from a folder
        return []
    return [r.partition(";")[0].strip() for r in said if f'extra == "{extra}"' in r.replace("'", '"')]
