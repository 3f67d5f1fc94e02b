"""Workshops («Семинар»): settings, works, reviews with marks per criterion, the report."""

from bridge.demo.functions.workshops import report, reviews, settings, works

__all__ = ["FUNCTIONS"]

FUNCTIONS = (*settings.FUNCTIONS, *works.FUNCTIONS, *report.FUNCTIONS, *reviews.FUNCTIONS)
