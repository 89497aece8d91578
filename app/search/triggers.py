"""How the database itself keeps the index: what is made beside the tables, in SQL.

The index is one table, `search_index`: on SQLite of FTS5, without the texts, on PostgreSQL with a
`tsvector`. Its rows are told apart by their ids:

- a sentence of a revision has `revision * 2**32 + start`;
- the note of an annotation has `-annotation`; there is none of an empty note;
- a comment has `-(2**32 + comment)`; a deleted one stays, since it can be restored;
- the reason of a stance has `-(2**32 + annotation * 2**32 + account)`; there is none of an empty
  one.

`search_sentences` says which block a sentence belongs to and where it ends. Both are filled when
a revision becomes what is read of its article: a revision never changes. Words are folded as
`app/text/search_words.py` says.
"""

from app.text.search_words import (
    ALONE,
    DROPPED,
    KEPT,
    LONGEST_WORD,
    RAISED,
    SEPARATORS,
    SMALL,
    TAKEN_APART,
)

BITS = 32
BASE = 1 << BITS  # 4294967296: no offset and no id of ours is as large

# --- SQLite -------------------------------------------------------------------------------------
# `fold_words`, `sentence_places` and `sentence_words` are functions of every connection that Gloss
# opens (app/core/sqlite_functions.py). The words are folded before, so that the index itself splits
# at spaces alone: `ascii` takes every character beyond ASCII for a letter. It keeps no texts, and a
# row is deleted by giving its words once more. See https://www.sqlite.org/fts5.html.

_SQLITE_TABLE = (
    "CREATE VIRTUAL TABLE search_index USING fts5 (words, content = '', tokenize = 'ascii')"
)
_SQLITE_SENTENCES = """
INSERT INTO search_sentences (revision_id, start, "end", block)
SELECT revisions.id, json_extract(value, '$[0]'), json_extract(value, '$[1]'),
json_extract(value, '$[2]')
FROM revisions, json_each(sentence_places(
(SELECT json_group_array(json_array(number, start, sentences))
FROM blocks WHERE revision_id = revisions.id)))"""
_SQLITE_WORDS = """
INSERT INTO search_index (rowid, words)
SELECT revisions.id * 4294967296 + json_extract(value, '$[0]'), json_extract(value, '$[1]')
FROM revisions, json_each(sentence_words(revisions.text,
(SELECT json_group_array(json_array(number, start, sentences))
FROM blocks WHERE revision_id = revisions.id)))"""
_OF_NEW = " WHERE revisions.id = NEW.current_revision_id;"
_SQLITE_TEXT = _SQLITE_SENTENCES + _OF_NEW + _SQLITE_WORDS + _OF_NEW
_SQLITE_IS_NEW = """NEW.current_revision_id IS NOT NULL AND NOT EXISTS (
SELECT 1 FROM search_sentences WHERE revision_id = NEW.current_revision_id)"""
_SQLITE_ADD = """
INSERT INTO search_index (rowid, words)
SELECT {new}, fold_words(NEW.{column}) WHERE NEW.{column} <> '';"""
_SQLITE_TAKE = """
INSERT INTO search_index (search_index, rowid, words)
SELECT 'delete', {old}, fold_words(OLD.{column}) WHERE OLD.{column} <> '';"""


def _sqlite_triggers(table: str, column: str, row_id: str) -> tuple[str, ...]:
    new, old = row_id.format("NEW"), row_id.format("OLD")
    add = _SQLITE_ADD.format(new=new, column=column)
    take = _SQLITE_TAKE.format(old=old, column=column)
    return (
        f"""CREATE TRIGGER {table}_search_made AFTER INSERT ON {table}
        WHEN NEW.{column} <> '' BEGIN{add} END""",
        f"""CREATE TRIGGER {table}_search_changed AFTER UPDATE OF {column} ON {table}
        WHEN NEW.{column} <> OLD.{column} BEGIN{take}{add} END""",
        f"""CREATE TRIGGER {table}_search_removed AFTER DELETE ON {table}
        WHEN OLD.{column} <> '' BEGIN{take} END""",
    )


# --- PostgreSQL ---------------------------------------------------------------------------------
# The database's own parser would split, and its own `lower` fold, by whatever its locale says.


def _escape(characters: str) -> str:
    """Write the inside of brackets of a regular expression in ASCII."""
    return "".join(
        c if " " <= c <= "~" else f"\\u{ord(c):04x}" if ord(c) < 1 << 16 else f"\\U{ord(c):08x}"
        for c in characters
    )


_FROM, _TO = "".join(SMALL), "".join(SMALL.values())
_REPLACE = "\n".join(
    f"folded := replace(folded, '{one}', '{other}');" for one, other in (*KEPT, *TAKEN_APART)
)
_FOLD = f"""
CREATE FUNCTION fold_words(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE folded text := given;
BEGIN
IF octet_length(folded) > length(folded) THEN
folded := normalize(regexp_replace(folded, '[{_escape(RAISED)}]', ' ', 'g'), NFKD);
{_REPLACE}
folded := regexp_replace(folded, '[{_escape(DROPPED)}]+', '', 'g');
IF folded ~ '[{_escape(_FROM)}]' THEN
folded := translate(folded, '{_FROM}', '{_TO}');
END IF;
folded := regexp_replace(normalize(folded, NFC), '([{_escape(ALONE)}])', ' \\1 ', 'g');
END IF;
folded := regexp_replace(lower(folded COLLATE "C"), '[{_escape(SEPARATORS)}]+', ' ', 'g');
RETURN btrim(regexp_replace(folded, '([^ ]{{{LONGEST_WORD}}})[^ ]+', '\\1', 'g'), ' ');
END $$"""
_VECTOR = """
CREATE FUNCTION vector_of(given text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT coalesce(string_agg(word || ':' || least(place, 16383), ' '), '')::tsvector
FROM unnest(string_to_array(fold_words(given), ' ')) WITH ORDINALITY AS words (word, place)
WHERE word <> ''
$$"""
# `substr` counts characters from the beginning of a text: for each sentence of a long one that
# would take hours. So it goes through the bytes, a few more of them than the sentence can have.
_INDEX_TEXT = """
CREATE FUNCTION index_text(wanted integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
bytes bytea;
piece bytea;
characters text;
sentence record;
at integer := 1;
place integer := 0;
size integer;
BEGIN
SELECT convert_to(text, 'UTF8') INTO bytes FROM revisions WHERE id = wanted;
FOR sentence IN
SELECT blocks.number AS block,
blocks.start + bounds[i] AS first, blocks.start + bounds[i + 1] AS last
FROM blocks
CROSS JOIN LATERAL (
SELECT string_to_array(nullif(sentences, ''), ' ')::integer[] AS bounds) AS each
CROSS JOIN LATERAL generate_series(1, cardinality(bounds), 2) AS i
WHERE revision_id = wanted ORDER BY first
LOOP
size := 4 * (sentence.last - place + 1);
piece := substring(bytes FROM at FOR size);
size := octet_length(piece);
IF at + size <= octet_length(bytes) THEN
WHILE get_byte(piece, size - 1) BETWEEN 128 AND 191 LOOP size := size - 1; END LOOP;
size := size - 1;
END IF;
characters := left(convert_from(substring(piece FROM 1 FOR size), 'UTF8'), sentence.last - place);
INSERT INTO search_sentences (revision_id, start, "end", block)
VALUES (wanted, sentence.first, sentence.last, sentence.block);
INSERT INTO search_index (id, words) VALUES (wanted::bigint * 4294967296 + sentence.first,
vector_of(substr(characters, sentence.first - place + 1)));
at := at + octet_length(characters);
place := sentence.last;
END LOOP;
END $$"""
_INDEX_ARTICLE = """
CREATE FUNCTION index_articles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF NOT EXISTS (SELECT 1 FROM search_sentences WHERE revision_id = NEW.current_revision_id) THEN
PERFORM index_text(NEW.current_revision_id);
END IF;
RETURN NULL;
END $$"""
_ARTICLE_TRIGGER = """
CREATE TRIGGER articles_are_searched AFTER INSERT OR UPDATE OF current_revision_id ON articles
FOR EACH ROW WHEN (NEW.current_revision_id IS NOT NULL) EXECUTE FUNCTION index_articles()"""

_INDEX_ROW = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF TG_OP <> 'INSERT' THEN DELETE FROM search_index WHERE id = {old}; END IF;
IF TG_OP <> 'DELETE' THEN
INSERT INTO search_index (id, words) SELECT {new}, vector_of(NEW.{column}) WHERE NEW.{column} <> '';
END IF;
RETURN NULL;
END $$"""


def _postgresql_triggers(table: str, column: str, row_id: str) -> tuple[str, ...]:
    new, old = row_id.format("NEW"), row_id.format("OLD")
    name = f"index_{table}"
    run = f"FOR EACH ROW WHEN ({{}}) EXECUTE FUNCTION {name}()"
    return (
        _INDEX_ROW.format(name=name, column=column, old=old, new=new),
        f"""CREATE TRIGGER {table}_search_made AFTER INSERT ON {table}
        {run.format(f"NEW.{column} <> ''")}""",
        f"""CREATE TRIGGER {table}_search_changed AFTER UPDATE OF {column} ON {table}
        {run.format(f"NEW.{column} <> OLD.{column}")}""",
        f"""CREATE TRIGGER {table}_search_removed AFTER DELETE ON {table}
        {run.format(f"OLD.{column} <> ''")}""",
    )


# --- both ---------------------------------------------------------------------------------------

_NOTES = ("annotations", "note", "-{}.id")
_COMMENTS = ("comments", "text", f"-({BASE} + {{}}.id)")
_REASON_ID = f"-({BASE} + {{0}}.annotation_id * {BASE} + {{0}}.account_id)"
_REASONS = ("stances", "reason", _REASON_ID)

STATEMENTS = {
    "sqlite": (
        _SQLITE_TABLE,
        f"""CREATE TRIGGER articles_search_made AFTER INSERT ON articles
        WHEN {_SQLITE_IS_NEW} BEGIN{_SQLITE_TEXT} END""",
        f"""CREATE TRIGGER articles_search_changed AFTER UPDATE OF current_revision_id ON articles
        WHEN {_SQLITE_IS_NEW} BEGIN{_SQLITE_TEXT} END""",
        *_sqlite_triggers(*_NOTES),
        *_sqlite_triggers(*_COMMENTS),
        *_sqlite_triggers(*_REASONS),
    ),
    "postgresql": (
        "CREATE TABLE search_index (id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_search_index_words ON search_index USING gin (words)",
        _FOLD,
        _VECTOR,
        _INDEX_TEXT,
        _INDEX_ARTICLE,
        _ARTICLE_TRIGGER,
        *_postgresql_triggers(*_NOTES),
        *_postgresql_triggers(*_COMMENTS),
        *_postgresql_triggers(*_REASONS),
    ),
}
"""What to run once the tables are there, in order."""

FILL = {
    "sqlite": (
        "INSERT INTO search_index (search_index) VALUES ('delete-all')",
        "DELETE FROM search_sentences",
        _SQLITE_SENTENCES,
        _SQLITE_WORDS,
        """INSERT INTO search_index (rowid, words)
        SELECT -id, fold_words(note) FROM annotations WHERE note <> ''""",
        """INSERT INTO search_index (rowid, words)
        SELECT -(4294967296 + id), fold_words(text) FROM comments WHERE text <> ''""",
        """INSERT INTO search_index (rowid, words)
        SELECT -(4294967296 + annotation_id * 4294967296 + account_id), fold_words(reason)
        FROM stances WHERE reason <> ''""",
    ),
    "postgresql": (
        "TRUNCATE search_index, search_sentences",
        "DROP INDEX ix_search_index_words",
        "SELECT count(index_text(id)) FROM revisions",
        """INSERT INTO search_index (id, words)
        SELECT -id::bigint, vector_of(note) FROM annotations WHERE note <> ''""",
        """INSERT INTO search_index (id, words)
        SELECT -(4294967296 + id), vector_of(text) FROM comments WHERE text <> ''""",
        """INSERT INTO search_index (id, words)
        SELECT -(4294967296 + annotation_id * 4294967296 + account_id), vector_of(reason)
        FROM stances WHERE reason <> ''""",
        "CREATE INDEX ix_search_index_words ON search_index USING gin (words)",
    ),
}
"""What rebuilds the index out of all that it is of."""
