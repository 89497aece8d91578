"""People who can sign in: their sessions, identities, API tokens, and links for a new password."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base

NAME_LIMIT = 100
BROWSER_LIMIT = 40
NO_PASSWORD = ""  # the hash of an account that has none: no password fits it
GUIDE = ("tag", "note", "csv")  # the steps of a first visit, in their order
EMAIL_LIMIT = 254  # RFC 5321, section 4.5.3.1.3


class AccountKind(StrEnum):
    """Who an account is."""

    PERSON = "person"
    OUTSIDER = "outsider"


class Account(Base):
    """A person who can sign in, or an outsider: a name under which others' tags were imported.

    An outsider has no address and no password, and is a member of nothing.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint(
            "colour IN ('blue', 'teal', 'green', 'ochre', 'rust', 'rose', 'plum', 'slate')",
            name="colour",
        ),
        CheckConstraint("kind IN ('person', 'outsider')", name="kind"),
        CheckConstraint(
            "(kind = 'outsider') = (email IS NULL)"
            " AND (kind = 'person' OR (password_hash = '' AND NOT daily_digest))",
            name="outsider",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_name: Mapped[str] = mapped_column(
        "kind", String(20), server_default=AccountKind.PERSON.value
    )
    email_address: Mapped[str | None] = mapped_column(
        "email", String(EMAIL_LIMIT), unique=True, doc="In lower case; None for outsiders alone"
    )
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    password_hash: Mapped[str] = mapped_column(
        String(200), doc="NO_PASSWORD where none was set: one signs in by the provider alone"
    )
    letter_keys: Mapped[bool] = mapped_column(doc="Single letters and digits act in the text")
    steps_on: Mapped[bool] = mapped_column(
        server_default=false(), doc="A key that tags selects the next sentence"
    )
    guide: Mapped[str] = mapped_column(
        String(40), server_default=text("''"), doc="The steps of a first visit to do yet, by spaces"
    )
    daily_digest: Mapped[bool] = mapped_column(
        server_default=false(), doc="Asks for a daily email of what is new in the inbox"
    )
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None] = mapped_column(
        doc="None while they may sign in; what they tagged stays in any case"
    )
    colour: Mapped[str] = mapped_column(String(20), doc="On which the initials stand")

    @property
    def email(self) -> str:
        """Return the address, in lower case; "" for an outsider."""
        return self.email_address or ""

    @property
    def is_outsider(self) -> bool:
        """Say whether nobody can ever sign in to it."""
        return self.kind_name == AccountKind.OUTSIDER


class SignIn(Base):
    """A session: one browser in which an account is signed in, until it is ended.

    Only a hash of its token is kept; the browser holds the token.
    """

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, doc="SHA-256, hexadecimal")
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(doc="None while it lasts")
    browser: Mapped[str | None] = mapped_column(
        String(BROWSER_LIMIT), doc="Such as Firefox on Linux; None where it is not known"
    )

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Identity(Base):
    """Who someone is at an OpenID Connect provider: they sign in to the account by it."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("account_id", "issuer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255), doc="As the issuer has it, never another's")
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]


class TokenScope(StrEnum):
    """What an API token may do, at most: what its owner may."""

    READ = "read"
    WRITE = "write"


class ApiToken(Base):
    """A secret by which a program asks in the name of an account, until it ends or is revoked.

    Only a hash of it is kept; whoever made it has the token. It never allows more than the account
    may do at the time.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (CheckConstraint("scope IN ('read', 'write')", name="scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("projects.id"), doc="The only project that it may ask about; None for all"
    )
    name: Mapped[str] = mapped_column(String(NAME_LIMIT), doc="What its owner calls it")
    scope_name: Mapped[str] = mapped_column("scope", String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, doc="SHA-256, hexadecimal")
    prefix: Mapped[str] = mapped_column(String(20), doc="How it begins, to recognise it by")
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(doc="None where it does not end by itself")
    used_at: Mapped[datetime | None] = mapped_column(doc="When it was last used; None for never")
    revoked_at: Mapped[datetime | None] = mapped_column(doc="None where nobody took it back")

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def scope(self) -> TokenScope:
        """Return what it may do."""
        return TokenScope(self.scope_name)


class PasswordReset(Base):
    """A link that sets a new password for an account, once. Without a row it works no more.

    Only a hash of its token is kept; whoever made it has the link.
    """

    __tablename__ = "password_resets"
    __table_args__ = (
        CheckConstraint("expires_at > made_at", name="expires_at"),
        CheckConstraint("made_by_id IS NULL OR made_by_id <> account_id", name="made_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, doc="SHA-256, hexadecimal")
    made_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id"), doc="The owner who made it; None for whoever runs the server"
    )
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(doc="None while it was not used")

    account: Mapped[Account] = relationship(
        lazy="joined", innerjoin=True, foreign_keys=[account_id]
    )
