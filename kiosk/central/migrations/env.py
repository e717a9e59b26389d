"""Runs the revisions on the connection that `Store.upgrade` passes, inside its transaction."""

from alembic import context

from kiosk.central.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
context.run_migrations()
