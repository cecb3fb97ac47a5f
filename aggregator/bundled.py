"""Files that ship with the program: inside the wheel, or above the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """Find a shipped file or folder.

    Args:
        name: ``templates`` or ``feeds.yaml``.

    Returns:
        Its path in the installed package, or in the checkout the package is run from.
    """
    installed = _PACKAGE / "_bundled" / name
    return installed if installed.exists() else _PACKAGE.parent / name
