"""What an auditor keeps of a run: one file that it can be judged from again, to the same bytes."""
