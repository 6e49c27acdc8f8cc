#!/usr/bin/env python3
"""Runs scim-sanity against one SCIM base URL, in its strict mode and in its compat mode.

    scim_sanity_run.py BASE_URL TOKEN

Exit status 0 if nothing failed in either. Warnings are printed; checks of resource types that the server does not have
(agents) are skipped.
"""

import sys

from scim_sanity.probe.runner import run_probe_api


def main() -> int:
    base, token = sys.argv[1:3]
    good = True
    for strict in (True, False):
        result = run_probe_api(base, token=token, strict=strict, user_domain="example.com")
        summary = result["summary"]
        for check in result["results"]:
            if check["status"] not in ("pass", "skip"):
                print(f"  {check['status']} {check['name']}: {check.get('message', '')}")
        counts = ", ".join(f"{summary[name]} {name}" for name in ("passed", "failed", "errors", "warnings", "skipped"))
        print(f"  {result['mode']}: {counts}")
        good &= result["exit_code"] == 0 and summary["passed"] > 20
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
