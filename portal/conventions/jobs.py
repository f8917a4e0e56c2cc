"""What recurs in conventions: committees are told which text is to be looked at again; a version
that is no longer in force is no basis any more."""

from portal.conventions.service.bases import end_old_bases
from portal.conventions.service.reminders import remind_of_reviews
from portal.kernel import jobs

jobs.register("conventions.remind_of_reviews", 3600, remind_of_reviews)
jobs.register("conventions.end_old_bases", 3600, end_old_bases)
