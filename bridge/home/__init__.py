"""The first page: what to do now."""
