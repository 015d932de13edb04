"""The form of each campaign, built once: turning a definition into questions costs more than a turn of talk."""

from app.campaigns.definition import Definition
from app.conversation.form import Form
from app.proposals.form import proposal_form

KEPT = 8

_built: dict[int, tuple[Definition, Form]] = {}


def form_of(definition: Definition) -> Form:
    """The form of `definition`. Definitions are themselves built once a stored version, so identity will do."""
    known = _built.get(id(definition))
    if known is not None and known[0] is definition:
        return known[1]
    if len(_built) >= KEPT:
        _built.clear()
    form = proposal_form(definition)
    _built[id(definition)] = (definition, form)
    return form
