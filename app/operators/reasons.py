"""The reason an operator gives for a step that must be accounted for. Pure."""

from app.errors import Invalid

LONGEST = 500


def clean_reason(reason: str) -> str:
    """The reason as it is logged. Raises Invalid for one that is missing or unreadable."""
    reason = reason.replace("\r\n", "\n").strip()  # a page breaks lines so
    if not 0 < len(reason) <= LONGEST or not reason.replace("\n", "").isprintable():
        raise Invalid(f"请写明原因，最多 {LONGEST} 个字。")
    return reason
