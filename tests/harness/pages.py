"""A client that refuses bad pages: every HTML answer to a test is read as strictly as can be."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

CSRF_FIELD = "csrf_token"
URL_ATTRIBUTES = ("href", "src", "action", "formaction")

_BY_CHANCE = re.compile(
    r'(?<=name="csrf_token" value=")[^"]+|(?<=data-csrf=")[^"]+|(?<=name="client_key" value=")[^"]+'
    r"|(?<=Error <code>)\w+"
)
_OF_NO_MATTER = re.compile(rf'{_BY_CHANCE.pattern}|(?<= datetime=")[^"]+')
_known: dict[bytes, list[str]] = {}  # the faults of what was looked at, by its hash

# Attributes whose words are ids in the same page.
REFERENCES = (
    "aria-activedescendant",
    "aria-controls",
    "aria-describedby",
    "aria-details",
    "aria-errormessage",
    "aria-flowto",
    "aria-labelledby",
    "aria-owns",
    "commandfor",
    "for",
    "form",
    "headers",
    "list",
    "popovertarget",
)
# Inputs that hold what somebody chose or wrote only where they are ticked.
TICKED = ("checkbox", "radio")
UNSENT = ("submit", "button", "image", "reset", "file")


class BadPage(AssertionError):
    """An answer with faults; the message lists them all."""


class PageClient(FlaskClient):
    """Flask's test client; raises BadPage on an HTML answer with faults, whatever its status.

    A compressed answer, which only who asks for it gets, is not looked at.

    Follows no redirect unless told to, and keeps cookies, as a browser does.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401  (as Flask has it)
        """Send a request and check the answer.

        Raises: BadPage.
        """
        response = super().open(*args, **kwargs)
        is_packed = "Content-Encoding" in response.headers
        if response.mimetype == "text/html" and response.data and not is_packed:
            faults = _find_faults(response.text)
            if response.mimetype_params.get("charset") != "utf-8":
                faults.append("the answer does not say that it is UTF-8")
            if faults:
                shown = "\n  ".join(faults)
                message = f"{response.request.method} {response.request.path}:\n  {shown}"
                raise BadPage(message)
        return response

    def submit(
        self,
        response: TestResponse,
        form: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
    ) -> TestResponse:
        """Fill in a form of an answer and send it as a browser would.

        `form` is how the form's action begins, or the form's id; `fields` replaces values by
        name, and names that are not in the form (a button's) are sent too.

        Raises: LookupError (the answer has no such form, or several); BadPage.
        """
        found = [
            element
            for element in read(response.text).iter("form")
            if element.get("id") == form or element.get("action", "").startswith(form)
        ]
        if len(found) != 1:
            message = f"{len(found)} forms are called {form!r} in {response.request.path}"
            raise LookupError(message)
        values = MultiDict(values_of(found[0]))
        for name, value in (fields or {}).items():
            values.setlist(name, [value] if isinstance(value, str) else value)
        action = found[0].get("action") or response.request.path
        if found[0].get("method", "get").lower() == "post":
            return self.post(action, data=values)
        return self.get(action, query_string=values)

    def csv_rows(self, address: str) -> list[dict[str, str]]:
        """Return the rows of the CSV at an address, by the names of its columns."""
        text = self.get(address).data.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))


def page_client(app: Flask) -> PageClient:
    """Return a new client of `app`, with no cookies."""
    client = PageClient(app, use_cookies=True)
    client.environ_base["HTTP_USER_AGENT"] = "tests"
    return client


def without_chance(markup: str) -> str:
    """Return a page without what differs from one drawing to the next: tokens and keys."""
    return _BY_CHANCE.sub("", markup)


def read(markup: str) -> Element:
    """Parse a page or a fragment; elements and attributes have no namespace."""
    element, _errors = _parse(markup)
    return element


def visible(answer: TestResponse) -> str:
    """Return the words of an answer, with single spaces."""
    return " ".join("".join(read(answer.text).itertext()).split())


def faults_of(markup: str) -> list[str]:
    """Return what is wrong with a page, or with a fragment (no doctype), a line for each fault.

    Looked at: syntax, double ids, references that point nowhere, forms without protection
    against forgery, anything that the Content Security Policy would refuse. References out of a
    fragment are left alone: it lands in a page that is not known here.
    """
    root, errors = _parse(markup)
    faults = [*errors, *_double_ids(root), *_unprotected_forms(root), *_inline_code(root)]
    if _is_page(markup):
        faults += [*_lost_references(root), *_page_faults(root)]
    return faults


def _find_faults(markup: str) -> list[str]:
    """Return a new list of what `faults_of` finds, which looks once at what it knows.

    Many a page comes again but for its tokens and times. A parser written in Python takes longer
    over it than the page to be made.
    """
    key = sha256(_OF_NO_MATTER.sub("-", markup).encode("utf-8", "surrogatepass")).digest()
    if key not in _known:
        _known[key] = faults_of(markup)
    return [*_known[key]]


def _is_page(markup: str) -> bool:
    return markup.lstrip()[:9].lower() == "<!doctype"


@lru_cache(maxsize=1)  # the page that was looked at for faults is often read next
def _parse(markup: str) -> tuple[Element, list[str]]:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    parse = parser.parse if _is_page(markup) else parser.parseFragment
    root = parse(markup)
    lines = ["", *markup.split("\n"), ""]
    errors = [
        f"line {line}: {code} {details or ''}: {lines[line].strip()[:120]}"
        for (line, _column), code, details in parser.errors
    ]
    return root, errors


def _double_ids(root: Element) -> Iterator[str]:
    for name, count in Counter(element.get("id") for element in root.iter()).items():
        if name is not None and count > 1:
            yield f"{count} elements have the id {name!r}"
        if name is not None and (not name or name.split() != [name]):
            yield f"an id is empty or holds a space: {name!r}"


def _lost_references(root: Element) -> Iterator[str]:
    ids = {element.get("id") for element in root.iter()}
    for element in root.iter():
        for attribute in REFERENCES:
            for name in element.get(attribute, "").split():
                if name not in ids:
                    yield f"<{element.tag} {attribute}={name!r}> points nowhere"
        target = element.get("href", "")
        if target.startswith("#") and not target.startswith("#:~:") and target[1:] not in ids:
            yield f"<{element.tag} href={target!r}> points nowhere"


def _unprotected_forms(root: Element) -> Iterator[str]:
    for form in root.iter("form"):
        name = f"<form action={form.get('action')!r}>"
        tokens = [
            field.get("value")
            for field in form.iter("input")
            if field.get("name") == CSRF_FIELD and field.get("type") == "hidden"
        ]
        if form.get("method", "get").lower() == "post":
            if len(tokens) != 1 or not tokens[0]:
                yield f"{name} has {len(tokens)} fields {CSRF_FIELD}, or an empty one"
        elif tokens:
            yield f"{name} is sent by GET and would put {CSRF_FIELD} into the address"


def _inline_code(root: Element) -> Iterator[str]:
    for element in root.iter():
        if element.tag == "style":
            yield "an inline <style>"
        if element.tag == "script" and not element.get("src"):
            yield "an inline <script>"
        for attribute, value in element.attrib.items():
            if attribute == "style" or attribute.startswith("on"):
                yield f"<{element.tag} {attribute}={value!r}>"
            if attribute in URL_ATTRIBUTES and value.strip().lower().startswith("javascript:"):
                yield f"<{element.tag} {attribute}={value!r}>"


def _page_faults(root: Element) -> Iterator[str]:
    if not root.get("lang"):
        yield "<html> has no lang"
    if not (root.findtext("head/title") or "").strip():
        yield "the page has no title"
    headings = len(list(root.iter("h1")))
    if headings != 1:
        yield f"the page has {headings} <h1>"
    landmarks = len(list(root.iter("main")))
    if landmarks != 1:
        yield f"the page has {landmarks} <main>"
    named = {element.get("for") for element in root.iter("label")}
    wrapped = {id(field) for label in root.iter("label") for field in label.iter()}
    for field in root.iter():
        if field.tag not in {"input", "select", "textarea"} or not _needs_name(field):
            continue
        has_name = field.get("aria-label") or field.get("aria-labelledby")
        if not has_name and field.get("id") not in named - {None} and id(field) not in wrapped:
            yield f"<{field.tag} name={field.get('name')!r}> has no label"


def _needs_name(field: Element) -> bool:
    return field.get("type", "").lower() not in {"hidden", "submit", "button", "reset", "image"}


def values_of(form: Element) -> Iterator[tuple[str, str]]:
    """Yield the names and values that a form sends as it stands."""
    for field in form.iter():
        name = field.get("name")
        if not name or "disabled" in field.attrib:
            continue
        kind = field.get("type", "text").lower()
        if field.tag == "textarea":
            # A parser drops the line feed that may open it; a browser sends what is left.
            yield name, "".join(field.itertext())
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = [option for option in options if "selected" in option.attrib] or options[:1]
            for option in chosen:
                yield name, option.get("value", "".join(option.itertext()))
        elif field.tag == "input" and kind in TICKED:
            if "checked" in field.attrib:
                yield name, field.get("value", "on")
        elif field.tag == "input" and kind not in UNSENT:
            yield name, field.get("value", "")
