"""What customers are worth: purchases and spend ahead of each, with their doubt, from distinct patterns."""
