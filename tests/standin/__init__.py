"""The stand-in WeChat platform, for tests and the demo; it knows nothing of the service it talks to."""
