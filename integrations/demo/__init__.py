"""The workspace that `./run demo` shows, and the file that says how to get in."""
