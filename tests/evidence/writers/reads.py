"""Reads an AWS file repeatedly with botocore until another file exists, for two minutes at most.

Prints how often, and then a line for each violation."""

import pathlib
import sys
import time

from botocore.configloader import raw_config_parse

file, end = sys.argv[1:]
violations = []
deadline = time.monotonic() + 120
times = 0
while times == 0 or not pathlib.Path(end).exists() and time.monotonic() < deadline:
    times += 1
    try:
        sections = raw_config_parse(file)
    except Exception as error:
        violations.append(f"read {times}: {type(error).__name__}")
        continue
    if "default" not in sections:
        violations.append(f"read {times}: [default] is missing")
    for name, keys in sections.items():
        needed = ["aws_access_key_id", "aws_secret_access_key"]
        if keys.get("aws_access_key_id", "").startswith("ASIA"):
            needed.append("aws_session_token")
        missing = [key for key in needed if not keys.get(key)]
        if missing:
            violations.append(f"read {times}: [{name}] lacks {missing}")
print(times)
for line in violations[:20]:
    print(line)
