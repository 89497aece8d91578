"""People who can sign in, and their sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base

NAME_LIMIT = 100
EMAIL_LIMIT = 254  # RFC 5321, section 4.5.3.1.3


class Account(Base):
    """A person who can sign in. `email` is kept in lower case."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_LIMIT), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    password_hash: Mapped[str] = mapped_column(String(200))
    letter_keys: Mapped[bool] = mapped_column(doc="Single letters and digits act in the text")
    created_at: Mapped[datetime]


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

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
