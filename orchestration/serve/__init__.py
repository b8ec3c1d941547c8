"""Ways to ask the release: metrics with one meaning everywhere, and assistants."""
