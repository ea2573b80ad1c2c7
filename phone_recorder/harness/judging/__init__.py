"""What was expected against the evidence: one line for each thing that is not so."""
