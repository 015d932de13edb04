"""The one family of errors that people may see: what is so, in words for them, and the HTTP status it means."""


class ShishiError(Exception):
    """A refusal with a sentence for the person. Subclasses stand beside the rule they belong to.

    `status` is the HTTP status doors answer with; `code` is a stable English word for machines.
    """

    status = 400
    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(ShishiError):
    status = 404
    code = "not_found"


class Forbidden(ShishiError):
    status = 403
    code = "forbidden"


class Conflict(ShishiError):
    """The thing exists but its state, or the phase, does not allow this now."""

    status = 409
    code = "conflict"


class Invalid(ShishiError):
    """The content itself is not acceptable."""

    status = 422
    code = "invalid"


class ConfigurationError(ShishiError):
    """A setting is missing or wrong: said at start, never half-way."""

    status = 500
    code = "configuration"
