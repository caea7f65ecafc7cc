"""Reads an AWS file again and again with botocore, until another file is there, for two minutes at
most; prints how often, and then a line for each time that something was wrong."""

import pathlib
import sys
import time

from botocore.configloader import raw_config_parse

file, end = sys.argv[1:]
wrong = []
deadline = time.monotonic() + 120
times = 0
while times == 0 or not pathlib.Path(end).exists() and time.monotonic() < deadline:
    times += 1
    try:
        sections = raw_config_parse(file)
    except Exception as error:
        wrong.append(f"read {times}: {type(error).__name__}")
        continue
    if "default" not in sections:
        wrong.append(f"read {times}: [default] is not there")
    for name, keys in sections.items():
        needed = ["aws_access_key_id", "aws_secret_access_key"]
        if keys.get("aws_access_key_id", "").startswith("ASIA"):
            needed.append("aws_session_token")
        lacking = [key for key in needed if not keys.get(key)]
        if lacking:
            wrong.append(f"read {times}: [{name}] lacks {lacking}")
print(times)
for line in wrong[:20]:
    print(line)
