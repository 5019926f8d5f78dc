"""What a service answers when it cannot do what it was asked."""

from engine.store.errors import StoreError


class NotReady(StoreError):
    """A process that is needed is not there at the moment; asked again later, it may be."""

    code = "not_ready"


class UnknownModel(StoreError):
    """There is no model of that name."""

    code = "unknown_model"
