"""Asking the organisation's provider: the authorization code flow of OpenID Connect, with PKCE.

Its addresses come from whoever runs the server, so that they may be private ones: what guards the
addresses of articles is not for them. It takes a third of a second to import, so that views
import it when somebody signs in by it.
"""

import hmac
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
)
from joserfc.jwk import KeySet
from requests import RequestException

from app.core.tokens import new_token
from app.integrations.oidc import (
    DISCOVERY,
    SECONDS,
    Denied,
    Flow,
    NotBegun,
    OidcUser,
    Provider,
    Unfit,
    Unreachable,
    is_confidential,
)

SKEW_SECONDS = 60  # that the two clocks may differ
ASKED_AT_ONCE = 6  # so that a provider which hangs does not take every page thread
SUBJECT_LIMIT = 255  # OpenID Connect Core 1.0, section 2
SCOPE = "openid email profile"
# With a pair of keys each: no secret that is shared, and never none.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")

_log = logging.getLogger(__name__)
_turns = BoundedSemaphore(ASKED_AT_ONCE)


class _WrongTime(Exception):
    """A token of the future."""


def begin(provider: Provider, redirect_uri: str) -> tuple[str, Flow]:
    """Return the address at the provider to which the browser goes, and what to keep until then.

    Raises: Unreachable, Unfit.
    """
    flow = Flow(state=new_token(), nonce=new_token(), verifier=new_token())
    with _asking(provider), _client(provider, redirect_uri) as client:
        metadata = _discover(client, provider)
        address, _state = client.create_authorization_url(
            _endpoint(metadata, "authorization_endpoint"),
            state=flow.state,
            nonce=flow.nonce,
            code_verifier=flow.verifier,
        )
    return str(address), flow


def finish(
    provider: Provider, redirect_uri: str, flow: Flow | None, answer: Mapping[str, str]
) -> OidcUser:
    """Return who has signed in, by what the provider sent back with the browser.

    The signature of the ID token, its issuer, audience, times and nonce are checked.

    Raises: NotBegun, Denied, Unreachable, Unfit.
    """
    state = answer.get("state", "")
    if flow is None or not hmac.compare_digest(state.encode(), flow.state.encode()):
        message = (
            "This sign-in was not begun in this browser, or has ended already. Begin it again, at"
            " the address of Gloss that you were given."
        )
        raise NotBegun(message)
    if answer.get("error") == "access_denied":
        message = f"{provider.name} did not sign you in: it was refused, there or by you."
        raise Denied(message)
    with _asking(provider), _client(provider, redirect_uri) as client:
        metadata = _discover(client, provider)
        _check_answer(metadata, answer)
        _authenticate_as_told(client, metadata)
        token = client.fetch_token(
            _endpoint(metadata, "token_endpoint"),
            code=answer.get("code", ""),
            code_verifier=flow.verifier,
            allow_redirects=False,
        )
        claims = _read_id_token(client, provider, metadata, token, flow.nonce)
        return _person(provider, claims, _more_claims(client, metadata, claims))


def _client(provider: Provider, redirect_uri: str) -> Any:  # noqa: ANN401  (Authlib has no types)
    return OAuth2Session(
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        redirect_uri=redirect_uri,
        scope=SCOPE,
        code_challenge_method="S256",
        default_timeout=SECONDS,
    )


@contextmanager
def _asking(provider: Provider) -> Iterator[None]:
    """Take a turn to ask the provider, and say in our words what went wrong.

    Raises: Unreachable, Unfit.
    """
    unreachable = f"{provider.name} does not answer. Wait a moment and try again."
    if not _turns.acquire(timeout=0 if provider.memory.was_silent else SECONDS):
        raise Unreachable(unreachable)
    try:
        yield
    except (ExpiredTokenError, _WrongTime) as error:
        _log.error("the clocks of the provider and of this server differ: %s", error)
        message = (
            f"The clocks of {provider.name} and of this server differ by more than"
            f" {SKEW_SECONDS} seconds. Tell whoever runs this server."
        )
        raise Unfit(message) from None
    except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
        # Some of the errors of requests are such too: those of an answer that is no JSON.
        _log.error("the provider's answer cannot be used: %s: %s", type(error).__name__, error)
        message = (
            f"Signing in with {provider.name} is not set up correctly. Tell whoever runs this"
            " server: its log says what is wrong."
        )
        raise Unfit(message) from None
    except RequestException as error:
        provider.memory.note_silence()
        _log.error("the provider does not answer: %s", error)
        raise Unreachable(unreachable) from None
    finally:
        _turns.release()


def _get(client: Any, url: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401  (Authlib has no types)
    answer = client.get(url, allow_redirects=False, **{"withhold_token": True, **options})
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        answer.raise_for_status()
    found = answer.json() if answer.ok else None
    if not isinstance(found, dict):
        message = f"{url} holds no object of JSON ({answer.status_code})"
        raise TypeError(message)
    return found


def _discover(client: Any, provider: Provider) -> dict[str, Any]:  # noqa: ANN401  (the same)
    url = provider.issuer.removesuffix("/") + DISCOVERY
    kept = provider.memory.document(url)
    if kept is not None:
        return kept
    metadata = _get(client, url)
    issuer = metadata["issuer"]
    if not isinstance(issuer, str) or issuer.removesuffix("/") != provider.issuer.removesuffix("/"):
        message = f"OIDC_ISSUER is {provider.issuer!r}, and the issuer calls itself {issuer!r}"
        raise ValueError(message)
    provider.memory.keep(url, metadata)
    return metadata


def _endpoint(metadata: Mapping[str, Any], name: str) -> str:
    url = metadata[name]
    if not isinstance(url, str) or not is_confidential(url):
        message = f"{name} is {url!r}, which is not an https:// address"
        raise ValueError(message)
    return url


def _check_answer(metadata: Mapping[str, Any], answer: Mapping[str, str]) -> None:
    """Do nothing if the browser brings a code, and from this provider (RFC 9207)."""
    if answer.get("iss", metadata["issuer"]) != metadata["issuer"]:
        message = "the answer is another issuer's"
        raise ValueError(message)
    if "error" in answer or not answer.get("code"):
        message = f"it sent {answer.get('error', 'no code')!r} instead of a code"
        raise ValueError(message)


def _authenticate_as_told(client: Any, metadata: Mapping[str, Any]) -> None:  # noqa: ANN401  (the same)
    """Send the secret in the way that the provider takes; the usual one is by HTTP Basic."""
    ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if client.client_secret and "client_secret_basic" not in ways and "client_secret_post" in ways:
        client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105  (a way, not a secret)


def _read_id_token(
    client: Any,  # noqa: ANN401  (the same)
    provider: Provider,
    metadata: Mapping[str, Any],
    token: Mapping[str, Any],
    nonce: str,
) -> CodeIDToken:
    read = _verify(client, provider, _endpoint(metadata, "jwks_uri"), token["id_token"])
    claims = CodeIDToken(
        read.claims,
        read.header,
        options={"iss": {"value": metadata["issuer"]}, "aud": {"value": provider.client_id}},
        params={
            "nonce": nonce,
            "client_id": provider.client_id,
            "access_token": token.get("access_token"),
        },
    )
    try:
        claims.validate(leeway=SKEW_SECONDS)
    except InvalidClaimError as error:
        if error.claim in {"iat", "nbf"}:
            raise _WrongTime(error) from None
        raise
    return claims


def _verify(client: Any, provider: Provider, url: str, id_token: Any) -> jwt.Token:  # noqa: ANN401  (the same)
    """Return what an ID token says, signed with a key of the provider; it may be a new key."""
    kept = provider.memory.document(url)
    if kept is not None:
        try:
            return _decode(id_token, kept)
        except (InvalidKeyIdError, BadSignatureError):
            pass
    keys = _get(client, url)
    read = _decode(id_token, keys)
    provider.memory.keep(url, keys)
    return read


def _decode(id_token: Any, keys: Mapping[str, Any]) -> jwt.Token:  # noqa: ANN401  (as it came)
    return jwt.decode(id_token, KeySet.import_key_set(dict(keys)), list(ALGORITHMS))  # type: ignore[arg-type]  # a set of keys as it came


def _more_claims(client: Any, metadata: Mapping[str, Any], claims: CodeIDToken) -> dict[str, Any]:  # noqa: ANN401  (the same)
    """Return what the provider says of the person beside the ID token, where that leaves it out."""
    is_enough = {"email", "email_verified", "name"} <= claims.keys()
    if is_enough or "userinfo_endpoint" not in metadata:
        return {}
    more = _get(client, _endpoint(metadata, "userinfo_endpoint"), withhold_token=False)
    if more.get("sub") != claims["sub"]:
        message = "the ID token and the user info are of two people"
        raise ValueError(message)
    return more


def _person(provider: Provider, claims: Mapping[str, Any], more: Mapping[str, Any]) -> OidcUser:
    said = {**more, **claims}
    subject = claims["sub"]
    if not 0 < len(subject) <= SUBJECT_LIMIT or not subject.isprintable():
        message = f"the subject {subject[:SUBJECT_LIMIT]!r} cannot be kept"
        raise ValueError(message)
    verified = said.get("email_verified")
    if verified is None:
        verified = provider.trusts_emails
    return OidcUser(
        issuer=claims["iss"],
        subject=subject,
        email=_text(said, "email"),
        is_email_verified=verified in {True, "true", "True"},  # some write it as text
        name=_text(said, "name") or _text(said, "preferred_username"),
    )


def _text(said: Mapping[str, Any], claim: str) -> str:
    value = said.get(claim)
    return value if isinstance(value, str) else ""
