"""Asks AWS's own list of actions, resources and condition keys about every policy of a plan."""
