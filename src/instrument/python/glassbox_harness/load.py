"""Finds the function to call."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any


def load_function(file: str, name: str) -> Any:
    """The function `name` of a file, which is loaded as the program itself would import it."""
    path = os.path.abspath(file)
    sys.path.insert(0, os.path.dirname(path))
    stem = os.path.splitext(os.path.basename(path))[0]
    module_name = stem if stem not in sys.modules else "agent_under_test"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        raise ImportError(f"{file} has no function '{name}'.")
    return function
