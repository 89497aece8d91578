"""The code of templates is kept, and never that of another text."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from app.web.templating import CompiledTemplates


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with one template, whose code may be kept."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "greeting.txt").write_text("Hello {{ name }}")
    return tmp_path


def greet(folder: Path, kept: Path) -> str:
    """Return what a new environment makes of the template."""
    loader = FileSystemLoader(folder)
    environment = Environment(
        loader=loader, autoescape=True, bytecode_cache=CompiledTemplates(kept)
    )
    return environment.get_template("greeting.txt").render(name="Ann")


def test_a_changed_template_is_compiled_anew(folder: Path) -> None:
    assert greet(folder, folder / "kept") == "Hello Ann"
    assert len(list((folder / "kept").iterdir())) == 1
    assert greet(folder, folder / "kept") == "Hello Ann"
    (folder / "greeting.txt").write_text("Good day {{ name }}")
    assert greet(folder, folder / "kept") == "Good day Ann"


@pytest.mark.parametrize("length", [0, 20, 80])
def test_code_that_was_cut_off_is_compiled_anew(folder: Path, length: int) -> None:
    greet(folder, folder / "kept")
    (file,) = (folder / "kept").iterdir()
    file.write_bytes(file.read_bytes()[:length])
    assert greet(folder, folder / "kept") == "Hello Ann"


def test_nothing_is_kept_where_nothing_can_or_may_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert greet(folder, folder / "nowhere" / "kept") == "Hello Ann"
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert greet(folder, folder / "kept") == "Hello Ann"
    assert not (folder / "kept").exists()
