"""What a thread can be asked for, by name."""

QUESTION = "question"
DISPUTED = "disputed"
STATES = (QUESTION, DISPUTED)
