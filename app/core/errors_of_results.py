"""Typed errors about results, what is said of them, and a safe place; `core.errors` has the rest."""

from app.core.errors import Conflict, Forbidden


class ResultIncomplete(Conflict):
    code, title = "result_incomplete", "Something is missing that a published result has"


class ResultPublished(Conflict):
    code, title = "result_published", "The result was published: withdraw it instead"


class ResultNotPublished(Conflict):
    code, title = "result_not_published", "The result is not published"


class ConductNotAccepted(Conflict):
    code, title = (
        "conduct_not_accepted",
        "Accept the network's code of conduct first, as it stands now",
    )


class ConductChanged(Conflict):
    code, title = "conduct_changed", "Another wording of the code of conduct is in force"


class TooManyWordings(Conflict):
    code, title = "too_many_wordings", "A code of conduct is worded a hundred times at most"


class TooManyMeasures(Conflict):
    code, title = "too_many_measures", "A result has twenty measures at most"


class TooManyCycles(Conflict):
    code, title = "too_many_cycles", "A result has a hundred PDSA cycles at most"


class CycleNumberTaken(Conflict):
    code, title = "cycle_number_taken", "The result has a PDSA cycle of this number"


class FeedbackAnswered(Conflict):
    code, title = "feedback_answered", "Somebody answered: it stays as it was said"


class OwnOrganisation(Conflict):
    code, title = (
        "own_organisation",
        "The result came about at this organisation: an adoption is somebody else's",
    )


class ReportDecided(Conflict):
    code, title = "report_decided", "The report was decided on"


class CannotBeHidden(Conflict):
    code, title = "cannot_be_hidden", "Networks and people are not hidden by a report"


class NoAppeal(Conflict):
    code, title = "no_appeal", "There is no decision that can be appealed against"


class TooManyReports(Conflict):
    code, title = "too_many_reports", "One person reports twenty times a day at most"


class NotYourOrganisation(Forbidden):
    code, title = "not_your_organisation", "Report for an organisation that you belong to"


class OwnContent(Forbidden):
    code, title = "own_content", "Somebody else decides about what you wrote"
