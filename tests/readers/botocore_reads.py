"""Reads credentials files with botocore, which the AWS CLI and boto3 use.

Each line of standard input is a JSON string, the text of a file. Each line of standard output is
{section: {key: value}}, or null if botocore refuses the file. Exits with 77 without botocore.
"""

import json
import os
import sys
import tempfile

try:
    from botocore.configloader import raw_config_parse
    from botocore.exceptions import ConfigParseError
except ImportError:
    sys.exit(77)


def main():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "credentials")
        for line in sys.stdin:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(json.loads(line))
            try:
                read = raw_config_parse(path)
            except ConfigParseError:
                read = None
            print(json.dumps(read))


main()
