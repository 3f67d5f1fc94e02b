"""A stand-in Moodle site that speaks Moodle's web-service protocol, and seasons to fill it with.

The site answers from tables (`bridge.demo.tables`): rows that a test may edit, remove or add, and the next answer
follows. Rows come from recorded answers of a real site (`bridge.demo.recordings`) or from the generator
(`bridge.demo.seasons`).
"""
