"""What an analysis needs of its data, in one place for the check before it and the report after it."""

# Klaviyo's published gate for predicting customer value, in customers and days.
BUYERS, HISTORY, QUIET = 500, 180, 30
REPEATERS, INTERVALS = 30, 4  # for a model's four parameters; times between purchases, two to be tested on
