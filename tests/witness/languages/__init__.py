"""What we write in AWS's small languages, read by those who did not learn them from us."""
