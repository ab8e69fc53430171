"""House law without HTTP: who may, what is recorded, how a unit of work runs."""
