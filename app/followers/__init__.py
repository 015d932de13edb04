"""People known by openid: who follows, how each may be reached, reading them all from the platform."""
