"""The error of this package."""


class Error(RuntimeError):
    """Something that could not be done.

    code: the kind of error by the name that gRPC gave it, such as "INVALID_ARGUMENT".
    id: a stable name of the one error, such as "unknownFunction".
    message: what is wrong and what was expected.
    """

    def __init__(self, code: str, id: str, message: str):
        super().__init__(f"{code}; {message}")
        self.code, self.id, self.message = code, id, message

    def __reduce__(self):
        return Error, (self.code, self.id, self.message)
