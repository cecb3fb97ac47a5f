"""Revisions in order; `aggregator.store.schema.REVISION` names the newest."""
