"""Typed errors about surveys; `core.errors` has the rest."""

from app.core.errors import Conflict


class SurveyOverlaps(Conflict):
    code, title = "survey_overlaps", "Another round of this network is open in that time"


class SurveyOpened(Conflict):
    code, title = "survey_opened", "The round has opened: close it instead"


class SurveyOpen(Conflict):
    code, title = "survey_open", "Results are told once the round is closed"


class SurveyClosed(Conflict):
    code, title = "survey_closed", "The round is not open"


class AlreadyAnswered(Conflict):
    code, title = "already_answered", "You took part in this round already"
