"""A season's formula, and the rating it makes of what the LMS said."""
