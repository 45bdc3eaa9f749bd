"""What the product costs, beside the least that anything could cost in the same run."""
