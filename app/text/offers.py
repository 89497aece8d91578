"""What a page offers to do with its article, copied along with it: to share, print or follow."""

import re
from collections.abc import Sequence
from itertools import groupby

_THING = r"(?:\s+(?:full\s+)?(?:story|article|post|page|essay|piece|column|video|gallery))"
_NETWORK = (
    r"(?:facebook|twitter|x|linkedin|reddit|whatsapp|telegram|pinterest|bluesky|threads|mastodon|"
    r"instagram|flipboard|tumblr|messenger|e-?mail|google\s?\+|youtube|tiktok|xing)"
)
_WHERE = r"(?:\s+(?:on|via|by|with|to)\s+\w+(?:\s+\w+)?)?"
_NETWORKS = rf"(?:[\s,|\u00b7/]+(?:and\s+|on\s+|by\s+)?{_NETWORK})*"
_VERB = r"(?:share|tweet|print|save|e-?mail|bookmark|listen to|gift)"
# What says what it is about, or how many did it; it is an offer wherever it stands.
_PLAIN = re.compile(
    rf"{_VERB}\s+(?:this|the){_THING}{_WHERE}{_NETWORKS}\W*|{_VERB}\s+this{_WHERE}{_NETWORKS}\W*"
    rf"|(?:share|tweet)\s+(?:on|via|by)\s+{_NETWORK}{_NETWORKS}\W*"
    rf"|follow\s+(?:us|me|@\w+)(?:\s+on{_NETWORKS})?\W*|follow\s+on{_NETWORKS}\W*"
    r"|(?:all\s+)?share\s+(?:services|options|tools)\W*|advertise?ment\W*|powered\s+by\s+\S+|anzeige|publicit\u00e9"
    r"|copy\s+(?:the\s+)?link\W*|link\s+copied\W*|(?:leave|post|add)\s+a\s+comment\W*"
    r"|(?:no|[0-9]+)\s+comments?\W*|[0-9]+\s+shares?\W*"
    rf"|partager(?:\s+(?:cet\s+article|sur{_NETWORKS}))\W*|artikel\s+teilen\W*|auf{_NETWORKS}\s+teilen\W*"
    rf"|compartir(?:\s+(?:este\s+art\u00edculo|en{_NETWORKS}))\W*",
    re.IGNORECASE,
)
# Words that are an offer only beside another one.
_SHORT = re.compile(
    rf"(?:{_VERB}|shares?|comments?|follow|subscribe|partager|teilen|compartir|condividi)\W*",
    re.IGNORECASE,
)
_BESIDE = re.compile(rf"(?:\W*{_NETWORK}\b)+\W*|[0-9]+", re.IGNORECASE)
# To get a letter of the publication.
_NEWSLETTER = re.compile(
    r"(?:sign\s+up|subscribe)\b.{0,80}\b(?:newsletters?|inbox|mailing\s+list|by\s+e-?mail)\b.{0,60}"
    r"|(?:get|receive|have)\b.{0,120}\b(?:in|to|into)\s+your\s+(?:inbox|mailbox|e-?mail)\b.{0,80}"
    r"|thanks\s+for\s+reading\b.{0,80}\bsubscribe\b.{0,100}|privacy\s+notice:\s*newsletters\s+may\b.*|.{2,60}\bis\s+a\s+reader-supported\s+publication\b.*"
    r"|(?:inscrivez-vous|abonnez-vous)\b.{0,80}\b(?:newsletters?|infolettre)\b.{0,60}"
    r"|(?:melden\s+sie\s+sich|abonnieren\s+sie)\b.{0,80}\bnewsletters?\b.{0,60}"
    r"|(?:suscr\u00edbe(?:te|se)|suscr\u00edbase)\b.{0,80}\b(?:newsletters?|bolet\u00edn)\b.{0,60}",
    re.IGNORECASE | re.DOTALL,
)
_SIGN_UP = re.compile(r"sign\s+up\s+(?:to|for)\s+[^.!?]{3,60}[.!]?", re.IGNORECASE)
_LONGEST_LETTER = 400  # characters
_LONGEST = 100  # characters of an offer
_PROSE = 80  # characters of a block that is a paragraph
_FOLLOW = re.compile(r"\W*(?:follow(?:ing)?|subscribe)\W*", re.IGNORECASE)


def is_offer(text: str) -> bool:
    """Tell "Share this story" and what else a page offers, which is no part of its article."""
    if len(text) > _LONGEST:
        return False
    return any(pattern.fullmatch(text) for pattern in (_PLAIN, _SHORT))


def is_follow(text: str) -> bool:
    """Tell the offer to follow an author, which stands below the name."""
    return _FOLLOW.fullmatch(text) is not None


def find_offers(texts: Sequence[str]) -> frozenset[int]:
    """Find which of the blocks of an article are offers, by index from 0.

    "Share this story" is one anywhere; "Share", "Print" or the name of a network only in a row of
    at least two, of which one is more than a name; "Share" also above the first paragraph. So is
    "Get it in your inbox", with the "Sign up for NAME" above it.
    Where all are offers, none is.
    """
    found = _find_letters(texts)
    may_be = [
        len(text) <= _LONGEST and bool(is_offer(text) or _BESIDE.fullmatch(text)) for text in texts
    ]
    body = next((i for i, text in enumerate(texts) if len(text) >= _PROSE), len(texts))
    for is_row, run in groupby(range(len(texts)), key=may_be.__getitem__):
        row = list(run)
        if is_row and len(row) > 1 and any(is_offer(texts[index]) for index in row):
            found.update(row)
        elif is_row and is_offer(texts[row[0]]):
            found.update(i for i in row if _PLAIN.fullmatch(texts[i]) or 0 < i < body)
    is_all = len(found) == sum(bool(text.strip()) for text in texts)
    return frozenset() if is_all else frozenset(found)


def _find_letters(texts: Sequence[str]) -> set[int]:
    """Find the offers of a newsletter, and the call to sign up that stands right above one."""
    found = {
        index
        for index, text in enumerate(texts)
        if len(text) <= _LONGEST_LETTER and _NEWSLETTER.fullmatch(text)
    }
    return found | {at - 1 for at in found if at > 0 and _SIGN_UP.fullmatch(texts[at - 1])}
