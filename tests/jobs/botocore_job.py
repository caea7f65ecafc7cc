"""A job in botocore: asks STS for its identity again and again, and prints the answers.

Argument: the duration in seconds. botocore renews credentials 10 to 15 minutes before they expire;
here 1 to 2 seconds before.
"""

import sys
import time

from botocore.credentials import RefreshableCredentials
from botocore.session import get_session

RefreshableCredentials._advisory_refresh_timeout = 2
RefreshableCredentials._mandatory_refresh_timeout = 1


def main(seconds):
    client = get_session().create_client("sts", region_name="us-east-1")
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        print(client.get_caller_identity()["Arn"])
        time.sleep(0.1)


main(*sys.argv[1:])
