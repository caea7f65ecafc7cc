"""Prints where botocore (so the AWS CLI and boto3, too) sends a request, and its signing region.

Without an argument: for every region that botocore lists, STS and IAM, in every variant. With the
argument `configured`: for each JSON object on standard input, {"service", "region", "flag",
"variables", "config"}, where the last two are the environment and the text of the config file.

Prints one JSON object a line. botocore builds and signs each request; a hook catches it before it
is sent, so the output covers the configuration as well as the endpoint rules.
Exits with 77 without botocore 1.44 or later: earlier versions have other endpoints.
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

# Regions that botocore does not list: their names decide.
UNLISTED = [
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
    botocore = session()
    for region, service, fips, dual_stack in itertools.product(
        regions(botocore), OPERATIONS, (False, True), (False, True)
    ):
        config = Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual_stack)
        for sts in ("regional", "legacy") if service == "sts" else ("regional",):
            os.environ["AWS_STS_REGIONAL_ENDPOINTS"] = sts
            variant = {
                "service": service,
                "region": region,
                "fips": fips,
                "dual_stack": dual_stack,
                "sts": sts,
            }
            try:
                answer = request(botocore, service, region, config=config)
            except EndpointVariantError as error:
                rules = by_rules(service, region, fips, dual_stack)
                answer = {"refused": str(error), **rules}
            yield {**variant, **answer}


def regions(session):
    """The regions in botocore's endpoints.json and partitions.json."""
    listed = {
        region
        for partition in session.get_available_partitions()
        for service in OPERATIONS
        for region in session.get_available_regions(service, partition, allow_non_regional=True)
    }
    for partition in PARTITIONS["partitions"]:
        listed.update(partition["regions"])
    return sorted(listed) + UNLISTED


def by_rules(service, region, fips, dual_stack):
    """The endpoint by the rules of all AWS SDKs. botocore checks an older table before them."""
    rules = LOADER.load_service_model(service, "endpoint-rule-set-1")
    endpoint = EndpointProvider(rules, PARTITIONS).resolve_endpoint(
        Region=region, UseFIPS=fips, UseDualStack=dual_stack
    )
    schemes = endpoint.properties.get("authSchemes", [{}])
    return {"url": endpoint.url + "/", "signing_region": schemes[0].get("signingRegion", region)}


def configured():
    """The request for each configuration on standard input."""
    variables = dict(os.environ)
    with tempfile.TemporaryDirectory() as directory:
        for line in sys.stdin:
            case = json.loads(line)
            path = os.path.join(directory, "config")
            with open(path, "w", encoding="utf-8") as file:
                file.write(case["config"])
            os.environ.clear()
            os.environ.update(variables, **case["variables"], AWS_CONFIG_FILE=path)
            yield request(session(), case["service"], case["region"], endpoint_url=case["flag"])


def session():
    session = Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    session.register_component("data_loader", LOADER)
    return session


def request(session, service, region, **options):
    """The URL and the signing region of a request that is caught before it is sent."""
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
    """The body of the response."""

    def stream(self):
        yield b"<R><GetCallerIdentityResult/><ListMFADevicesResult/></R>"


main()
