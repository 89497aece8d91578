"""How templates find what all of them may use, and where what they are compiled to is kept."""

import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import jinja2
from flask.templating import Environment
from jinja2.bccache import Bucket


class TemplateEnvironment(Environment):
    """Flask's environment of templates, with their globals in a plain dictionary.

    Jinja joins them in a ChainMap, so that a global could still be added after a template was
    loaded. It goes through that, slowly, for each template that is drawn, included or imported;
    ours are all there when the first is loaded.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template."""
        return {**self.globals, **(d or {})}


class CompiledTemplates(jinja2.FileSystemBytecodeCache):
    """The code of templates in a folder of files, as Python keeps that of modules.

    A template whose text was changed is compiled again, and so are all by another Python or Jinja.
    After a change of how the environment compiles, such as `trim_blocks`, empty the folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), f"%s.jinja-{jinja2.__version__}")
        self.folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find the code of a template; a file that is cut off holds none."""
        try:
            super().load_bytecode(bucket)
        except (EOFError, UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template, if anything may be kept."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):  # as in a checkout that the server may not write
            self.folder.mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
