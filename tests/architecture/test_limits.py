"""The documents give every limit and number as the code has it."""

from pathlib import Path

import pytest

from app.accounts import models as accounts
from app.accounts import passwords
from app.accounts.service import accounts as service
from app.accounts.service import reset_tokens
from app.accounts.service.api_tokens import MOST_TOKENS
from app.accounts.service.asking import SESSION_LASTS
from app.accounts.views import email_change, password_reset_request
from app.accounts.views.audit import REFUSALS_AN_HOUR
from app.accounts.views.my_account import (
    TRIES_ANYWHERE,
    TRIES_FOR_ADDRESS,
    TRIES_FROM_HOST,
    WINDOW,
    WINDOW_ANYWHERE,
)
from app.activity.views import EVENTS_A_PAGE
from app.annotations import content
from app.annotations.models import NOTE_LIMIT, QUOTE_LIMIT
from app.annotations.service import bulk
from app.api.parameters import MOST
from app.api.views import caller
from app.archives import pages as archives
from app.articles import fields
from app.articles.service.drafts import MOST_DRAFTS
from app.asgi import (
    BODY_LIMIT,
    BODY_SECONDS,
    HASHING_OF_ONE,
    HASHING_THREADS,
    HASHING_WAITING,
    PAGE_THREADS,
    PAGES_WAITING,
    READING_THREADS,
    READING_WAITING,
    SERVING_THREADS,
    STALL_SECONDS,
)
from app.config import PROVIDER_NAME_LIMIT
from app.core.db import BUSY_TIMEOUT_MS, POOL_SIZE
from app.core.patience import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    LOCK_SECONDS,
    STATEMENT_SECONDS,
)
from app.core.throttle import IPV6_PREFIX
from app.discussion import models as discussion
from app.discussion.service import mentions
from app.downloads import DOWNLOAD_THREADS, GATHER_SECONDS, MAKING_WAY_SECONDS, PIECE_BYTES
from app.exports.pages.brief import MOST_PASSAGES
from app.findings import asked
from app.findings import models as findings
from app.findings import service as searches
from app.findings.queries.every_place import MOST_SORTED_TOGETHER
from app.findings.queries.in_context import MOST_LOOKED_AT, MOST_SORTED
from app.findings.queries.replies import MOST_REPLIES
from app.guidelines.models import GUIDELINES_LIMIT
from app.import_worker import MEMORY_BYTES, SECONDS
from app.imports.service import running
from app.integrations import background, reading
from app.integrations.fetching import (
    FETCHES_AT_ONCE,
    MOST_BYTES,
    MOST_REDIRECTS,
    MOST_SECONDS,
    URL_LIMIT,
)
from app.integrations.oidc import KEPT_SECONDS
from app.integrations.oidc_client import SKEW_SECONDS
from app.integrations.reader_process import MOST_SECONDS as READING_SECONDS
from app.library.views.article_list import ARTICLES_A_PAGE
from app.live import messages
from app.live.following import POLL_SECONDS
from app.live.hub import KEPT_BYTES
from app.live.presence import MOST_AVATARS
from app.live.stream import BEAT_SECONDS, MOST_OF_ONE, MOST_STREAMS
from app.live.subscriptions import MOST_PLACES
from app.parties import models as parties
from app.parties.service.affiliations import MOST_AFFILIATIONS
from app.parties.service.names import MOST_PARTIES, MOST_POSITIONS
from app.projects.models import NAME_LIMIT
from app.projects.service import invitations
from app.projects.service.projects import MOST_OWNED
from app.reading.pages.rendering.margins import CARDS_AT_FIRST, CARDS_SHOWN
from app.reading.views.reading_page import CARDS_A_PAGE
from app.search.query import LONGEST_QUERY
from app.server import OPEN_FILES, SHARE_OF_FILES
from app.serving import HEAD_SECONDS, KEEP_ALIVE_SECONDS, OPEN_OF_ONE, UNFINISHED_OF_ONE
from app.signup.views import create_account as projects
from app.statements.pages import matrix_shown
from app.text.anchoring import CONTEXT
from app.text.readers import Limits
from app.themes import models as themes
from app.themes.service.themes import MOST_THEMES
from app.web import link_throttle
from app.web.uploads import (
    UPLOAD_LIMIT,
    UPLOAD_SECONDS,
    UPLOADS_AT_ONCE,
    UPLOADS_OF_ONE,
    WAIT_SECONDS,
)
from tests.harness.documents import (
    API,
    DICTIONARY,
    OPERATING,
    README,
    SCALING,
    USING,
    limits,
    table,
)


def window(seconds: float) -> str:
    return f"{seconds / 60:g} minutes"


def test_the_limits_of_what_a_person_writes_are_documented() -> None:
    least = passwords.PASSWORD_MIN
    assert limits(USING, "## Limits") == {
        "note": f"{NOTE_LIMIT:,}",
        "passage": f"{QUOTE_LIMIT:,}",
        "comment": f"{discussion.COMMENT_LIMIT:,}",
        "reason to agree or dispute": f"{discussion.REASON_LIMIT:,}",
        "reason of a verdict on a pair": f"{discussion.REASON_LIMIT:,}",
        "comments": f"{discussion.MOST_COMMENTS:,}",
        "members named": f"{mentions.MOST_NAMED:,}",
        "name": f"{accounts.NAME_LIMIT:,}",
        "name of a project": f"{NAME_LIMIT:,}",
        "projects that one owns": f"{MOST_OWNED:,}",
        "open invitations": f"{invitations.MOST_OPEN:,}",
        "API tokens": f"{MOST_TOKENS:,}",
        "open links of owners that set a password": f"{reset_tokens.MOST_OPEN:,}",
        "email address": f"{accounts.EMAIL_LIMIT:,}",
        "password": f"{passwords.PASSWORD_MAX:,}",
        "title of an article": f"{fields.TITLE_LIMIT:,}",
        "author, publication": f"{fields.NAME_LIMIT:,}",
        "source URL": f"{URL_LIMIT:,}",
        "text of an article": f"{Limits().text:,}",
        "blocks of an article": f"{Limits().blocks:,}",
        "all files of one press": f"{UPLOAD_LIMIT // 1_000_000}",
        "page fetched by its address": f"{MOST_BYTES // 1_000_000}",
        "search": f"{LONGEST_QUERY:,}",
        "name of a theme": f"{themes.NAME_LIMIT:,}",
        "definition or example of a theme": f"{themes.TEXT_LIMIT:,}",
        "themes of a project": f"{MOST_THEMES:,}",
        "themes of an annotation": f"{content.MOST_THEMES:,}",
        "name of a party": f"{parties.NAME_LIMIT:,}",
        "sentence of a position": f"{parties.SENTENCE_LIMIT:,}",
        "note on a party or a position": f"{parties.NOTE_LIMIT:,}",
        "organisations of a person": f"{MOST_AFFILIATIONS:,}",
        "parties of a project": f"{MOST_PARTIES:,}",
        "positions of a project": f"{MOST_POSITIONS:,}",
        "addressees of a demand": f"{content.MOST_ADDRESSEES:,}",
        "parties in the matrix": f"{matrix_shown.MOST_PARTIES:,}",
        "positions in the matrix": f"{matrix_shown.MOST_POSITIONS:,}",
        "passages changed, or places tagged, at once": f"{bulk.MOST_AT_ONCE:,}",
        "values of one filter": f"{asked.MOST_VALUES:,}",
        "name of a saved search": f"{findings.NAME_LIMIT:,}",
        "saved searches": f"{searches.MOST_SEARCHES:,}",
        "replies searched for one to show": f"{MOST_REPLIES:,}",
        "lines in context": f"{MOST_SORTED:,}",
        "lines in context of a file": f"{MOST_SORTED_TOGETHER:,}",
        "places looked at for what is not tagged": f"{MOST_LOOKED_AT:,}",
        "brief": f"{MOST_PASSAGES:,}",
        "guidelines of a project": f"{GUIDELINES_LIMIT:,}",
        "project archive that the page imports": f"{archives.MOST.rows:,}",
        "drafts": f"{MOST_DRAFTS:,}",
    }
    fetched = f"within {MOST_SECONDS:g} seconds and {MOST_REDIRECTS} redirects"
    assert fetched in USING.read_text(encoding="utf-8")
    assert f"at least {least} |" in USING.read_text(encoding="utf-8")
    assert f"at least {least} characters" in README.read_text(encoding="utf-8")
    assert f"at least {least} characters" in OPERATING.read_text(encoding="utf-8")


def test_the_limits_of_files_are_documented() -> None:
    most = Limits()
    assert limits(OPERATING, "### Files") == {
        "a text, Markdown or HTML file": f"{most.file_bytes // 1_000_000} MB",
        "a Word, PDF, EPUB, MHTML or ZIP file": f"{most.packed_bytes // 1_000_000} MB",
        "the text of an article": f"{most.text:,} characters",
        "blocks of an article: paragraphs, headings …": f"{most.blocks:,}",
        "files in an archive": f"{most.archive_files:,}",
        "what an archive unpacks to": f"{most.unpacked_bytes // 1_000_000} MB",
        "how many times larger a file in it becomes": str(most.ratio),
        "pages of a PDF": f"{most.pdf_pages:,}",
        "elements of a file, or of one in a ZIP, or of a chapter": f"{most.elements:,}",
        "elements of all that is in an archive or a book": f"{most.archive_elements:,}",
        "time of the processor to read one article": f"{reading.READ_SECONDS} seconds",
        "time to read all that is in an archive or a book": f"{READING_SECONDS / 60:g} minutes",
        "memory to read a file": f"{reading.MEMORY_BYTES / 1e9:g} GB",
    }


def test_how_often_one_may_try_is_documented() -> None:
    attempts = window(WINDOW.total_seconds())
    rows = table(OPERATING, "limit | number")
    assert [tuple(row) for row in rows] == [
        (
            "sign-ins with one email address from one network address",
            str(TRIES_FOR_ADDRESS),
            attempts,
        ),
        ("sign-ins from one network address", str(TRIES_FROM_HOST), attempts),
        (
            "sign-ins with one email address from anywhere",
            str(TRIES_ANYWHERE),
            window(WINDOW_ANYWHERE.total_seconds()),
        ),
        ("changes of one password or address", str(TRIES_FOR_ADDRESS), attempts),
        (
            "links to a new address, of one account and to one address",
            str(email_change.MAILS),
            attempts,
        ),
        (
            "accounts created from one network address",
            str(projects.SIGN_UPS_FROM_HOST),
            window(projects.WINDOW.total_seconds()),
        ),
        (
            "links asked for with one email address",
            str(password_reset_request.MAILS_TO_ADDRESS),
            window(password_reset_request.WINDOW.total_seconds()),
        ),
        (
            "links asked for from one network address",
            str(password_reset_request.MAILS_FROM_HOST),
            window(password_reset_request.WINDOW.total_seconds()),
        ),
        ("ways to the provider or back from one network address", str(TRIES_FROM_HOST), attempts),
        (
            "links of invitations and resets that lead nowhere, from one network address",
            str(link_throttle.WRONG_LINKS_FROM_HOST),
            window(link_throttle.WINDOW.total_seconds()),
        ),
        (
            "requests with one API token",
            str(caller.REQUESTS),
            window(caller.WINDOW.total_seconds()),
        ),
        (
            "API tokens that open nothing, from one network address",
            str(caller.WRONG_FROM_HOST),
            window(caller.WRONG_WINDOW.total_seconds()),
        ),
    ]
    api = API.read_text(encoding="utf-8")
    assert caller.WINDOW.total_seconds() == 60
    assert f"send {caller.REQUESTS} requests a minute" in api
    assert f"at most {MOST} items" in api


def test_the_shape_of_the_server_is_documented() -> None:
    assert limits(SCALING, "## One process") == {
        "page threads": str(PAGE_THREADS),
        "pages that wait": f"{PAGES_WAITING:,}",
        "threads of styles and scripts": str(SERVING_THREADS),
        "passwords hashed at once": str(HASHING_THREADS),
        "sign-ins that wait": str(HASHING_WAITING),
        "sign-ins from one address that wait": str(HASHING_OF_ONE),
        "threads that take articles": str(READING_THREADS),
        "further requests with articles that wait": str(READING_WAITING),
        "files read at once": str(reading.READS_AT_ONCE),
        "files of annotations read at once": str(background.AT_ONCE),
        "pages fetched at once": str(FETCHES_AT_ONCE),
        "large uploads at once": str(UPLOADS_AT_ONCE),
        "of one account": str(UPLOADS_OF_ONE),
        "download threads": str(DOWNLOAD_THREADS),
        "turn of a download": f"{GATHER_SECONDS:g} seconds",
        "rest of a download": f"{MAKING_WAY_SECONDS:g} seconds",
        "piece of a download": f"{PIECE_BYTES:,} bytes",
        "reader that takes nothing": f"{STALL_SECONDS:g} seconds",
        "database connections": str(2 * POOL_SIZE),
        "PostgreSQL that does not answer": f"{ANSWER_SECONDS:g} seconds",
        "connections of one address": f"{OPEN_OF_ONE:,}",
        "unfinished requests of one address": str(UNFINISHED_OF_ONE),
        "streams": f"{MOST_STREAMS:,}",
        "streams of one account": str(MOST_OF_ONE),
        "places of one stream": str(MOST_PLACES),
        "events told one by one": str(messages.MOST_EVENTS),
    }


def test_one_address_has_a_share_of_the_files_that_may_be_open() -> None:
    assert OPEN_FILES // SHARE_OF_FILES == OPEN_OF_ONE


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (USING, f"first {CARDS_SHOWN} cards"),
        (USING, f"A page holds {ARTICLES_A_PAGE} articles"),
        (USING, f"shows {EVENTS_A_PAGE} events at a time"),
        (USING, "for {}, {} or {} days".format(*invitations.DAYS)),
        (USING, f"not used for {SESSION_LASTS.days} days"),
        (DICTIONARY, f"up to {CONTEXT} code points before"),
        (DICTIONARY, f"up to {CONTEXT} code points after"),
        (USING, f"true to {service.SEEN_EVERY.total_seconds() / 60:g} minutes"),
        (USING, f"for {reset_tokens.LASTS.total_seconds() / 3600:g} hours"),
        (USING, f"of which {REFUSALS_AN_HOUR} an hour are kept"),
        (OPERATING, f"two clocks may differ by {SKEW_SECONDS} seconds"),
        (OPERATING, f"by its first {IPV6_PREFIX} bits"),
        (OPERATING, f"keys for {KEPT_SECONDS // 60} minutes"),
        (OPERATING, f"at most {PROVIDER_NAME_LIMIT} characters; without it, the host"),
        (OPERATING, f"for {reset_tokens.LASTS.total_seconds() / 3600:g} hours"),
        (OPERATING, f"after {SESSION_LASTS.days} days without use"),
        (OPERATING, f"at most {BODY_LIMIT >> 20} MiB and {BODY_SECONDS:g} seconds"),
        (OPERATING, f"at most {UPLOAD_LIMIT // 10**6} MB in {UPLOAD_SECONDS:g} seconds"),
        (OPERATING, f"pages say so within {ANSWER_SECONDS + CONNECT_SECONDS:g} seconds"),
        (OPERATING, f"at most {READING_SECONDS / 60:g} for an archive"),
        (SCALING, f"a statement has {STATEMENT_SECONDS} seconds, a lock {LOCK_SECONDS}"),
        (SCALING, f"a new connection {CONNECT_SECONDS}."),
        (SCALING, f"has {MEMORY_BYTES / 1e9:g} GB and {SECONDS} seconds of the processor"),
        (SCALING, f"{running.QUICK_LINES} lines and {running.QUICK_BYTES // 1_000} kB"),
        (OPERATING, f"headers have {HEAD_SECONDS:g} seconds"),
        (OPERATING, f"keeps them for {KEEP_ALIVE_SECONDS} seconds"),
        (OPERATING, f"at least every {BEAT_SECONDS:g} seconds"),
        (OPERATING, f"own limit to {OPEN_FILES:,} files"),
        (USING, f"at most {MOST_AVATARS} people"),
        (SCALING, f"more than {BODY_LIMIT >> 20} MiB of files"),
        (SCALING, f"large upload within {WAIT_SECONDS:g} seconds"),
        (SCALING, f"looks {1 / POLL_SECONDS:g} times a second"),
        (SCALING, f"at most {KEPT_BYTES >> 20} MiB"),
        (SCALING, f"first {CARDS_SHOWN} cards of each block"),
        (SCALING, f"cards of its first blocks, {CARDS_AT_FIRST} together"),
        (SCALING, f"the block's own page, {CARDS_A_PAGE} at"),
        (SCALING, f"up to {BUSY_TIMEOUT_MS // 1000} seconds for its turn"),
        (SCALING, f"up to {CONTEXT} characters on either side"),
        (SCALING, f"at most {2 * POOL_SIZE} connections"),
        (SCALING, f"opened; {POOL_SIZE} are kept"),
    ],
)
def test_a_number_in_a_sentence_is_the_number_in_the_code(document: Path, words: str) -> None:
    assert words in " ".join(document.read_text(encoding="utf-8").split())
