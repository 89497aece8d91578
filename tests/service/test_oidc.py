"""What is taken from a provider, and what is not: tokens, addresses, clocks, silence."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey, RSAKey

from app.integrations import oidc as providers
from app.integrations import oidc_client
from app.integrations.oidc import Denied, Flow, NotBegun, OidcUser, Unfit, Unreachable
from app.integrations.oidc_client import begin, finish
from tests.harness.false_provider import FalseProvider, running_false_provider

BACK = "http://127.0.0.1:8000/sign-in/provider/back"
OF_THIS_MOMENT = Flow("state", "nonce", "verifier")


@pytest.fixture
def false() -> Iterator[FalseProvider]:
    """Give a provider that says what a test wants."""
    with running_false_provider() as provider:
        provider.mean(OF_THIS_MOMENT)
        yield provider


def come_back(false: FalseProvider, **answer: str) -> OidcUser:
    given = {"state": "state", "code": "code", **answer}
    return finish(false.settings, BACK, OF_THIS_MOMENT, given)


def test_the_browser_is_sent_with_a_state_a_nonce_and_a_challenge(false: FalseProvider) -> None:
    address, flow = begin(false.settings, BACK)
    asked = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{false.issuer}/authorize?")
    assert asked["redirect_uri"] == BACK
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert (asked["state"], asked["nonce"]) == (flow.state, flow.nonce)
    assert flow.verifier not in address
    assert len({flow.state, flow.nonce, flow.verifier, asked["code_challenge"]}) == 4
    assert begin(false.settings, BACK)[1] != flow


def test_who_signed_in_is_read_from_the_token(false: FalseProvider) -> None:
    assert come_back(false) == OidcUser(
        false.issuer, "vera", "vera@example.org", is_email_verified=True, name="Vera Lind"
    )
    assert false.authorization.startswith("Basic ")


def test_what_the_token_leaves_out_is_read_from_the_user_info(false: FalseProvider) -> None:
    false.mean(OF_THIS_MOMENT, email=None, email_verified=None, name=None)
    false.user_info |= {"email": "v@example.org", "email_verified": "true", "name": "V."}
    assert come_back(false) == OidcUser(
        false.issuer, "vera", "v@example.org", is_email_verified=True, name="V."
    )
    false.user_info["sub"] = "somebody else"
    with pytest.raises(Unfit, match="not set up correctly"):
        come_back(false)


def test_the_secret_is_sent_as_the_provider_takes_it(false: FalseProvider) -> None:
    false.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    come_back(false)
    assert false.authorization == ""


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another application"},
        {"aud": ["another application"]},
        {"aud": ["gloss", "another"], "azp": "another"},
        {"aud": None},
        {"nonce": "another sign-in"},
        {"nonce": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "a\0b"},
        {"at_hash": "of another token"},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(
    false: FalseProvider, claims: dict[str, object]
) -> None:
    false.mean(OF_THIS_MOMENT, **claims)
    with pytest.raises(Unfit, match="not set up correctly"):
        come_back(false)


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_clocks_that_differ_are_named(false: FalseProvider, name: str) -> None:
    moment = int(time.time())
    times = {"exp": moment - 120, "iat": moment + 120, "nbf": moment + 120}
    false.mean(OF_THIS_MOMENT, **{name: times[name]})
    with pytest.raises(Unfit, match="clocks of Example and of this server differ by more than 60"):
        come_back(false)
    small = {"exp": moment - 20, "iat": moment + 20, "nbf": moment + 20}
    false.mean(OF_THIS_MOMENT, **{name: small[name]})
    assert come_back(false).subject == "vera"


def use_another_key(false: FalseProvider) -> None:
    false.key = RSAKey.generate_key(2048, {"kid": "one"})


def sign_with_a_secret(false: FalseProvider) -> None:
    false.key = OctKey.import_key("a secret that the client knows too")
    false.algorithm = "HS256"


def take_the_signature_away(false: FalseProvider) -> None:
    token = str(false.answer("/token")["id_token"])
    # {"alg":"none"}, the same claims, nothing
    false.token = {"id_token": f"eyJhbGciOiJub25lIn0.{token.split('.')[1]}."}


def give_no_token(false: FalseProvider) -> None:
    false.token = {"access_token": "x", "token_type": "Bearer"}


def refuse_the_secret(false: FalseProvider) -> None:
    false.token, false.statuses["/token"] = {"error": "invalid_client"}, 401


def call_itself_otherwise(false: FalseProvider) -> None:
    false.metadata["issuer"] = "https://evil.example"


def lead_to_plain_http(false: FalseProvider) -> None:
    false.metadata["token_endpoint"] = "http://login.example/token"


def have_no_discovery(false: FalseProvider) -> None:
    false.statuses[providers.DISCOVERY] = 404


def have_no_keys(false: FalseProvider) -> None:
    del false.metadata["jwks_uri"]


@pytest.mark.parametrize(
    "change",
    [
        use_another_key,
        sign_with_a_secret,
        take_the_signature_away,
        give_no_token,
        refuse_the_secret,
        call_itself_otherwise,
        lead_to_plain_http,
        have_no_discovery,
        have_no_keys,
    ],
)
def test_a_provider_that_cannot_be_trusted_lets_nobody_in(
    false: FalseProvider,
    caplog: pytest.LogCaptureFixture,
    change: Callable[[FalseProvider], None],
) -> None:
    change(false)
    with pytest.raises(Unfit, match="Tell whoever runs this server"):
        come_back(false)
    assert "the provider's answer cannot be used" in caplog.text
    assert "secret" not in caplog.text.replace("client_secret", "")


def test_an_answer_of_another_sign_in_or_issuer_is_not_taken(false: FalseProvider) -> None:
    with pytest.raises(NotBegun, match="was not begun in this browser"):
        come_back(false, state="another")
    with pytest.raises(NotBegun):
        finish(false.settings, BACK, None, {"state": "state", "code": "code"})
    with pytest.raises(Unfit):
        come_back(false, iss="https://evil.example")


def test_a_refusal_and_an_error_of_the_provider_are_told_apart(false: FalseProvider) -> None:
    with pytest.raises(Denied, match="Example did not sign you in"):
        come_back(false, error="access_denied")
    with pytest.raises(Unfit):
        come_back(false, error="server_error")


def test_a_provider_that_is_silent_is_waited_for_no_longer_than_that(
    false: FalseProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (providers, oidc_client):
        monkeypatch.setattr(module, "SECONDS", 0.2)
    false.hangs = True
    began = time.monotonic()
    with pytest.raises(Unreachable, match="Example does not answer"):
        begin(false.settings, BACK)
    assert time.monotonic() - began < 1.5
    false.hangs = False
    false.statuses[providers.DISCOVERY] = 503
    with pytest.raises(Unreachable):
        begin(false.settings, BACK)


def test_a_provider_that_is_not_there_is_unreachable(false: FalseProvider) -> None:
    settings = false.settings
    false.shutdown()
    false.server_close()
    with pytest.raises(Unreachable):
        begin(settings, BACK)


def test_twenty_who_come_back_at_once_are_all_let_in(false: FalseProvider) -> None:
    false.latency = 0.15
    settings = false.settings
    given = {"state": "state", "code": "code"}
    with ThreadPoolExecutor(20) as threads:
        coming = [
            threads.submit(finish, settings, BACK, OF_THIS_MOMENT, given) for _person in range(20)
        ]
    assert {each.result().subject for each in coming} == {"vera"}


def test_what_a_provider_says_of_itself_is_read_once_in_ten_minutes(
    false: FalseProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = false.settings
    given = {"state": "state", "code": "code"}
    for _time in range(3):
        begin(settings, BACK)
        finish(settings, BACK, OF_THIS_MOMENT, given)
    assert (false.asked[providers.DISCOVERY], false.asked["/keys"]) == (1, 1)
    assert false.asked["/token"] == 3
    monkeypatch.setattr(providers, "KEPT_SECONDS", 0)
    finish(settings, BACK, OF_THIS_MOMENT, given)
    assert (false.asked[providers.DISCOVERY], false.asked["/keys"]) == (2, 2)


def test_a_key_that_is_not_known_yet_is_asked_for(false: FalseProvider) -> None:
    settings = false.settings
    given = {"state": "state", "code": "code"}
    finish(settings, BACK, OF_THIS_MOMENT, given)
    false.key = RSAKey.generate_key(2048, {"kid": "two"})
    false.keys.append(false.key)
    assert finish(settings, BACK, OF_THIS_MOMENT, given).subject == "vera"
    assert false.asked["/keys"] == 2
    false.key = RSAKey.generate_key(2048, {"kid": "three"})  # nobody's
    with pytest.raises(Unfit):
        finish(settings, BACK, OF_THIS_MOMENT, given)


def test_nothing_that_failed_is_kept(false: FalseProvider) -> None:
    settings = false.settings
    false.statuses[providers.DISCOVERY] = 503
    with pytest.raises(Unreachable):
        begin(settings, BACK)
    false.statuses.clear()
    false.metadata["issuer"] = "https://evil.example"
    with pytest.raises(Unfit):
        begin(settings, BACK)
    false.metadata["issuer"] = false.issuer
    assert begin(settings, BACK)[0].startswith(f"{false.issuer}/authorize?")
