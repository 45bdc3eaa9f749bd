"""What unit and depot say to each other: quantities, records, envelope, messages, topics."""
