"""Seasons: their stages, and which course, role and activity of the LMS means what in them."""
