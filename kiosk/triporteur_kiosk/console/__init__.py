"""The team's console: the battery in one glance, by word, figure, colour and age."""
