"""The pages of docs/how-to, followed: what they tell to write is written, and does what they say."""
