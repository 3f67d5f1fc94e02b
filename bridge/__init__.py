"""The companion to Moodle for the Project accelerator: what joins the three pure packages to people and a database."""

__version__ = "0.1.0"
