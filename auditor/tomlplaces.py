"""Where each key and value of a TOML file stands: the parser of the standard library gives values without lines."""

from auditor.lazy import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Places:
    """The line, from 1, of each table, key and value of a file, by its path: `("items", 3, "probes", 0)`."""

    lines: dict[Path, int]

    def line(self, *path: str | int) -> int:
        """The line of a path, or of what it is part of where it has none of its own."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


def places(text: str) -> Places:
    """The places of a text that is TOML; what the parser refuses is not looked at here."""
    reader = _Reader(text)
    reader.read()
    return Places(reader.found)


class _Reader:
    """Goes through the text once, from key to value; it trusts that the parser has taken the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.row = 1
        self.found: dict[Path, int] = {}
        self.lengths: dict[Path, int] = {}  # of arrays of tables, by path

    def read(self) -> None:
        table: Path = ()
        while self._blank(lines=True):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _peek(self, mark: str) -> bool:
        return self.text.startswith(mark, self.at)

    def _step(self, count: int = 1) -> None:
        self.row += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _blank(self, lines: bool = False) -> bool:
        """Passes over blanks and comments; whether something is left."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#":
                end = self.text.find("\n", self.at)
                self.at = end if end >= 0 else len(self.text)
            elif char in " \t\r" or (char == "\n" and lines):
                self._step()
            else:
                return True
        return False

    def _header(self) -> Path:
        many = self._peek("[[")
        row = self.row
        self._step(2 if many else 1)
        keys = self._keys()
        self._step(2 if many else 1)
        path: Path = ()
        for k, key in enumerate(keys):
            path = (*path, key)
            if path in self.lengths and not (many and k == len(keys) - 1):
                path = (*path, self.lengths[path] - 1)
        if many:
            self.lengths[path] = self.lengths.get(path, 0) + 1
            self.found.setdefault(path, row)
            path = (*path, self.lengths[path] - 1)
        self.found.setdefault(path, row)
        return path

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._blank()
            keys.append(self._key())
            self._blank()
            if not self._peek("."):
                return keys
            self._step()

    def _key(self) -> str:
        if self.text[self.at : self.at + 1] in ('"', "'"):
            return self._string()
        start = self.at
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] in "-_"):
            self.at += 1
        if self.at == start:  # nothing that a key is made of: go on behind it
            self._step()
        return self.text[start : self.at]

    def _pair(self, table: Path) -> None:
        row = self.row
        path: Path = table
        for key in self._keys():
            path = (*path, key)
            self.found.setdefault(path, row)
        if self._peek("="):
            self._step()
        self._value(path)

    def _value(self, path: Path) -> None:
        self._blank()
        self.found.setdefault(path, self.row)
        char = self.text[self.at : self.at + 1]
        if char in ('"', "'"):
            self._string()
        elif char == "[":
            self._step()
            count = 0
            while self._blank(lines=True) and not self._peek("]"):
                self._value((*path, count))
                count += 1
                if self._blank(lines=True) and self._peek(","):
                    self._step()
            self._step()
        elif char == "{":
            self._step()
            while self._blank(lines=True) and not self._peek("}"):
                self._pair(path)
                if self._blank(lines=True) and self._peek(","):
                    self._step()
            self._step()
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _string(self) -> str:
        quote = self.text[self.at]
        mark = quote * 3 if self._peek(quote * 3) else quote
        self._step(len(mark))
        start = self.at
        while self.at < len(self.text) and not self._peek(mark):
            self._step(2 if quote == '"' and self._peek("\\") else 1)
        said = self.text[start : self.at]
        self._step(len(mark))
        while len(mark) == 3 and self._peek(quote):  # quotes right before the end belong to the text
            self._step()
        return said
