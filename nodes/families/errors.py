"""What is said of a model that cannot be used."""


class UnusableModel(ValueError):
    """A model file or folder that this version does not run; the message is a sentence that says what it
    is and why."""
