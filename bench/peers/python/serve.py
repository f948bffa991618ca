"""python3 serve.py MODULE: holds a contender's module and does what lines on stdin ask, as ../../serve.ts does.

A module has open(task, options), which returns (versions, begin); begin(amount, shuffle) makes ready what is not timed
and returns the work, which returns its loss or a number that stands for what was computed.
"""

import importlib
import json
import sys
import time
import warnings

MARK = "@bench "


def main(name):
    warnings.simplefilter("ignore")
    begin = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "open":
                versions, begin = importlib.import_module(name).open(request["task"], request["options"])
                answer = {"versions": {**versions, "Python": sys.version.split()[0]}}
            else:
                work = begin(request["amount"], request["shuffle"])
                start = time.perf_counter()
                value = work()
                answer = {"seconds": time.perf_counter() - start, "value": float(value)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(MARK + json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
