"""The phone half of the stand-in: made-up workers, their chats, the web-view and the panel behind."""
