"""What the LMS said, as tables with provenance; the sync that fills them, and how fresh they are."""
