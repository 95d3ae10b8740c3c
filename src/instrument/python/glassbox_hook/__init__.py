"""Glassbox's hook for Python: what runs inside the user's process, on the standard library alone.

Nothing here raises into the program or prints; what fails here costs telemetry and nothing else.
"""

VERSION = "0.0.0"
