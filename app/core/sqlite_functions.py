"""What SQLite calls of ours: the functions of every connection that Gloss opens."""

import json
from collections.abc import Iterator

from sqlalchemy.engine.interfaces import DBAPIConnection

from app.text.search_words import fold_words


def add_functions(connection: DBAPIConnection) -> None:
    """Give a connection to SQLite the functions that its statements and triggers call."""
    # SQLite's own folds ASCII alone: "É" would not be found by "é".
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.create_function("fold_words", 1, fold_words, deterministic=True)
    connection.create_function("sentence_places", 1, _sentence_places, deterministic=True)
    connection.create_function("sentence_words", 2, _sentence_words, deterministic=True)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _sentence_places(blocks: str) -> str:
    """Return the sentences of blocks, as JSON: start and end in the text, and the block's number.

    Of each block there are the number, the start in the text, and the sentences as they are stored.
    """
    return json.dumps(list(_sentences(blocks)))


def _sentence_words(text: str, blocks: str) -> str:
    """Return the start of each sentence of a text, and its words folded, as JSON."""
    found = _sentences(blocks)
    return json.dumps([[start, fold_words(text[start:end])] for start, end, _block in found])


def _sentences(blocks: str) -> Iterator[tuple[int, int, int]]:
    for number, start, sentences in json.loads(blocks):
        bounds = [start + int(bound) for bound in sentences.split()]
        for first, last in zip(bounds[::2], bounds[1::2], strict=True):
            yield first, last, number
