"""The version that is installed."""

from importlib.metadata import PackageNotFoundError, version


def _installed() -> str:
    try:
        return version("latentloom")
    except PackageNotFoundError:
        return "0"


VERSION = _installed()
