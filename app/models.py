"""Every feature's tables, gathered for migrations."""

from app.accounts.models import Account, ApiToken, Identity, PasswordReset, SignIn
from app.annotations.models import (
    Annotation,
    AnnotationAddressee,
    AnnotationTheme,
    EarlierPlace,
)
from app.articles.models import Article, BlockRow, InlineRow, Revision
from app.assignments.models import Progress
from app.core.db import Base
from app.core.throttle import Attempt
from app.discussion.models import Comment, Mention, Participant, Stance, Thread, Verdict
from app.events.models import Event
from app.findings.models import SavedSearch
from app.guidelines.models import Guidelines
from app.imports.models import Import, ImportFile, ImportRow
from app.inbox.models import Inbox, InboxRead
from app.parties.models import Affiliation, Party, Position
from app.projects.models import Invitation, Member, Project
from app.search.models import SearchSentence
from app.themes.models import Theme

__all__ = [
    "Account",
    "Affiliation",
    "Annotation",
    "AnnotationAddressee",
    "AnnotationTheme",
    "ApiToken",
    "Article",
    "Attempt",
    "BlockRow",
    "Comment",
    "EarlierPlace",
    "Event",
    "Guidelines",
    "Identity",
    "Import",
    "ImportFile",
    "ImportRow",
    "Inbox",
    "InboxRead",
    "InlineRow",
    "Invitation",
    "Member",
    "Mention",
    "Participant",
    "Party",
    "PasswordReset",
    "Position",
    "Progress",
    "Project",
    "Revision",
    "SavedSearch",
    "SearchSentence",
    "SignIn",
    "Stance",
    "Theme",
    "Thread",
    "Verdict",
]

metadata = Base.metadata
