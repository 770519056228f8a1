"""Rounds come from cadences; exceptions of closed rounds; settlements with what was reported."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_cadences"
down_revision = "20261122_corrections"
branch_labels = None
depends_on = None

# The first migration left the constraint to each database to name; SQLite names none, PostgreSQL by its own habit.
NAMING = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}
BY_LIST = "report_round_programme_id_period_key"
BY_CADENCE = "report_round_cadence_id_period_key"
APPEND_ONLY = ("settled_part",)


def _row() -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    """Turn the cut-off that every list had into its monthly cadence, and hang the rounds on it."""
    op.create_table(
        "cadence",
        *_row(),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("cut_offs", sa.JSON(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("holiday", sa.String(), nullable=False),
        sa.Column("later_by", sa.Integer(), nullable=False),
        sa.Column("open_after_days", sa.Integer(), nullable=False),
        sa.Column("close_after_days", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("made_until", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_cadence_programme_id", "cadence", ["programme_id"], unique=False)
    op.create_index("ix_cadence_unit_id", "cadence", ["unit_id"], unique=False)
    _fill()
    with op.batch_alter_table("report_round", naming_convention=NAMING) as table:
        table.add_column(sa.Column("cadence_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("content", sa.String(), nullable=False, server_default="figures"))
        table.add_column(sa.Column("title", sa.String(), nullable=True))
        table.add_column(sa.Column("tier", sa.String(), nullable=True))
    # The monthly cadence of a list was given the id of the list.
    op.execute("UPDATE report_round SET cadence_id = programme_id")
    with op.batch_alter_table("report_round", naming_convention=NAMING) as table:
        table.alter_column("cadence_id", existing_type=sa.Uuid(), nullable=False)
        table.drop_constraint(BY_LIST, type_="unique")
        table.create_unique_constraint(BY_CADENCE, ["cadence_id", "period"])
        table.create_foreign_key("fk_report_round_cadence_id", "cadence", ["cadence_id"], ["id"])
    op.create_index("ix_report_round_programme_id_ends_on", "report_round", ["programme_id", "ends_on"], unique=False)
    with op.batch_alter_table("programme") as table:
        for name in ("cut_off_day", "cut_off_hour", "close_after_days"):
            table.drop_column(name)
    _exceptions()
    _settlements()


def _fill() -> None:
    connection = op.get_bind()
    programme = sa.table(
        "programme",
        sa.column("id", sa.Uuid()),
        sa.column("unit_id", sa.Uuid()),
        sa.column("created_at", sa.DateTime(timezone=True)),
        *(sa.column(name) for name in ("status", "cut_off_day", "cut_off_hour", "close_after_days")),
    )
    cadence = sa.table(
        "cadence",
        *(sa.column(name, sa.Uuid()) for name in ("id", "programme_id", "unit_id")),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("cut_offs", sa.JSON()),
        sa.column("made_until", sa.Date()),
        *(
            sa.column(name)
            for name in (
                "version",
                "every",
                "content",
                "hour",
                "holiday",
                "later_by",
                "open_after_days",
                "close_after_days",
                "status",
            )
        ),
    )
    rounds = sa.table("report_round", sa.column("programme_id", sa.Uuid()), sa.column("ends_on", sa.Date()))
    newest = sa.select(rounds.c.programme_id, sa.func.max(rounds.c.ends_on).label("until"))
    made = {row.programme_id: row.until for row in connection.execute(newest.group_by(rounds.c.programme_id)).all()}
    found = [
        {
            "id": row.id,
            "version": 1,
            "created_at": row.created_at,
            "programme_id": row.id,
            "unit_id": row.unit_id,
            "every": "month",
            "content": "figures",
            "cut_offs": [[1, row.cut_off_day]],
            "hour": row.cut_off_hour,
            "holiday": "none",
            "later_by": 1,
            "open_after_days": 0,
            "close_after_days": row.close_after_days,
            "made_until": made.get(row.id),
            "status": "active" if row.id in made else "draft",
        }
        for row in connection.execute(sa.select(programme)).all()
    ]
    if found:
        op.bulk_insert(cadence, found)  # type: ignore[arg-type]


def _exceptions() -> None:
    op.create_table(
        "round_exception",
        *_row(),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_name", sa.String(), nullable=False),
        sa.Column("revoke_reason", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["report_round.id"]),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["giver_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_round_exception_unit_id_id", "round_exception", ["unit_id", "id"], unique=False)
    op.create_index("ix_round_exception_round_id", "round_exception", ["round_id"], unique=False)
    op.create_index("ix_round_exception_programme_id", "round_exception", ["programme_id"], unique=False)


def _settlements() -> None:
    op.create_table(
        "settlement",
        *_row(),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("parts_sha256", sa.String(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_name", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopen_reason", sa.String(), nullable=True),
        sa.Column("reopened_name", sa.String(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["report_round.id"]),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "edition"),
    )
    op.create_index("ix_settlement_unit_id_id", "settlement", ["unit_id", "id"], unique=False)
    op.create_index("ix_settlement_programme_id", "settlement", ["programme_id"], unique=False)
    op.create_table(
        "settled_part",
        *_row(),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("open_items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["settlement_id"], ["settlement.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("settlement_id", "seq"),
    )
    op.create_index("ix_settled_part_unit_id_settlement_id", "settled_part", ["unit_id", "settlement_id"], unique=False)
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
    """Go back to one monthly cadence a list; refused by the constraint where a list has several rounds a period."""
    op.drop_table("settled_part")
    op.drop_table("settlement")
    op.drop_table("round_exception")
    with op.batch_alter_table("programme") as table:
        table.add_column(sa.Column("cut_off_day", sa.Integer(), nullable=False, server_default="5"))
        table.add_column(sa.Column("cut_off_hour", sa.Integer(), nullable=False, server_default="18"))
        table.add_column(sa.Column("close_after_days", sa.Integer(), nullable=False, server_default="5"))
    _give_back()
    op.drop_index("ix_report_round_programme_id_ends_on", "report_round")
    with op.batch_alter_table("report_round", naming_convention=NAMING) as table:
        table.drop_constraint("fk_report_round_cadence_id", type_="foreignkey")
        table.drop_constraint(BY_CADENCE, type_="unique")
        table.create_unique_constraint(BY_LIST, ["programme_id", "period"])
        for name in ("cadence_id", "content", "title", "tier"):
            table.drop_column(name)
    op.drop_table("cadence")


def _give_back() -> None:
    """Give each list the terms of its newest monthly cadence back."""
    connection = op.get_bind()
    cadence = sa.table(
        "cadence",
        sa.column("id", sa.Uuid()),
        sa.column("programme_id", sa.Uuid()),
        sa.column("cut_offs", sa.JSON()),
        *(sa.column(name) for name in ("every", "hour", "close_after_days")),
    )
    programme = sa.table(
        "programme",
        sa.column("id", sa.Uuid()),
        *(sa.column(name) for name in ("cut_off_day", "cut_off_hour", "close_after_days")),
    )
    monthly = sa.select(cadence).where(cadence.c.every == "month").order_by(cadence.c.id)
    for row in connection.execute(monthly).all():
        connection.execute(
            programme.update()
            .where(programme.c.id == row.programme_id)
            .values(
                cut_off_day=min(row.cut_offs[0][1], 28), cut_off_hour=row.hour, close_after_days=row.close_after_days
            )
        )
