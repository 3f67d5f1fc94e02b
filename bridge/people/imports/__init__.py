"""Schools and people out of spreadsheets: templates to fill in, a preview with errors by row, then one transaction.

columns says what each table has; reading makes rows of a file; plan (pure) compares them with a snapshot of the store;
apply writes what a person has confirmed. An upload is kept as rows, for an hour; the file itself is never kept.
"""
