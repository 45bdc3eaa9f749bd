"""The subcommands of `triporteur-device`, one module each."""
