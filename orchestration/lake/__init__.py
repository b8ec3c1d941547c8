"""The target `ducklake`: a warehouse that several processes read and write at once."""
