"""The depot's commands for people."""
