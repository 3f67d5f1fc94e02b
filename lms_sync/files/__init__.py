"""Files as sources: what a district without a token can still give us.

Everything here is pure: bytes in, records or sheets out, :class:`lms_sync.errors.FileRefused` for whatever is of
another kind, damaged, too large or a trick. Nothing is written to disk and nothing is evaluated.
"""
