"""How YAML files are read: by the reader in C where it was built, which is ten times as fast."""

from __future__ import annotations

from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(text: str) -> Any:
    """The content of a YAML text: plain values only, no object is ever made from it.

    Raises:
        yaml.YAMLError: not valid YAML.
    """
    return LOADER(text).get_single_data()
