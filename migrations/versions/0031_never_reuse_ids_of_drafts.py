"""Never give a draft the id of one that is gone: an old page could save onto another's text.

PostgreSQL counts on. SQLite does so where a table asks for it when it is made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# SQLite tells them with brackets, and the new table would have those in its definition.
DEFAULTS = {"encoding": "''", "confidence": "0", "file_name": "''"}


def upgrade() -> None:
    _make_anew(counts_on=True)


def downgrade() -> None:
    _make_anew(counts_on=False)


def _make_anew(*, counts_on: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":
        kept = {"sqlite_autoincrement": counts_on}
        with op.batch_alter_table("drafts", recreate="always", table_kwargs=kept) as drafts:
            for name, default in DEFAULTS.items():
                drafts.alter_column(name, server_default=sa.text(default))
