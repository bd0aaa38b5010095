"""Reads a calendar from standard input with Debian's icalendar and vobject, and writes what they found as JSON."""

import json
import sys
from datetime import datetime, timedelta

import icalendar
import vobject

text = sys.stdin.buffer.read()
wanted = json.loads(sys.argv[1])


def told(value):
    return value.isoformat()


calendar = icalendar.Calendar.from_ical(text)
events = []
for event in calendar.walk("VEVENT"):
    exdates = event.get("EXDATE", [])
    events.append(
        {
            "uid": str(event["UID"]),
            "summary": str(event["SUMMARY"]),
            "description": str(event["DESCRIPTION"]) if "DESCRIPTION" in event else None,
            "status": str(event["STATUS"]),
            "start": told(event["DTSTART"].dt),
            "minutes": event["DURATION"].dt.total_seconds() / 60 if "DURATION" in event else None,
            "rule": event["RRULE"].to_ical().decode() if "RRULE" in event else None,
            "recurrenceId": told(event["RECURRENCE-ID"].dt) if "RECURRENCE-ID" in event else None,
            "excluded": [told(date.dt) for entry in (exdates if isinstance(exdates, list) else [exdates]) for date in entry.dts],
            "names": sorted(event.keys()),
        }
    )

# What the definition of the time zone says of moments on the clock, without any other knowledge of time zones.
offsets = {}
for zone in calendar.walk("VTIMEZONE"):
    clock = zone.to_tz()
    for moment in wanted["moments"]:
        offsets[moment] = clock.utcoffset(datetime.fromisoformat(moment)) / timedelta(minutes=1)

# vobject expands the rules, without the exceptions.
expanded = {}
for event in vobject.readOne(text.decode()).contents.get("vevent", []):
    if "rrule" in event.contents:
        # Days are days in whatever zone.
        days = [day for day in event.getrruleset(addRDate=False)[: wanted["first"]]]
        expanded[event.uid.value] = [told(day) for day in days]

print(json.dumps({"name": str(calendar["X-WR-CALNAME"]), "events": events, "offsets": offsets, "expanded": expanded}))
