"""Signing in by a password, as a browser does it."""

from werkzeug.test import TestResponse

from tests.harness.pages import PageClient


def try_password(
    client: PageClient, email: str, password: str, path: str = "/sign-in"
) -> TestResponse:
    return client.submit(client.get(path), "/sign-in", {"email": email, "password": password})


def problem(answer: TestResponse) -> str:
    opening = '<p class="problem" role="alert" tabindex="-1" autofocus>'
    before, _, rest = answer.text.partition(opening)
    assert rest or not before
    return rest.partition("</p>")[0]
