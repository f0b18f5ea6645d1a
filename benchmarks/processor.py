"""The processor that the times of `make bench` are of, and what it has for matrix products."""

import os
from pathlib import Path

FLAGS = ("avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16")


def processor() -> str:
    """Its name, family and model, cores, and what it has for matrix products."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    values = dict((part.strip() for part in line.split(":", 1)) for line in lines if ":" in line)
    name, model = values.get("model name", "unknown"), values.get("model", "?")
    has = [flag for flag in FLAGS if flag in values.get("flags", "").split()]
    kind = f"family {values.get('cpu family', '?')}, model {model}"
    return f"{name} ({kind}), {os.cpu_count()} cores, with {', '.join(has) or 'none of these'}"


if __name__ == "__main__":
    print(f"processor: {processor()}")
