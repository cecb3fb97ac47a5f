"""Stories: which posts tell of one work, and what they tell of it together."""
