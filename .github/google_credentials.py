"""Print the credentials by which Google's clients trade GitHub's token of a run for their own.

The form is Google's: google.aip.dev/auth/4117. Nothing in it is secret beyond this run.
"""

import json
import os
import sys

PROVIDER, ACCOUNT = os.environ["PROVIDER"], os.environ["ACCOUNT"]
AUDIENCE = f"//iam.googleapis.com/{PROVIDER}"
IAM = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts"

CREDENTIALS = {
    "type": "external_account",
    "audience": AUDIENCE,
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    "token_url": "https://sts.googleapis.com/v1/token",
    "service_account_impersonation_url": f"{IAM}/{ACCOUNT}:generateAccessToken",
    "credential_source": {
        "url": f"{os.environ['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=https:{AUDIENCE}",
        "headers": {"Authorization": f"Bearer {os.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
        "format": {"type": "json", "subject_token_field_name": "value"},
    },
}

json.dump(CREDENTIALS, sys.stdout, indent=2)
