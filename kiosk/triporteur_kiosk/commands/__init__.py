"""What `triporteur-kiosk` does and then ends: each command answers on standard output."""
