"""The depot: takes in what units deliver, keeps it, acknowledges it, and shows the fleet."""
