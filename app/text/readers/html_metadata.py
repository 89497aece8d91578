"""What a web page says about itself: meta elements, JSON-LD and Open Graph."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast
from urllib.parse import urljoin

from app.text.dates import DateOrder
from app.text.links import is_web_address
from app.text.readers.facts import Facts, stated
from app.text.readers.markup import Page

_META: dict[str, tuple[str, ...]] = {
    "title": ("citation_title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title"),
    "author": (
        "author",
        "citation_author",
        "dc.creator",
        "dcterms.creator",
        "parsely-author",
        "sailthru.author",
        "byl",
        "byline",
        "creator",
        "article.author",
    ),
    "publication": ("citation_journal_title", "dc.publisher", "dcterms.publisher"),
    "published_on": (
        "citation_publication_date",
        "citation_date",
        "dc.date.issued",
        "dcterms.issued",
        "pubdate",
        "publish-date",
        "publish_date",
        "parsely-pub-date",
        "sailthru.date",
        "date_published",
        "published_date",
        "published-date",
        "publication_date",
        "publicationdate",
        "article.published",
        "article:published",
        "article_date_original",
        "dcterms.created",
        "dc.date.created",
    ),
    "language": ("content-language", "dc.language"),
}
# They may also be of a change or of a picture, so that any other date goes before them.
_ANY_DATE = {"published_on": ("datepublished", "dc.date", "dcterms.date", "date")}
_OPEN_GRAPH: dict[str, tuple[str, ...]] = {
    "title": ("og:title", "twitter:title"),
    "author": ("article:author", "og:article:author"),
    "publication": ("og:site_name",),
    "published_on": ("article:published_time", "og:article:published_time", "og:published_time"),
    "source_url": ("og:url",),
    "language": ("og:locale",),
}
_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report)$")
_CDATA = re.compile(r"(?://|/\*)?\s*(?:<!\[CDATA\[|\]\]>|<!--|-->)\s*(?:\*/)?")
_MAX_JSON = 1_000_000
_MOST_JSON_NODES = 20_000
_SAVED_FROM = re.compile(
    r"<!--\s*saved from url=\([0-9]{1,5}\)(\S+)|^\s*url:\s*(https?://\S+)", re.MULTILINE
)
_HEAD = 3_000
_SITE_SEPARATORS = (
    " | ",
    " \u2013 ",
    " \u2014 ",
    " - ",
    " \u00b7 ",
    " \u2022 ",
    " :: ",
    " \u00bb ",
)


def page_facts(page: Page, order: DateOrder, address: str) -> list[Facts]:
    """Return what a page states, the surest source first; `address` is where it was found."""
    named = _named(page)
    sources = [
        stated("meta element", _of_fields(named, _META), order),
        stated("JSON-LD", _json_ld(page), order),
        stated("Open Graph", _of_fields(named, _OPEN_GRAPH), order),
        stated("meta element", _of_fields(named, _ANY_DATE), order),
        stated("canonical link", {"source_url": _canonical(page, address)}, order),
        stated("html element", {"language": page.root.get("lang")}, order),
    ]
    site = next((facts.publication for facts in sources if facts.publication), "")
    return [_without_site(facts, site) for facts in sources]


def title_of_page(page: Page, site: str) -> Facts:
    """Return the title of the window, a guess where it may hold the name of the site."""
    title = page.find("title")
    written = " ".join(title.text().split()) if title else ""
    cut = without_site(written, site)
    is_sure = cut != written or not any(mark in written for mark in _SITE_SEPARATORS)
    return Facts("page title", title=cut, guessed=frozenset(() if is_sure else {"title"}))


def without_site(title: str, site: str) -> str:
    """Cut the name of a publication off the end of a title."""
    for separator in _SITE_SEPARATORS:
        if site and title.lower().endswith(f"{separator}{site}".lower()):
            return title[: -len(separator) - len(site)].strip() or title
    return title


def saved_from(text: str) -> str:
    """Return the address that a browser wrote into the head of a page it saved, or ""."""
    match = _SAVED_FROM.search(text[:_HEAD])
    address = (match[1] or match[2]) if match else ""
    return address if is_web_address(address) else ""


def _without_site(facts: Facts, site: str) -> Facts:
    # Who publishes an article is not who wrote it.
    author = "" if facts.author.casefold() == site.casefold() else facts.author
    return replace(facts, title=without_site(facts.title, site), author=author)


def _named(page: Page) -> dict[str, str]:
    """Return the contents of the meta elements by name; several authors are joined."""
    named: dict[str, str] = {}
    for meta in page.find_all("meta"):
        content = " ".join(meta.get("content").split())
        names = {meta.get(key).lower() for key in ("name", "property", "http-equiv", "itemprop")}
        for name in filter(None, names):
            if name in named and name in _META["author"] and content:
                named[name] += f", {content}"
            elif content:
                named.setdefault(name, content)
    return named


def _of_fields(named: Mapping[str, str], fields: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    found = {}
    for field, names in fields.items():
        values = (named[name] for name in names if name in named)
        # An author's page is no author's name.
        found[field] = next((v for v in values if field != "author" or "://" not in v), "")
    return found


def _canonical(page: Page, address: str) -> str:
    for link in page.find_all("link"):
        if "canonical" in link.get("rel").lower().split() and link.get("href"):
            try:
                return urljoin(address, link.get("href").strip())
            except ValueError:
                return ""
    return ""


def _json_ld(page: Page) -> dict[str, str]:
    """Return what JSON-LD says of the article; of several objects each field from the first."""
    nodes: list[dict[str, object]] = []
    for script in page.find_all("script"):
        if script.get("type").lower().strip() != "application/ld+json":
            continue
        written = _CDATA.sub("", script.text())
        if len(written) > _MAX_JSON:
            continue
        try:
            loaded = cast("object", json.loads(written, strict=False))
        except (ValueError, RecursionError):
            continue
        nodes.extend(_nodes(loaded))
    known = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    found: dict[str, str] = {}
    for node in nodes:
        if any(_ARTICLE_TYPE.search(kind) for kind in _texts(node.get("@type"))):
            for field, value in _of_article(node, known).items():
                found[field] = found.get(field) or value
    return found


def _of_article(
    node: dict[str, object], known: Mapping[object, dict[str, object]]
) -> dict[str, str]:
    authors = [_followed(item, known) for item in _items(node.get("author"))]
    return {
        "title": _name(node.get("headline")) or _name(node.get("name")),
        "author": ", ".join(dict.fromkeys(filter(None, map(_name, authors)))),
        "publication": _name(node.get("publisher")) or _name(node.get("isPartOf")),
        "published_on": _name(node.get("datePublished")),
        "source_url": _name(node.get("url")) or _address(node.get("mainEntityOfPage")),
        "language": _name(node.get("inLanguage")),
    }


def _nodes(loaded: object) -> Iterator[dict[str, object]]:
    """Yield the objects of JSON-LD, outer ones first."""
    waiting = [loaded]
    for _ in range(_MOST_JSON_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, dict):
            yield cast("dict[str, object]", node)
            waiting.extend(_items(node.get("@graph")))
            waiting.extend(_items(node.get("mainEntity")))
        elif isinstance(node, list):
            waiting.extend(node[:_MOST_JSON_NODES])


def _followed(item: object, known: Mapping[object, dict[str, object]]) -> object:
    """Return the object that a reference means, such as {"@id": "#jane"}; else what it is."""
    is_reference = isinstance(item, dict) and not item.get("name")
    address = item.get("@id") if is_reference and isinstance(item, dict) else None
    return known.get(address, item) if isinstance(address, str) else item


def _items(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _texts(value: object) -> list[str]:
    return [item for item in _items(value) if isinstance(item, str)]


def _name(value: object) -> str:
    """Return a text, or the name of a thing; of several the first."""
    for item in _items(value):
        if isinstance(item, dict):
            item = item.get("name") or item.get("alternateName")  # noqa: PLW2901 a thing by its name
        if isinstance(item, str) and item.strip():
            return item
    return ""


def _address(value: object) -> str:
    for item in _items(value):
        if isinstance(item, dict):
            item = item.get("@id")  # noqa: PLW2901 a thing by its address
        if isinstance(item, str):
            return item
    return ""
