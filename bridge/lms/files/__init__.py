"""Files in place of a connection: course backups and gradebook exports of a Moodle that cannot be asked.

An upload is read at once, and only what was read is kept, for an hour, until somebody has seen what it would change.
Then it goes the way of a sync: parts, plans, one transaction, and the same steps after it.
"""
