"""Where botocore, and so the AWS CLI and boto3, sends a request, and the region it signs it for.

Without an argument: for every region that botocore lists, STS and IAM, in every variant. With the
argument `configured`: for each JSON object on standard input, {"service", "region", "flag",
"variables", "config"}, where the last two are the environment and the text of the config file.

One JSON object a line. Each is a request that botocore built and signed and that was caught on its
way out, so that all that stands between a setting and a request is asked, not the rules alone.
Nothing is sent. Exits 77 without botocore 1.44: earlier ones have other endpoints in places.
"""

import itertools
import json
import os
import re
import sys
import tempfile

try:
    from botocore import __version__
    from botocore.awsrequest import AWSResponse
    from botocore.config import Config
    from botocore.endpoint_provider import EndpointProvider
    from botocore.exceptions import EndpointVariantError
    from botocore.loaders import Loader
    from botocore.session import Session
except ImportError:
    sys.exit(77)

if tuple(map(int, __version__.split(".")[:2])) < (1, 44):
    sys.exit(77)

OPERATIONS = {"sts": "get_caller_identity", "iam": "list_mfa_devices"}
LOADER = Loader()
PARTITIONS = LOADER.load_data("partitions")

# Not listed by botocore: by their names alone.
TO_COME = [
    "zz-south-7",
    "us-east-99",
    "mx-north-9",
    "cn-south-3",
    "us-gov-north-9",
    "us-iso-north-9",
    "us-isob-north-9",
    "us-isof-north-9",
    "eu-isoe-north-9",
    "eusc-de-west-9",
]


def main():
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    for answer in configured() if sys.argv[1:] == ["configured"] else every():
        print(json.dumps(answer))


def every():
    """Every region, service and variant."""
    asking = session()
    for region, service, fips, dual_stack in itertools.product(
        regions(asking), OPERATIONS, (False, True), (False, True)
    ):
        config = Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual_stack)
        for sts in ("regional", "legacy") if service == "sts" else ("regional",):
            os.environ["AWS_STS_REGIONAL_ENDPOINTS"] = sts
            asked = {
                "service": service,
                "region": region,
                "fips": fips,
                "dual_stack": dual_stack,
                "sts": sts,
            }
            try:
                answer = caught(asking, service, region, config=config)
            except EndpointVariantError as error:
                rules = by_rules(service, region, fips, dual_stack)
                answer = {"refused": str(error), **rules}
            yield {**asked, **answer}


def regions(session):
    """Those of both of botocore's tables: endpoints.json and partitions.json."""
    listed = {
        region
        for partition in session.get_available_partitions()
        for service in OPERATIONS
        for region in session.get_available_regions(service, partition, allow_non_regional=True)
    }
    for partition in PARTITIONS["partitions"]:
        listed.update(partition["regions"])
    return sorted(listed) + TO_COME


def by_rules(service, region, fips, dual_stack):
    """By the endpoint rules that all AWS SDKs share. botocore asks an older table first."""
    rules = LOADER.load_service_model(service, "endpoint-rule-set-1")
    endpoint = EndpointProvider(rules, PARTITIONS).resolve_endpoint(
        Region=region, UseFIPS=fips, UseDualStack=dual_stack
    )
    schemes = endpoint.properties.get("authSchemes", [{}])
    return {"url": endpoint.url + "/", "signing_region": schemes[0].get("signingRegion", region)}


def configured():
    """As configured by each line of standard input."""
    variables = dict(os.environ)
    with tempfile.TemporaryDirectory() as directory:
        for line in sys.stdin:
            asked = json.loads(line)
            path = os.path.join(directory, "config")
            with open(path, "w", encoding="utf-8") as file:
                file.write(asked["config"])
            os.environ.clear()
            os.environ.update(variables, **asked["variables"], AWS_CONFIG_FILE=path)
            yield caught(session(), asked["service"], asked["region"], endpoint_url=asked["flag"])


def session():
    session = Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    session.register_component("data_loader", LOADER)
    return session


def caught(session, service, region, **options):
    """The request that would have been sent."""
    requests = []

    def catch(request, **_):
        requests.append(request)
        return AWSResponse(request.url, 200, {}, Empty())

    client = session.create_client(service, region, **options)
    client.meta.events.register("before-send", catch)
    getattr(client, OPERATIONS[service])()
    authorization = requests[0].headers["Authorization"].decode()
    signing_region = re.search(r"Credential=[^/]*/\d*/([^/]*)/", authorization)[1]
    return {"url": requests[0].url, "signing_region": signing_region}


class Empty:
    """The body of an answer."""

    def stream(self):
        yield b"<R><GetCallerIdentityResult/><ListMFADevicesResult/></R>"


main()
