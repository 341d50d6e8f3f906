"""`python -m runloop_conformance` is the command `runloop-conformance`."""

from runloop_conformance.command import main

if __name__ == "__main__":
    main(prog_name="runloop-conformance")
