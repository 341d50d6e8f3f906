"""The version of the distribution, here since reading it from the metadata takes longer than importing the client."""

__all__ = ["__version__"]

__version__ = "0.1.0"
