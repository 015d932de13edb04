"""The phone half of the stand-in: made-up workers, their chat page, the web-view and the panel behind the scenes."""
