"""Facts about the run, one JSON line each, written at once so that they outlive any end.

The file is named by GLASSBOX_RUN_NOTES. No `json` here, because importing it is most of what the
start of a Python process may cost, and syntax of any Python, because too old ones say so here.
"""

import os
import sys

_escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _text(value):
    return '"' + "".join(_escapes.get(c, c if c >= " " else " ") for c in str(value)) + '"'


def _json(value):
    return str(value) if isinstance(value, int) else _text(value)


def note(event, **facts):
    """Appends one fact; facts are texts and whole numbers."""
    path = os.environ.get("GLASSBOX_RUN_NOTES")
    if not path:
        return
    try:
        pairs = ['"event":' + _text(event)]
        pairs += ["%s:%s" % (_text(key), _json(value)) for key, value in facts.items()]
        line = "{" + ",".join(pairs) + "}\n"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, line.encode("utf-8", "replace"))
        finally:
            os.close(file)
    except Exception:
        # Notes are a courtesy: a full disk must not reach the user's program.
        pass


def note_loaded():
    """This interpreter runs the hook."""
    version = "%d.%d.%d" % sys.version_info[:3]
    note("hook-loaded", language="python", version=version, pid=os.getpid())


def note_unsupported(reason):
    """This interpreter, or an SDK in it, is left alone."""
    note("unsupported", reason=reason, pid=os.getpid())
