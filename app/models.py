"""Every feature's tables, gathered for migrations."""

from app.accounts.models import Account, Identity, PasswordReset, SignIn
from app.annotations.models import Annotation, EarlierPlace
from app.articles.models import Article, BlockRow, InlineRow, Revision
from app.assignments.models import Progress
from app.core.db import Base
from app.core.throttle import Attempt
from app.events.models import Event
from app.guidelines.models import Guidelines
from app.projects.models import Invitation, Member, Project

__all__ = [
    "Account",
    "Annotation",
    "Article",
    "Attempt",
    "BlockRow",
    "EarlierPlace",
    "Event",
    "Guidelines",
    "Identity",
    "InlineRow",
    "Invitation",
    "Member",
    "PasswordReset",
    "Progress",
    "Project",
    "Revision",
    "SignIn",
]

metadata = Base.metadata
