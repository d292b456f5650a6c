"""Checking exercise notebooks: one learner's, or a class's."""
