#!/usr/bin/env python3
"""Runs scim2-tester against one SCIM base URL.

    scim2_tester_run.py BASE_URL TOKEN

Exit status 0 if no check ended in ERROR. What the server does not offer (root /.search answers 501) is SKIPPED.
"""

import sys
from collections import Counter

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server


def main() -> int:
    base, token = sys.argv[1:3]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=base, headers=headers, timeout=30, trust_env=False) as http:
        client = SyncSCIMClient(http)
        client.discover()
        results = check_server(client)
    counts = Counter(result.status.name for result in results)
    for result in results:
        if result.status.name not in ("SUCCESS", "SKIPPED"):
            print(f"  {result.status.name} {result.title}: {result.reason}")
    print("  " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    good = counts["SUCCESS"] > 100 and set(counts) <= {"SUCCESS", "SKIPPED"}
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
