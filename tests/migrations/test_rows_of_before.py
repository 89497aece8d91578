"""What becomes of rows that were there before a migration: each gets what it lacks."""

from alembic import command
from sqlalchemy import text

from app.accounts.avatars import colour_for
from app.core.db import Database
from app.core.migrate import alembic_config, migrating, upgrade
from tests.harness.sql import execute


def test_accounts_of_before_colours_get_one(empty_database_url: str) -> None:
    config = alembic_config()
    config.attributes["database_url"] = empty_database_url
    command.upgrade(config, "0007")
    row = (
        "INSERT INTO accounts (name, email, password_hash, letter_keys, created_at)"
        " VALUES ('{0}', '{0}@example.org', 'x', true, '2025-01-13 00:00:00')"
    )
    execute(empty_database_url, *(row.format(name) for name in "abc"))
    upgrade(empty_database_url)
    with migrating(empty_database_url) as connection:
        rows = connection.execute(text("SELECT id, colour FROM accounts ORDER BY id")).all()
    assert [row.colour for row in rows] == [colour_for(row.id) for row in rows]
    assert len(rows) == 3


def test_stances_of_before_are_about_what_their_annotations_are(empty_database_url: str) -> None:
    config = alembic_config()
    config.attributes["database_url"] = empty_database_url
    command.upgrade(config, "0011")
    execute(
        empty_database_url,
        "INSERT INTO accounts (id, name, email, password_hash, letter_keys, created_at, colour)"
        " VALUES (1, 'a', 'a@example.org', 'x', true, '2025-01-13', 'blue')",
        "INSERT INTO projects (id, slug, name, created_at)"
        " VALUES (1, 'first', 'First', '2025-01-13')",
        "INSERT INTO articles (id, project_id, title, author, publication, source_url, language,"
        " guessed, content_hash, created_at, touched_at) VALUES (1, 1, '', '', '', '', 'en', '[]',"
        " 'x', '2025-01-13', '2025-01-13')",
        "INSERT INTO revisions (id, article_id, number, text, words, hash, created_at)"
        " VALUES (1, 1, 1, 'Words.', 1, 'x', '2025-01-13')",
        'INSERT INTO annotations (id, article_id, revision_id, account_id, tag, start, "end",'
        " first_block, last_block, quote, prefix, suffix, note, client_key, version, created_at,"
        " updated_at) VALUES (1, 1, 1, 1, 'demand', 0, 5, 1, 1, 'Words', '', '', '', 'k', 1,"
        " '2025-01-13', '2025-01-13')",
        "INSERT INTO stances (annotation_id, account_id, position, reason, taken_at)"
        " VALUES (1, 1, 'dispute', 'So.', '2025-01-13')",
    )
    upgrade(empty_database_url)
    with migrating(empty_database_url) as connection:
        rows = connection.execute(text("SELECT about_tag, about_quote FROM stances")).all()
    assert [tuple(row) for row in rows] == [("demand", "Words")]


def test_articles_of_before_are_sorted_and_searched_by_what_people_read(
    empty_database_url: str,
) -> None:
    config = alembic_config()
    config.attributes["database_url"] = empty_database_url
    command.upgrade(config, "0021")
    execute(
        empty_database_url,
        "INSERT INTO projects (id, slug, name, created_at)"
        " VALUES (1, 'first', 'First', '2025-01-13')",
        "INSERT INTO articles (id, project_id, title, author, publication, source_url, language,"
        " guessed, content_hash, created_at, touched_at) VALUES"
        " (1, 1, '“Élan”', 'Zoë 2', '', '', 'en', '[]', 'x', '2025-01-13', '2025-01-13'),"
        " (2, 1, 'Zebra', '', '', '', 'en', '[]', 'y', '2025-01-13', '2025-01-13')",
    )
    upgrade(empty_database_url)
    query = "SELECT title_key, author_key, searched FROM articles ORDER BY id"
    with migrating(empty_database_url) as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    assert rows == [("elan", "zoe 000000000002", "elan\nzoe 2"), ("zebra", "", "zebra\n")]


def test_texts_of_before_are_counted_by_characters_where_words_have_no_spaces(
    empty_database_url: str,
) -> None:
    config = alembic_config()
    config.attributes["database_url"] = empty_database_url
    command.upgrade(config, "0023")
    japanese = (
        "\u5e02\u306f\u6a4b\u3092\u5efa\u3066\u305f\u3002\u66f8\u985e\u306f\u306a\u3044\u3002"
    )
    article = (
        "INSERT INTO articles (id, project_id, title, author, publication, source_url, language,"
        " guessed, content_hash, created_at, touched_at) VALUES ({0}, 1, '', '', '', '', 'en',"
        " '[]', 'x', '2025-01-13', '2025-01-13')"
    )
    revision = (
        "INSERT INTO revisions (id, article_id, number, text, words, hash, created_at)"
        " VALUES ({0}, {0}, 1, '{1}', {2}, 'x', '2025-01-13')"
    )
    execute(
        empty_database_url,
        "INSERT INTO projects (id, slug, name, created_at)"
        " VALUES (1, 'first', 'First', '2025-01-13')",
        article.format(1),
        article.format(2),
        revision.format(1, japanese, 1),
        revision.format(2, "Eight words are more than these to count.", 8),
    )
    upgrade(empty_database_url)
    with migrating(empty_database_url) as connection:
        rows = connection.execute(text("SELECT words, characters FROM revisions ORDER BY id"))
        assert [tuple(row) for row in rows] == [(7, 14), (8, None)]


def test_annotations_of_before_are_summed_by_month_and_note(empty_database_url: str) -> None:
    config = alembic_config()
    config.attributes["database_url"] = empty_database_url
    command.upgrade(config, "0042")
    annotation = (
        "INSERT INTO annotations (project_id, article_id, revision_id, account_id, tag, start,"
        ' "end", first_block, last_block, quote, prefix, suffix, note, has_note, client_key,'
        " version, created_at, updated_at, tagged_month, made_blind, deleted_at) VALUES"
        " (1, 1, 1, 1, 'demand', {0}, 5, 1, 1, 'Words', '', '', '', {1}, 'k{0}', 1,"
        " '2025-01-13', '2025-01-13', {2}, false, {3})"
    )
    rows_of_before = (
        (
            "INSERT INTO accounts (id, name, email, password_hash, letter_keys, created_at, colour)"
            " VALUES (1, 'a', 'a@example.org', 'x', true, '2025-01-13', 'blue')"
        ),
        (
            "INSERT INTO projects (id, slug, name, created_at)"
            " VALUES (1, 'first', 'First', '2025-01-13')"
        ),
        (
            "INSERT INTO articles (id, project_id, title, author, publication, source_url,"
            " language, guessed, content_hash, created_at, touched_at)"
            " VALUES (1, 1, '', '', '', '', 'en', '[]', 'x', '2025-01-13', '2025-01-13')"
        ),
        (
            "INSERT INTO revisions (id, article_id, number, text, words, hash, created_at)"
            " VALUES (1, 1, 1, 'Words.', 1, 'x', '2025-01-13')"
        ),
        annotation.format(0, "true", 202501, "NULL"),
        annotation.format(1, "false", 202501, "NULL"),
        annotation.format(2, "true", 202502, "NULL"),
        annotation.format(3, "true", 202501, "'2025-01-13'"),
    )
    database = Database(empty_database_url)  # has the functions that triggers of the search call
    with database.engine.begin() as connection:
        for row in rows_of_before:
            connection.execute(text(row))
    database.dispose()
    upgrade(empty_database_url)
    query = (
        "SELECT tag, tagged_month, living, with_note FROM annotation_counts WHERE living > 0"
        " ORDER BY tagged_month"
    )
    with migrating(empty_database_url) as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    assert rows == [("demand", 202501, 2, 1), ("demand", 202502, 1, 1)]
