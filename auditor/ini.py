"""Configuration in INI form: `setup.cfg`, `tox.ini`, `pytest.ini`, `.flake8`."""

from auditor.snapshot import File

Sections = dict[str, dict[str, str]]


def sections(file: File, without: str = "") -> Sections:
    """The sections of an INI file with their options, those without a value empty; none of one that does not parse. `without`
    names the section of a file that begins without one."""
    return file.once(f"ini {without}", lambda: _sections(file, without))


def _sections(file: File, without: str) -> Sections:
    import configparser  # only where there is one to read

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    text = file.text
    if without and not text.lstrip().startswith(("[", "#", ";")):
        text = f"[{without}]\n{text}"
    try:
        parser.read_string(text)
    except (
        configparser.Error,
        AttributeError,
    ) as error:  # of a value below a key that has none: the library's own fault
        said = str(error)[:80] if isinstance(error, configparser.Error) else "a value goes on that never began"
        file.cannot("ini", f"{file.path} does not parse as a configuration file ({said})")
        return {}
    return {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}
