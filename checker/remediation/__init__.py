"""From findings to states that are written: plan, apply, journal, rollback."""
