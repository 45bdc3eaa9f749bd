"""The depot's pages: the fleet, and each unit. They read the database and never write to it."""
