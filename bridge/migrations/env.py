"""Alembic's entry: works on the connection that ``bridge.migrations.run`` hands over."""

from alembic import context

from bridge.migrations.tables import METADATA


def include_object(_thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:  # noqa: FBT001
    """Leave alone what is not ours: the job engine and the full-text index keep tables in the same database."""
    return not (kind == "table" and reflected and name not in METADATA.tables)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_object=include_object,
    render_as_batch=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
