"""What leaves the warehouse: the released copy of the marts, and the asset checks on it."""
