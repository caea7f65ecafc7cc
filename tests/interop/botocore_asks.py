"""Calls a service with botocore and the credentials of the environment.

Arguments: the service, the operation, its parameters in JSON. Prints the answer in JSON. On an error
of the service, prints its code and message to standard error and exits with 1.
"""

import json
import sys

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.session import get_session


def main(service, operation, parameters="{}"):
    client = get_session().create_client(service, region_name="us-east-1")
    try:
        answer = getattr(client, xform_name(operation))(**json.loads(parameters))
    except ClientError as error:
        sys.exit("{Code}: {Message}".format(**error.response["Error"]))
    print(json.dumps(answer, default=str))


main(*sys.argv[1:])
