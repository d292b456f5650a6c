"""Other right answers to the exercises, one module a lesson."""
