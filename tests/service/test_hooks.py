"""What one room lets others do is hung up in one place, and missed where it is not."""

import importlib
import pkgutil

import pytest

import app
from app.core.hooks import Hook


def all_hooks() -> dict[str, Hook[...]]:
    """Return every hook of the application, by the module and name that it is called by."""
    found: dict[str, Hook[...]] = {}
    for module in pkgutil.walk_packages(app.__path__, "app."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Hook):
                found[f"{module.name}.{name}"] = value
    return found


def test_something_hangs_on_every_hook() -> None:
    hooks = all_hooks()
    assert len({id(hook) for hook in hooks.values()}) >= 3
    assert [name for name, hook in hooks.items() if not hook.is_set] == []


def test_a_hook_on_which_nothing_was_hung_is_an_error() -> None:
    forgotten: Hook[[str]] = Hook("forgotten")
    with pytest.raises(RuntimeError, match=r"hook forgotten: call app\.hooks\.register first"):
        forgotten("something happened")
    said: list[str] = []
    forgotten.set(said.append)
    forgotten("something happened")
    assert said == ["something happened"]
