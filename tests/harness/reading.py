"""What a reading page holds, as its tests look at it."""

import re

from werkzeug.test import TestResponse

from app.articles.models import Article
from tests.harness.pages import read

LIST = "/projects/first/articles"


def path(article: Article) -> str:
    return f"{LIST}/{article.id}"


def words(answer: TestResponse) -> str:
    return " ".join("".join(read(answer.text).itertext()).split())


def cards(answer: TestResponse) -> list[int]:
    found = re.findall(r'<details class="card [^>]*id="a(\d+)"', answer.text)
    return [int(number) for number in found]


def marks(answer: TestResponse) -> list[tuple[str, str]]:
    return re.findall(r'<mark class="([^"]+)"[^>]*>([^<]*)</mark>', answer.text)
