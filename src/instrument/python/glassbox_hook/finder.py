"""Hears of the import of certain modules, at the price of one look-up in a dict for all others.

The module is found and loaded by whatever would have done so; only the one loader's `exec_module`
is covered while it runs, and left as it was.
"""

from __future__ import annotations

import sys

_finder = None


class Finder:
    """Stands first in `sys.meta_path` and finds nothing of its own."""

    def __init__(self, watched: dict[str, str], imported) -> None:
        self.watched = watched
        self.imported = imported

    def find_spec(self, name, path=None, target=None):
        """The spec anybody else finds for a watched name; None for all others."""
        if name not in self.watched:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                self.cover(spec.loader)
                return spec
        return None

    def cover(self, loader) -> None:
        """Tells of the module after its code has run."""
        try:
            original = loader.exec_module

            def exec_module(module) -> None:
                del loader.exec_module
                original(module)
                self.tell(module.__spec__.name)

            # Python leaves its own frames of an import out of error messages, and so ours.
            exec_module.__code__ = exec_module.__code__.replace(
                co_filename="<frozen importlib._bootstrap>"
            )
            loader.exec_module = exec_module
        except Exception:
            # A loader that cannot be covered, for instance a frozen one, goes unwatched.
            pass

    def tell(self, name: str) -> None:
        """Runs what belongs to the import of this module."""
        try:
            if name in self.watched:
                self.imported(name, self.watched[name])
        except Exception:
            # A broken hook may lose telemetry, never the user's run.
            pass


def installed() -> bool:
    """Whether this interpreter has been hooked."""
    return _finder is not None


def install(watched: dict[str, str], imported) -> None:
    """Calls `imported(name, watched[name])` after each import, at once for what is there."""
    global _finder
    _finder = Finder(watched, imported)
    sys.meta_path.insert(0, _finder)
    for name in watched:
        if name in sys.modules:
            _finder.tell(name)
