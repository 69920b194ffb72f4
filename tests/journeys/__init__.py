"""The story in a real browser: the same chapters, told by people with Chromium on a phone."""
