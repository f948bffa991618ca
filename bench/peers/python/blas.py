"""Which OpenBLAS a process has loaded, and the processor whose kernels it chose."""

import ctypes
import re


def describe():
    """{"OpenBLAS": "0.3.21 SkylakeX"}, or nothing where none is loaded or it cannot be asked."""
    try:
        with open("/proc/self/maps") as maps:
            paths = sorted({line.split()[-1] for line in maps if "openblas" in line and ".so" in line})
    except OSError:
        return {}
    for path in paths:
        library = ctypes.CDLL(path)
        core, config = ask(library, "openblas_get_corename"), ask(library, "openblas_get_config")
        if core and config:
            version = re.search(r"\d+\.\d+\.\d+", config)
            return {"OpenBLAS": f"{version.group() if version else '?'} {core}"}
    return {}


def ask(library, name):
    for symbol in (name, f"{name}64_", f"scipy_{name}64_", f"scipy_{name}"):
        function = getattr(library, symbol, None)
        if function is not None:
            function.restype = ctypes.c_char_p
            return function().decode()
    return None
