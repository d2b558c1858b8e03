"""Which test of the end-to-end suite notices that a statement of a role is gone."""
