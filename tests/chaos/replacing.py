"""Putting the harness's parts in the place of the product's, before it starts."""


def put(module: object, name: str, value: object) -> None:
    """Only what is there can be replaced: a name that moved must not go unwitnessed."""
    assert hasattr(module, name), name
    setattr(module, name, value)
