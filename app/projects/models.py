"""Projects and who is in them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core.db import Base
from app.events.subjects import Subject
from app.projects.roles import Role
from app.projects.tagging_modes import Mode

NAME_LIMIT = 100
SLUG_LIMIT = 60


class Project(Base):
    """A team's room."""

    __tablename__ = "projects"
    __table_args__ = (CheckConstraint("mode IN ('shared', 'independent')", name="mode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(
        String(SLUG_LIMIT), unique=True, doc="In addresses; it never changes"
    )
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None] = mapped_column(doc="None while it is in use")
    mode_name: Mapped[str] = mapped_column("mode", String(20), server_default=Mode.SHARED.value)

    @property
    def mode(self) -> Mode:
        """Return how its articles are tagged that have no mode of their own."""
        return Mode(self.mode_name)

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject("project", self.id)


class Member(Base):
    """An account in a project, with its role. Who leaves has no row, and keeps what they tagged."""

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("role IN ('reader', 'annotator', 'curator', 'owner')", name="role"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    role_name: Mapped[str] = mapped_column("role", String(20))
    joined_at: Mapped[datetime]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def role(self) -> Role:
        """Return the role; with the state of the project it decides what the member may do."""
        return Role(self.role_name)

    @property
    def is_in_archive(self) -> bool:
        """Say whether the project is archived."""
        return self.project.archived_at is not None

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject("account", self.account_id)


class Invitation(Base):
    """A link that lets in whoever holds it, until it expires, is used up or is revoked.

    Only a hash of its token is kept; whoever made it has the link.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('reader', 'annotator', 'curator', 'owner')", name="role"),
        CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name="uses"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    role_name: Mapped[str] = mapped_column("role", String(20), doc="That who comes by it gets")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, doc="SHA-256, hexadecimal")
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), doc="Who made it")
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    max_uses: Mapped[int | None] = mapped_column(doc="How many may come by it; None for any number")
    uses: Mapped[int] = mapped_column(doc="How many have come by it")
    revoked_at: Mapped[datetime | None] = mapped_column(doc="None where nobody took it back")

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    inviter: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def role(self) -> Role:
        """Return the role that who comes by it gets."""
        return Role(self.role_name)

    @property
    def subject(self) -> Subject:
        """Return what events about it are about."""
        return Subject("invitation", self.id)
