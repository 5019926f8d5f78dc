"""What, beside a workflow and its models, decides the numbers that come out."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("torch", "diffusers", "transformers")


def environment(kind: str, dtype: str = "auto") -> str:
    """The text that keys on disk have for nodes that lease a model: libraries, device kind and dtype policy.

    `kind` is a device's (`cpu`, `cuda`, `mps`). The libraries' versions are read from their metadata, so that
    asking imports none of them: `torch 2.13.0+cpu; diffusers 0.42.1; transformers 5.23.0; device cpu; dtype
    auto`.
    """
    return f"{_libraries()}; device {kind}; dtype {dtype}"


@cache
def _libraries() -> str:
    return "; ".join(f"{name} {_version(name)}" for name in LIBRARIES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
