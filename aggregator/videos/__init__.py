"""What a music video is: embeds, titles, credits, the judge."""
