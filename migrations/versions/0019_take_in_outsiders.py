"""Let annotations be by people who have no account: outsiders by name, who can never sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

EMAIL = sa.String(length=254)


def upgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(
            sa.Column("kind", sa.String(length=20), server_default="person", nullable=False)
        )
        accounts.alter_column("email", existing_type=EMAIL, nullable=True)
        accounts.create_check_constraint(op.f("ck_accounts_kind"), "kind IN ('person', 'outsider')")
        accounts.create_check_constraint(
            op.f("ck_accounts_outsider"),
            "(kind = 'outsider') = (email IS NULL)"
            " AND (kind = 'person' OR (password_hash = '' AND NOT daily_digest))",
        )


def downgrade() -> None:
    """Give outsiders an address that nobody has, so that nothing they tagged is lost."""
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_constraint(op.f("ck_accounts_outsider"), type_="check")
        accounts.drop_constraint(op.f("ck_accounts_kind"), type_="check")
    op.execute(
        "UPDATE accounts SET email = 'outsider-' || id || '@outsiders.invalid'"
        " WHERE kind = 'outsider'"
    )
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_column("kind")
        accounts.alter_column("email", existing_type=EMAIL, nullable=False)
