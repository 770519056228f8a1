"""Light rules as rows, justified reasons, lights frozen with their round and the mark that a month was made up."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_light_rules"
down_revision = "20261122_calendar_milestones"
branch_labels = None
depends_on = None

APPEND_ONLY = ("frozen_light", "made_up_mark")


def _row() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "rule_set",
        *_row(),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("based_on", sa.String(), nullable=True),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_rule_set_unit_id_code", "rule_set", ["unit_id", "code"], unique=False)

    op.add_column("programme", sa.Column("rule_reason", sa.String(), nullable=True))
    op.create_table(
        "exemption",
        *_row(),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"]),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["giver_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_exemption_unit_id_id", "exemption", ["unit_id", "id"], unique=False)
    op.create_index("ix_exemption_target_id", "exemption", ["target_id"], unique=False)
    op.create_index("ix_exemption_programme_id", "exemption", ["programme_id"], unique=False)

    op.create_table(
        "frozen_light",
        *_row(),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("rule_set", sa.String(), nullable=False),
        sa.Column("light", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=True),
        sa.Column("actual", sa.BigInteger(), nullable=True),
        sa.Column("progress_pct", sa.String(), nullable=True),
        sa.Column("expected_pct", sa.String(), nullable=True),
        sa.Column("gap_points", sa.String(), nullable=True),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["report_round.id"]),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"]),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["rule_set"], ["rule_set.code"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "target_id"),
    )
    op.create_index("ix_frozen_light_unit_id_ends_on", "frozen_light", ["unit_id", "ends_on"], unique=False)
    op.create_index("ix_frozen_light_programme_id_ends_on", "frozen_light", ["programme_id", "ends_on"], unique=False)
    op.create_index("ix_frozen_light_target_id", "frozen_light", ["target_id"], unique=False)

    op.create_table(
        "made_up_mark",
        *_row(),
        sa.Column("frozen_light_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["frozen_light_id"], ["frozen_light.id"]),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"]),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("frozen_light_id"),
    )
    op.create_index("ix_made_up_mark_unit_id", "made_up_mark", ["unit_id"], unique=False)
    op.create_index("ix_made_up_mark_programme_id", "made_up_mark", ["programme_id"], unique=False)
    _refuse_rewriting()


def _refuse_rewriting() -> None:
    """Let the database itself refuse a change of what was frozen."""
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
            )
        return
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def downgrade() -> None:
    op.drop_index("ix_made_up_mark_programme_id", "made_up_mark")
    op.drop_index("ix_made_up_mark_unit_id", "made_up_mark")
    op.drop_table("made_up_mark")
    op.drop_index("ix_frozen_light_target_id", "frozen_light")
    op.drop_index("ix_frozen_light_programme_id_ends_on", "frozen_light")
    op.drop_index("ix_frozen_light_unit_id_ends_on", "frozen_light")
    op.drop_table("frozen_light")
    op.drop_index("ix_exemption_programme_id", "exemption")
    op.drop_index("ix_exemption_target_id", "exemption")
    op.drop_index("ix_exemption_unit_id_id", "exemption")
    op.drop_table("exemption")
    with op.batch_alter_table("programme") as batch:
        batch.drop_column("rule_reason")
    op.drop_index("ix_rule_set_unit_id_code", "rule_set")
    op.drop_table("rule_set")
