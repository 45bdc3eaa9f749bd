"""The public portal: what a stranger's phone meets on the trike's Wi-Fi."""
