"""What a change of policies does: both sides judged on one snapshot, and each change looser, tighter or neither."""
