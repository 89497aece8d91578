"""Joining a module or a style sheet with all that it imports, so that a browser asks once.

The sources stay one file a behaviour. Modules have the few forms of import and export that are
named below; a source map leads a debugger back to the file and line that somebody wrote. Comments
stay in the sources: they were a tenth of what the first page brings.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

_IMPORT = re.compile(
    r"^import (?:(?:\* as (?P<namespace>\w+)|\{(?P<names>[^}]*)\}) from )?"
    r"'\./(?P<file>[\w-]+\.mjs)';$",
    re.MULTILINE,
)
_EXPORT = re.compile(r"^export (?P<kept>(?:const|(?:async )?function) (?P<name>\w+))", re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export \{(?P<names>[\w\s,]*)\};$", re.MULTILINE)
_NAME = re.compile(r"\s*(?P<theirs>\w+)(?: as (?P<ours>\w+))?\s*")
_UNKNOWN = re.compile(r"^(?:import|export)\b|\bimport\(", re.MULTILINE)

_STYLE_IMPORT = re.compile(
    r'^@import url\("(?P<file>[\w-]+\.css)"\)'
    r"(?: layer\((?P<layer>\w+)\))?(?: (?P<media>[^;\n]+))?;$",
    re.MULTILINE,
)

# A comment that has its lines for itself. In a template literal such a line would be text: ours
# have none, as a test sees to.
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)$", re.MULTILINE)
_STYLE_COMMENT = re.compile(r"\s*/\*.*?\*/", re.DOTALL)

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

ReadText = Callable[[str], str]


class CannotJoin(Exception):
    """A file has a form that is not one of ours; the message names file and line."""


class Joined(NamedTuple):
    """A joined module: its text, and its source map as JSON."""

    text: str
    source_map: str


class _Module(NamedTuple):
    """A module as the body of a function: lines as in the source, and the names it exports."""

    source: str
    body: str
    imports: Mapping[str, list[str]]
    exports: list[str]


def join_modules(name: str, read: ReadText) -> Joined:
    """Join a module with all that it imports, each once, in the order in which a browser runs them.

    `read` gives a file's text by its name. Each module becomes a function that runs at once and
    returns what it exports; the whole exports what the module itself does.

    Raises: CannotJoin (a form that is none of ours, a circle, a name that is not exported).
    """
    modules: dict[str, _Module] = {}
    _collect(name, read, modules, ())
    lines = ["const __modules = {};"]
    places: list[tuple[int, int] | None] = [None]
    for number, (file, module) in enumerate(modules.items()):
        body = module.body.rstrip("\n").split("\n")
        lines += [
            f"__modules['{file}'] = (() => {{",
            *body,
            f"return {{{', '.join(module.exports)}}};",
            "})();",
        ]
        places += [None, *((number, line) for line in range(len(body))), None, None]
    if exports := modules[name].exports:
        lines.append(f"export const {{{', '.join(exports)}}} = __modules['{name}'];")
    lines.append(f"//# sourceMappingURL={name}.map\n")
    source_map = {
        "version": 3,
        "file": name,
        "sourceRoot": "modules",  # else the source would have the address of what it is joined in
        "sources": list(modules),
        "sourcesContent": [module.source for module in modules.values()],
        "names": [],
        "mappings": _mappings(places),
    }
    return Joined("\n".join(lines), json.dumps(source_map))


def join_styles(name: str, read: ReadText) -> str:
    """Put in place of each `@import` of a style sheet the file itself, in its layer and medium.

    Raises: CannotJoin (an import of another form).
    """

    def whole(found: re.Match[str]) -> str:
        text = f"/* {found['file']} */\n{join_styles(found['file'], read).strip()}"
        if found["media"]:
            text = f"@media {found['media']} {{\n{text}\n}}"
        if found["layer"]:
            text = f"@layer {found['layer']} {{\n{text}\n}}"
        return text

    source = _STYLE_COMMENT.sub("", read(name))
    for line in source.splitlines():
        if line.startswith(("@import", "@charset", "@namespace")) and not _STYLE_IMPORT.match(line):
            message = f"{name}: {line}"
            raise CannotJoin(message)
    return _STYLE_IMPORT.sub(whole, source)


def _collect(
    name: str, read: ReadText, modules: dict[str, _Module], above: tuple[str, ...]
) -> None:
    if name in modules:
        return
    if name in above:
        message = f"{name} imports itself, through {', '.join(above)}"
        raise CannotJoin(message)
    module = _read_module(name, read(name))
    for file, names in module.imports.items():
        _collect(file, read, modules, (*above, name))
        for each in names:
            if each not in modules[file].exports:
                message = f"{name} imports {each}, which {file} does not export"
                raise CannotJoin(message)
    modules[name] = module


def _read_module(name: str, source: str) -> _Module:
    imports: dict[str, list[str]] = {}
    exports: list[str] = []

    def imported(found: re.Match[str]) -> str:
        names = imports.setdefault(found["file"], [])
        if found["namespace"]:
            return f"const {found['namespace']} = __modules['{found['file']}'];"
        if found["names"] is None:
            return ""
        names += [each["theirs"] for each in _NAME.finditer(found["names"])]
        ours = found["names"].replace(" as ", ": ")
        return f"const {{{ours}}} = __modules['{found['file']}'];"

    def exported(found: re.Match[str]) -> str:
        exports.append(found["name"])
        return found["kept"]

    def listed(found: re.Match[str]) -> str:
        exports.extend(re.findall(r"\w+", found["names"]))
        return "\n" * found[0].count("\n")

    code = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source)
    body = _EXPORT_LIST.sub(listed, _EXPORT.sub(exported, _IMPORT.sub(imported, code)))
    if unknown := _UNKNOWN.search(body):
        line = body.count("\n", 0, unknown.start())
        message = f"{name}, line {line + 1}: {source.splitlines()[line]}"
        raise CannotJoin(message)
    return _Module(source, body, imports, exports)


def _mappings(places: list[tuple[int, int] | None]) -> str:
    """Return a source map's lines: for each, the number of the source and the line in it."""
    return ";".join(_segments(places))


def _segments(places: list[tuple[int, int] | None]) -> Iterator[str]:
    last_source = last_line = 0
    for place in places:
        if place is None:
            yield ""
            continue
        source, line = place
        yield "".join(map(_digits, (0, source - last_source, line - last_line, 0)))
        last_source, last_line = source, line


def _digits(value: int) -> str:
    """Return a number as source maps write it: base 64, five bits a digit, the sign last."""
    rest = (abs(value) << 1) | (value < 0)
    digits = ""
    while True:
        digit, rest = rest & 31, rest >> 5
        digits += _DIGITS[digit | (32 if rest else 0)]
        if not rest:
            return digits
