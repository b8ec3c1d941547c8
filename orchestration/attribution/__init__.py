"""What attribution computes outside SQL: the linear systems of the Markov model."""
