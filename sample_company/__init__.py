"""A simulated company with known truth: exports as vendors write them, for trying and testing the warehouse."""

from sample_company.company import write_sample_company

__all__ = ["write_sample_company"]
