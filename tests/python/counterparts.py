"""Serves the tests: sets moto up through boto3, and reads files with the real readers.

A request is one line of JSON, `{"do": NAME, ...}`; so is its reply, `{"ok": RESULT}` or `{"error": TEXT}`.
One process serves all tests of a test binary, because it takes longer to start than to answer.
"""

import json
import os
import sys
import tempfile
import traceback

import boto3
import botocore.exceptions
import botocore.session
import hcl2
import yaml as py_yaml
from botocore.configloader import load_config, raw_config_parse
from dotenv import dotenv_values
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

# Whose keys moto does not know belongs to this account.
DEFAULT_ACCOUNT = "123456789012"


# It keeps the descriptions of the services, which take longer to load than any request.
SESSION = boto3.session.Session()


def client(service, request, keys=None):
    keys = keys or {}
    return SESSION.client(
        service,
        endpoint_url=request["endpoint_url"],
        region_name=request["region"],
        aws_access_key_id=keys.get("AccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
        aws_secret_access_key=keys.get("SecretAccessKey", "none"),
        aws_session_token=keys.get("SessionToken"),
    )


def keys_in(account, request):
    """Credentials of somebody in the account; moto lets anybody assume any role."""
    if account == DEFAULT_ACCOUNT:
        return None
    arn = f"arn:{request['partition']}:iam::{account}:role/setup"
    return client("sts", request).assume_role(RoleArn=arn, RoleSessionName="setup")["Credentials"]


def create_organization(request):
    """Creates the organization and its member accounts; gives their ids by name."""
    organizations = client("organizations", request, keys_in(request["management"], request))
    organizations.create_organization(FeatureSet="ALL")
    ids = {}
    for account in request["accounts"]:
        created = organizations.create_account(AccountName=account["aws_name"], Email=account["email"])
        ids[account["name"]] = created["CreateAccountStatus"]["AccountId"]
        if account["closed"]:
            organizations.close_account(AccountId=ids[account["name"]])
    return ids


def create_user(request):
    """Creates a user with access keys and MFA devices."""
    iam = client("iam", request, keys_in(request["account"], request))
    name = request["name"]
    iam.create_user(UserName=name, Path=request["path"])
    for device in request["mfa_devices"]:
        serial = device
        # Security keys have ARNs of their own, and hardware devices a number that begins with GAHT.
        if not device.startswith(("arn:", "GAHT")):
            made = iam.create_virtual_mfa_device(VirtualMFADeviceName=device)
            serial = made["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(
            UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
        )
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"key_id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}


def ini(path):
    return raw_config_parse(path)


def tfvars(path):
    with open(path, encoding="utf-8-sig") as file:
        text = file.read()
    options = hcl2.SerializationOptions(with_comments=False, strip_string_quotes=True)
    return hcl2.loads(text, serialization_options=options)


def yaml(path):
    with open(path, encoding="utf-8") as file:
        return YAML(typ="safe").load(file)


def read(request):
    """The state of the files as the real readers see it; None for a file that does not exist."""
    readers = {"config": ini, "credentials": ini, "tfvars": tfvars, "project_yaml": yaml}
    files = request["files"]
    return {name: readers[name](path) if os.path.exists(path) else None for name, path in files.items()}


def settings(values):
    """Settings as texts: botocore gives nested ones as a dict."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def sections(path, file):
    """The sections of one of the AWS files as botocore reads it; None if it refuses the file."""
    try:
        if file == "credentials":
            return {f"profile {name}": settings(values) for name, values in raw_config_parse(path).items()}
        config = load_config(path)
    except botocore.exceptions.BotoCoreError:
        return None
    found = {f"profile {name}": settings(values) for name, values in config["profiles"].items()}
    found.update({f"sso-session {name}": settings(values) for name, values in config["sso_sessions"].items()})
    return found


def all_sections(request):
    """What botocore reads in each of these texts."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        for file, text in request["texts"]:
            with open(path, "w", encoding="utf-8", newline="") as opened:
                opened.write(text)
            found.append(sections(path, file))
    return found


def each(read):
    """What a reader finds in each of these texts; None where it refuses."""

    def handler(request):
        found = []
        for text in request["texts"]:
            try:
                found.append(read(text))
            except Exception:
                found.append(None)
        return found

    return handler


def hcl(text):
    options = hcl2.SerializationOptions(with_comments=False, strip_string_quotes=True)
    return hcl2.loads(text.removeprefix("\ufeff"), serialization_options=options)


def pyyaml(text):
    # Dates and the like are no JSON; nobody asks for them.
    return json.loads(json.dumps(next(iter(py_yaml.safe_load_all(text))), default=str))


def profiles(request):
    """The names of the profiles: what `aws configure list-profiles` prints, which only version 2 has."""
    session = botocore.session.Session()
    session.set_config_variable("config_file", request["config"])
    session.set_config_variable("credentials_file", request["credentials"])
    return session.available_profiles


def dotenv(request):
    """The variables that python-dotenv reads in a file."""
    return dict(dotenv_values(request["path"]))


def conforms(request):
    """Whether a document is of the form that a JSON schema describes: what is wrong with it, or nothing."""
    return [error.message for error in Draft202012Validator(request["schema"]).iter_errors(request["document"])]


def shared_profile(request):
    """What botocore finds of a profile in the files that it reads by itself, with this home folder."""
    home, os.environ["HOME"] = os.environ["HOME"], request["home"]
    try:
        session = botocore.session.Session(profile=request["profile"])
        keys = session.get_credentials() if request["credentials"] else None
        return {
            "config": session.get_scoped_config(),
            "access_key_id": keys and keys.access_key,
            "secret_access_key": keys and keys.secret_key,
        }
    finally:
        os.environ["HOME"] = home


HANDLERS = {
    "conforms": conforms,
    "dotenv": dotenv,
    "shared_profile": shared_profile,
    "create_organization": create_organization,
    "create_user": create_user,
    "all_sections": all_sections,
    "all_tfvars": each(hcl),
    "all_yaml": each(pyyaml),
    "profiles": profiles,
    "read": read,
}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"ok": HANDLERS[request["do"]](request)}
        except Exception:
            reply = {"error": traceback.format_exc()}
        print(json.dumps(reply), flush=True)


main()
