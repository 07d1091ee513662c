"""Validates RO-Crates as roc-validator does, without a network: `research_object.py CRATE...`, exit 1 at any finding.

roc-validator fetches the JSON-LD context of RO-Crate from the web. The rocrate package ships one: it is served in its place.
"""
import sys
from importlib.resources import files

from rocrate.rocrate import ROCrate
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester
from requests import Response

CONTEXT = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()


def served(_, url, **__):
    response = Response()
    known = url.startswith("https://w3id.org/ro/crate/") and url.endswith("/context")
    response.status_code, response._content = (200, CONTEXT) if known else (404, b"")
    response.url = url
    response.headers["Content-Type"] = "application/ld+json"
    return response


HttpRequester.get = served
failed = False
for path in sys.argv[1:]:
    crate = ROCrate(path)
    described = sorted(entity.id for entity in crate.get_entities() if entity.type == "File")
    settings = services.ValidationSettings(
        rocrate_uri=path,
        profile_identifier="ro-crate-1.1",
        requirement_severity=models.Severity.REQUIRED,
        skip_availability_check=True,
    )
    result = services.validate(settings)
    for issue in result.get_issues():
        print(f"{path}: {issue.severity.name} {issue.check.identifier}: {issue.message}")
    failed |= not described or not result.passed()
    print(f"{path}: {len(described)} files described, {'passed' if result.passed() else 'refused'}")
sys.exit(failed)
