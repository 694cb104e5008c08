"""Why a model says what it says, for any model that predicts: what matters, how, and why for this row."""
