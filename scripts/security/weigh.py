"""Prints what wapiti found and fails where any of it has weight: all but notes."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)

found = 0
for group in ("vulnerabilities", "anomalies"):
    for name, findings in report.get(group, {}).items():
        for finding in findings:
            found += 1
            print(f"{group}: {name}: {finding['method']} {finding['path']} {finding.get('parameter', '')}: {finding['info']}")
for name, notes in report.get("additionals", {}).items():
    print(f"note: {name}: {len(notes)}")
print(f"{found} findings in {report['infos'].get('crawled_pages_nbr', '?')} pages")
sys.exit(1 if found else 0)
