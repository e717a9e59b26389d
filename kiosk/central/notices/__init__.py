"""The worker of notices: reads the outbox, and sends by e-mail and SMS (R25, R26, issue 4)."""
