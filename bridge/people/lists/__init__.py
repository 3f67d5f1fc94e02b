"""Lists of the municipality's schools and people, for the organiser."""
