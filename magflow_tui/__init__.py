"""MagFlow: keeps a seller's eMAG Marketplace accounts in sync with a local store and shows what happens."""

__version__ = "0.1.0"
