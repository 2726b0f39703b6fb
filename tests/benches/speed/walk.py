"""What a script with boto3 does: lists the accounts, and writes all profiles at once."""

import configparser
import os
import sys

import boto3

identity = boto3.client("sts").get_caller_identity()
organizations = boto3.client("organizations")
management = organizations.describe_organization()["Organization"]["MasterAccountId"]
config = configparser.RawConfigParser()
for page in organizations.get_paginator("list_accounts").paginate():
    for account in page["Accounts"]:
        if account["Status"] == "ACTIVE":
            name = "management" if account["Id"] == management else account["Name"].removeprefix("example-")
            config[f"profile ex-{name}-oaar"] = {
                "output": "json",
                "region": "us-east-1",
                "role_arn": f"arn:aws:iam::{account['Id']}:role/OrganizationAccountAccessRole",
                "source_profile": "ex-management",
            }
with open(sys.argv[1], "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
    config.write(file)
