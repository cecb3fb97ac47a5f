"""Sample feeds in the shapes of the real platforms, and the loopback server that serves them."""
