"""What people are told of events stands in whole sentences, of which a catalogue can be made."""

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from string import Formatter

import pytest

from app.activity.pages import event_text as activity
from app.activity.pages.event_groups import GROUPS
from app.annotations.pages import event_text as annotations
from app.annotations.service.annotations import CHANGED
from app.discussion.pages import event_text as discussion
from app.parties.pages import event_text as parties
from tests.harness.documents import ROOT

EVENT_TEXTS = sorted((ROOT / "app").glob("*/pages/event_text.py"))
PAGES = (
    *("imports/pages.py", "inbox/pages.py"),
    *("library/pages/assignments.py", "people/pages.py"),
)
MODULES = [*EVENT_TEXTS, *(ROOT / "app" / name for name in PAGES)]

Sentences = Mapping[str, str | Mapping[str, str]]


def sentences_of(name: str) -> Sentences:
    """Return the table of sentences of a module, by the path of its file."""
    module = import_module(name.removesuffix(".py").replace("/", "."))
    sentences: Sentences = module.SENTENCES
    return sentences


def flat(sentences: Sentences) -> Iterator[tuple[str, str]]:
    """Yield each case with its sentence."""
    for name, sentence in sentences.items():
        if isinstance(sentence, str):
            yield name, sentence
        else:
            yield from sentence.items()


NAMES = [path.relative_to(ROOT).as_posix() for path in MODULES]


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_is_whole_and_names_its_parts(name: str) -> None:
    for case, sentence in flat(sentences_of(name)):
        assert sentence, case
        assert sentence == sentence.strip(" ,;:"), f"{case}: a piece of a sentence"
        for _text, part, _spec, _conversion in Formatter().parse(sentence):
            assert part is None or part[:1].isalpha(), f"{case}: a part without a name"


@pytest.mark.parametrize("name", NAMES[: len(EVENT_TEXTS)])
def test_no_event_text_is_glued_together(name: str) -> None:
    """An f-string may only make the name of a case, and a list has nothing but commas."""
    sentences = sentences_of(name)
    cases = [*sentences, *(case for case, _sentence in flat(sentences))]
    for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
        match node:
            case ast.BinOp(op=ast.Add(), right=ast.Constant(value="…")):
                pass  # a quote that is cut short
            case ast.BinOp(op=ast.Add()) | ast.AugAssign(op=ast.Add()):
                pytest.fail(f"{name}:{node.lineno} adds: make it a sentence of SENTENCES")
            case ast.Call(func=ast.Attribute(attr="join", value=ast.Constant(value=between))):
                assert between in {", ", " "}, f"{name}:{node.lineno} joins with words"
            case ast.JoinedStr(values=values):
                for each in values:
                    if isinstance(each, ast.Constant) and isinstance(each.value, str):
                        is_of_case = any(each.value in case for case in cases)
                        assert is_of_case, f"{name}:{node.lineno} says {each.value!r} outside"


def test_every_kind_of_event_has_a_sentence() -> None:
    kinds = {kind for group in GROUPS.values() for kind in group.kinds}
    elsewhere = {CHANGED, *annotations.SENTENCES, *discussion.KINDS, *parties.SENTENCES}
    assert kinds <= elsewhere | set(activity.SENTENCES)
    assert not elsewhere & set(activity.SENTENCES)


def test_a_kind_with_more_than_one_sentence_says_which() -> None:
    several = {kind for kind, each in activity.SENTENCES.items() if not isinstance(each, str)}
    assert set(activity.CASES) == several
