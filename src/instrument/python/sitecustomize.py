"""Python's own start-up imports this file because its folder stands in PYTHONPATH.

It starts the hook and then runs the sitecustomize further along the path that would have run
without it. Written for every Python there is, type hints left out for that: interpreters too old
for the hook are told so in the run's notes and run on untouched.
"""

import sys


def _start():
    if sys.version_info >= (3, 9):
        from glassbox_hook import bootstrap

        bootstrap.start()
    else:
        from glassbox_hook import notes

        notes.note_unsupported("Python %d.%d is older than 3.9" % sys.version_info[:2])


def _next_spec():
    """The module that would have been found in our place."""
    import os

    import _frozen_importlib_external as machinery

    here = os.path.dirname(os.path.abspath(__file__))
    later = [folder for folder in sys.path if os.path.abspath(folder) != here]
    return machinery.PathFinder.find_spec("sitecustomize", later)


def _run_next():
    """Its errors are its own: they go where they would have gone."""
    try:
        import _frozen_importlib as importer

        spec = _next_spec()
    except Exception:
        return
    if spec is None or spec.loader is None:
        return
    module = importer.module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


try:
    _start()
except Exception:
    pass
_run_next()
