"""The head of a mail whose text was pasted or saved: lines of "From:", "Date:" and "Subject:"."""

import re
from email.utils import parseaddr

from app.text.dates import DateOrder, parse_date
from app.text.names import is_name
from app.text.readers.facts import Facts

ORIGIN = "mail header"

# As RFC 5322 names them, and as programs for mail show them in other languages.
_NAMES = {
    "from": "from von de da",
    "date": "date sent datum gesendet envoy\u00e9 fecha enviado data",
    "subject": "subject betreff objet asunto oggetto",
    "other": "to cc bcc reply-to an kopie \u00e0 para a",
}
_FIELDS = {word: name for name, words in _NAMES.items() for word in words.split()}
_FIELD = re.compile(r"\*{0,2}(?P<name>[^\W\d_][\w-]{0,10}):\*{0,2}[ \t]*(?P<value>.*)")
_FORWARDED = re.compile(r"[-\s]*\b(?:forwarded|original) message\b[-:\s]*", re.IGNORECASE)
_ANSWER = re.compile(r"(?:(?:re|fwd?|aw|wg|tr|rv)\s*:\s*)+", re.IGNORECASE)
_MOST_LINES = 20


def split_mail_head(text: str, order: DateOrder) -> tuple[Facts, str, str]:
    """Split a normalised text into what the head of a mail says, that head, and the rest.

    A head has "From:" and "Subject:" at least, one a line, and nothing before it but "Forwarded
    message". The facts and the head are empty where a text does not begin so, or has no more.
    """
    lines = text.lstrip("\n").split("\n", _MOST_LINES)
    at = 1 if _FORWARDED.fullmatch(lines[0]) else 0
    found: dict[str, str] = {}
    while at < len(lines) and (match := _FIELD.fullmatch(lines[at])):
        name = _FIELDS.get(match["name"].lower())
        if name is None:
            break
        found.setdefault(name, match["value"].strip())
        at += 1
    rest = "\n".join(lines[at:])
    if not {"from", "subject"} <= found.keys() or not rest.strip():
        return Facts(ORIGIN), "", text
    author = parseaddr(found["from"])[0] or found["from"]
    day = parse_date(found.get("date", ""), order)
    facts = Facts(
        ORIGIN,
        title=_ANSWER.sub("", found["subject"], count=1),
        author=author if is_name(author) else "",
        published_on=day.day if day else None,
        guessed=frozenset({"published_on"} if day and day.is_guess else ()),
    )
    return facts, "\n".join(lines[:at]), rest
