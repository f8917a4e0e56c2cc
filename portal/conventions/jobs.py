"""What recurs in conventions: committees are told which text is to be looked at again."""

from portal.conventions.service.reminders import remind_of_reviews
from portal.kernel import jobs

jobs.register("conventions.remind_of_reviews", 3600, remind_of_reviews)
