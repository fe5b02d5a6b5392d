"""docs/mlir.md: what of MLIR's tensor dialects works, by operation and form."""


def document(programs, outcomes):
    """The text of the page for the outcomes of a run of all programs."""
    return ""
