"""What every slice stands on: database, time, secrets, audit, outbox, permissions, jobs."""
