"""Asks a service as botocore does, with the credentials of the environment.

Arguments: the service, the operation, and its parameters in JSON. Prints in JSON what the service
answers or, on standard error and with exit status 1, the error's code and message.
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
