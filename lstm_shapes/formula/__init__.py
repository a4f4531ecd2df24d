"""The answer by formula: shapes, parameters, cost, what each argument changes. No torch."""
