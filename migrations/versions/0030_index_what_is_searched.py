"""Keep an index of all that is searched: the sentences of texts, notes and comments.

The rules are those of app/text/search_words.py, which gives SQLite its functions.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

LONGEST_WORD = 100  # characters that are kept of a longer one

# The insides of brackets of regular expressions, for Python and PostgreSQL.
RAISED = "\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2120\u2122"  # they stand at a word, not in it
# Accents; points and vowels that Hebrew and Arabic may leave out; what has no width.
DROPPED = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
)
ALONE = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
SEPARATORS = (
    "\u0001-/:-@\\[-`{-\u00bf\u00d7\u00f7\u02b9-\u02df\u02e5-\u02ff\u0375\u037e\u0384\u0385\u0387\u03f6"
    "\u0482\u055a-\u055f\u0589-\u058f\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u0600-\u060f\u061b-\u061f"
    "\u066a-\u066d\u06d4\u06dd\u06de\u06e9\u06fd\u06fe\u0700-\u070f\u07f6-\u07f9\u0830-\u083e"
    "\u0964\u0965\u0970\u09f2\u09f3\u0df4\u0e3f\u0e4f\u0e5a\u0e5b\u0f01-\u0f17\u0f3a-\u0f3d"
    "\u104a-\u104f\u10fb\u1360-\u1368\u1400\u166d\u166e\u1680\u16eb-\u16ed\u1735\u1736\u17d4-\u17d6"
    "\u17d8-\u17db\u1800-\u180e\u1944\u1945\u2000-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020"
    "\u3030\u3036\u3037\u303d-\u303f\u309b\u309c\u30a0\u30fb\u3190\u3191\u3200-\u33ff\ua4fe\ua4ff"
    "\ua60d-\ua60f\ua673\ua67e\ua6f2-\ua6f7\ua874-\ua877\ua8ce\ua8cf\uabeb\ufd3e\ufd3f\ufdfc"
    "\ufdfd\ufe10-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff"
    "\U0001d000-\U0001d1ff\U0001f000-\U0001faff\U000e0000-\U000e0fff"
)
# These are letters of their own, not others with an accent.
KEPT = (
    *(("\u0438\u0306", "\u0439"), ("\u0418\u0306", "\u0439")),  # й
    *(("\u0443\u0306", "\u045e"), ("\u0423\u0306", "\u045e")),  # ў
)
# Letters that no normal form takes apart, beside those that become one letter.
TAKEN_APART = (
    *(("ß", "ss"), ("ẞ", "ss"), ("æ", "ae"), ("Æ", "ae"), ("œ", "oe"), ("Œ", "oe")),
    *(("þ", "th"), ("Þ", "th")),
)
_LIKE_ANOTHER = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i"}
# The scripts with capitals that are written today: Latin, Greek, Cyrillic, Armenian; Georgian.
_CAPITALS = (range(0xC0, 0x58A), range(0x1C90, 0x1CC0))


def _small_letters() -> dict[str, str]:
    taken = {letter for letter, _letters in TAKEN_APART}
    small = dict(_LIKE_ANOTHER)
    for letter in (chr(code) for codes in _CAPITALS for code in codes):
        folded = letter.casefold()
        if unicodedata.normalize("NFKD", letter) == letter and letter not in taken:
            small[letter] = _LIKE_ANOTHER.get(folded, folded)
    return {
        one: other
        for one, other in small.items()
        if one != other and len(other) == 1 and not unicodedata.combining(one)
    }


SMALL = _small_letters()

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
_COMMENTS = ("comments", "text", "-(4294967296 + {}.id)")

STATEMENTS = {
    "sqlite": (
        _SQLITE_TABLE,
        f"""CREATE TRIGGER articles_search_made AFTER INSERT ON articles
        WHEN {_SQLITE_IS_NEW} BEGIN{_SQLITE_TEXT} END""",
        f"""CREATE TRIGGER articles_search_changed AFTER UPDATE OF current_revision_id ON articles
        WHEN {_SQLITE_IS_NEW} BEGIN{_SQLITE_TEXT} END""",
        *_sqlite_triggers(*_NOTES),
        *_sqlite_triggers(*_COMMENTS),
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
    ),
}

FILL = {
    "sqlite": (
        _SQLITE_SENTENCES,
        _SQLITE_WORDS,
        """INSERT INTO search_index (rowid, words)
        SELECT -id, fold_words(note) FROM annotations WHERE note <> ''""",
        """INSERT INTO search_index (rowid, words)
        SELECT -(4294967296 + id), fold_words(text) FROM comments WHERE text <> ''""",
    ),
    "postgresql": (
        "DROP INDEX ix_search_index_words",
        "SELECT count(index_text(id)) FROM revisions",
        """INSERT INTO search_index (id, words)
        SELECT -id::bigint, vector_of(note) FROM annotations WHERE note <> ''""",
        """INSERT INTO search_index (id, words)
        SELECT -(4294967296 + id), vector_of(text) FROM comments WHERE text <> ''""",
        "CREATE INDEX ix_search_index_words ON search_index USING gin (words)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "search_sentences",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.id"], name=op.f("fk_search_sentences_revision_id")
        ),
        sa.PrimaryKeyConstraint("revision_id", "start", name=op.f("pk_search_sentences")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for statement in (*STATEMENTS[connection.dialect.name], *FILL[connection.dialect.name]):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    triggers = ("search_made", "search_changed", "search_removed")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, names in (
        ("articles", triggers[:2]),
        ("annotations", triggers),
        ("comments", triggers),
    ):
        if is_sqlite:
            for name in names:
                op.execute(f"DROP TRIGGER {table}_{name}")
        else:
            op.execute(f"DROP FUNCTION index_{table}() CASCADE")
    if not is_sqlite:
        for function in ("index_text(integer)", "vector_of(text)", "fold_words(text)"):
            op.execute(f"DROP FUNCTION {function}")
    op.drop_table("search_index")
    op.drop_table("search_sentences")
