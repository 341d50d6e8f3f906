"""What a change of the contract means: for callers, for servers, for the version, and for the people who edit it."""
