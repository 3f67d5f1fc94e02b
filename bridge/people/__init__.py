"""Municipalities, schools, persons, their roles and how they sign in."""
