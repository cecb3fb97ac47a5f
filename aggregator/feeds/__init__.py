"""What a feed is: when to poll it, how to read it, what changed in it."""
