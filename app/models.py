"""Every feature's tables, gathered for migrations."""

from app.accounts.models import Account, Identity, PasswordReset, SignIn
from app.annotations.models import Annotation, EarlierPlace
from app.articles.models import Article, BlockRow, InlineRow, Revision
from app.assignments.models import Progress
from app.core.db import Base
from app.core.throttle import Attempt
from app.discussion.models import Comment, Mention, Participant, Stance, Thread
from app.events.models import Event
from app.guidelines.models import Guidelines
from app.inbox.models import Inbox, InboxRead
from app.projects.models import Invitation, Member, Project

__all__ = [
    "Account",
    "Annotation",
    "Article",
    "Attempt",
    "BlockRow",
    "Comment",
    "EarlierPlace",
    "Event",
    "Guidelines",
    "Identity",
    "Inbox",
    "InboxRead",
    "InlineRow",
    "Invitation",
    "Member",
    "Mention",
    "Participant",
    "PasswordReset",
    "Progress",
    "Project",
    "Revision",
    "SignIn",
    "Stance",
    "Thread",
]

metadata = Base.metadata
