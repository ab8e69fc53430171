"""Vocabularies: the topics and professions that everything else is described with."""
