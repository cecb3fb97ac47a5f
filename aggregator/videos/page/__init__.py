"""What a page holds: blocks, furniture, players and the videos among them."""
