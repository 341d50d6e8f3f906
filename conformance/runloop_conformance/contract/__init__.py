"""The contract, read once: operations, properties, rules, and which values a schema forbids."""
