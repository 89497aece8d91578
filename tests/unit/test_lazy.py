"""Functions that are imported when they are first called."""

import pytest

from app.core.lazy import LazyFunction, load_all


def test_it_is_called_as_the_function_is() -> None:
    assert LazyFunction("json", "dumps")([1], indent=None) == "[1]"


def test_what_cannot_be_imported_is_logged_and_the_others_are_loaded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(LazyFunction, "known", [])
    wrong = [LazyFunction("app.nowhere", "view"), LazyFunction("app.web.health", "nowhere")]
    right = LazyFunction("app.web.health", "health")
    load_all()
    assert [record.message for record in caplog.records] == [
        "app.nowhere.view cannot be loaded",
        "app.web.health.nowhere cannot be loaded",
    ]
    assert "function" in vars(right)
    with pytest.raises(ModuleNotFoundError):
        wrong[0]()
