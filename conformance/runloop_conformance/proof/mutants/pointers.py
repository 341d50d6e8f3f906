"""JSON pointers into the contract, for the statements that mutants break."""

OPERATION = "#/paths/~1v1~1benchmarks~1start_run/post"
RULE = f"{OPERATION}/x-rules/"
REQUEST = "#/components/schemas/StartRunRequest/properties/"
PROFILE = "#/components/schemas/RunProfile/properties/"
VIEW = "#/components/schemas/BenchmarkRunView/properties/"
REQUIRED_IN_VIEW = "#/components/schemas/BenchmarkRunView/required"
REQUIRED_IN_REQUEST = "#/components/schemas/StartRunRequest/required"
