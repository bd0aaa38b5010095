import { setImmediate } from 'node:timers/promises';
import ICAL from 'ical.js';
import type { Priority } from '../goal/goal-row.ts';
import { addDays, momentOf } from '../planner/calendar.ts';
import { formatRule, type Rule } from '../recurrence/rule.ts';
import type { FeedEvent, FeedTime } from './feed-events.ts';
import { timeZoneComponent } from './time-zone.ts';

/** What a calendar is made of. */
export interface Calendar {
  readonly name: string;
  readonly timeZone: string;
  /** The first day that is shown. */
  readonly from: string;
  readonly today: string;
  readonly events: readonly FeedEvent[];
}

/** Programs are asked to come back after so many seconds. */
const refreshSeconds = 3_600;

/** So many events are written in a few milliseconds. */
const eventsAtOnce = 20;

/** As RFC 5545 counts: 1 is the highest. */
const priorities: Readonly<Record<Priority, number>> = { URGENT: 1, HIGH: 3, MEDIUM: 5, LOW: 7 };

/**
 * Text that ends no line of the calendar, in whatever way a program looks for lines: the library escapes line feeds and nothing else.
 */
function safeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u000B\u000C\u001C-\u001E\u0085\u2028\u2029]/g, '\n')
    .replaceAll(/[\u0000-\u0009\u000E-\u001F\u007F]/g, ' ');
}

function textProperty(name: string, text: string): ICAL.Property {
  const property = new ICAL.Property(name);
  // A name of its own is of no type that the library knows, and so would not be escaped.
  property.resetType('text');
  property.setValue(safeText(text));
  return property;
}

const utc = (moment: Date): ICAL.Time => ICAL.Time.fromJSDate(moment, true);

function timeProperty(name: string, { date, time }: FeedTime, timeZone: string): ICAL.Property {
  const property = new ICAL.Property(name);
  if (time === null) {
    property.resetType('date');
    property.setValue(ICAL.Time.fromDateString(date));
  } else {
    property.setParameter('tzid', timeZone);
    property.setValue(ICAL.Time.fromDateTimeString(`${date}T${time}:00`));
  }
  return property;
}

/** The rule. Its end is a moment in UTC where the event has a time, as RFC 5545 wants it. */
function ruleProperty(rule: Rule, { time }: FeedTime, timeZone: string): ICAL.Property {
  const recur = ICAL.Recur.fromString(formatRule(rule));
  if (rule.until !== null) recur.until = time === null ? ICAL.Time.fromDateString(rule.until) : utc(momentOf(rule.until, time, timeZone));
  const property = new ICAL.Property('rrule');
  property.setValue(recur);
  return property;
}

function eventComponent(event: FeedEvent, timeZone: string): ICAL.Component {
  const component = new ICAL.Component('vevent');
  const { uid, start, minutes, recurrenceId, rule, description } = event;
  component.addPropertyWithValue('uid', uid);
  component.addPropertyWithValue('dtstamp', utc(event.changedAt));
  component.addPropertyWithValue('created', utc(event.createdAt));
  component.addPropertyWithValue('last-modified', utc(event.changedAt));
  component.addPropertyWithValue('sequence', event.changes);
  component.addProperty(timeProperty('dtstart', start, timeZone));
  if (minutes === null) component.addProperty(timeProperty('dtend', { date: addDays(start.date, 1), time: null }, timeZone));
  else component.addPropertyWithValue('duration', ICAL.Duration.fromSeconds(minutes * 60));
  if (recurrenceId !== null) component.addProperty(timeProperty('recurrence-id', recurrenceId, timeZone));
  if (rule !== null) component.addProperty(ruleProperty(rule, start, timeZone));
  for (const excluded of event.excluded) component.addProperty(timeProperty('exdate', excluded, timeZone));
  component.addProperty(textProperty('summary', event.summary.replaceAll('\n', ' ')));
  if (description !== null) component.addProperty(textProperty('description', description));
  component.addPropertyWithValue('status', event.isCancelled ? 'CANCELLED' : 'CONFIRMED');
  // What is to be done on a day keeps nobody from meeting.
  component.addPropertyWithValue('transp', minutes === null ? 'TRANSPARENT' : 'OPAQUE');
  component.addPropertyWithValue('priority', priorities[event.priority]);
  return component;
}

/** A calendar as RFC 5545 writes it. One of thousands of events takes a while, in which others have their turns. */
export async function calendarText({ name, timeZone, from, today, events }: Calendar): Promise<string> {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Colloquy//Plans//EN');
  calendar.addPropertyWithValue('calscale', 'GREGORIAN');
  calendar.addPropertyWithValue('method', 'PUBLISH');
  for (const property of ['name', 'x-wr-calname']) calendar.addProperty(textProperty(property, name.replaceAll('\n', ' ')));
  calendar.addProperty(textProperty('x-wr-timezone', timeZone));
  for (const property of ['refresh-interval', 'x-published-ttl']) {
    const refresh = new ICAL.Property(property);
    refresh.resetType('duration');
    refresh.setValue(ICAL.Duration.fromSeconds(refreshSeconds));
    calendar.addProperty(refresh);
  }
  if (events.some(({ start, recurrenceId }) => start.time !== null || recurrenceId?.time != null))
    calendar.addSubcomponent(timeZoneComponent(timeZone, from, today));
  const end = 'END:VCALENDAR';
  const lines = [calendar.toString().slice(0, -end.length - 2)];
  for (const [index, event] of events.entries()) {
    if (index % eventsAtOnce === eventsAtOnce - 1) await setImmediate();
    lines.push(eventComponent(event, timeZone).toString());
  }
  return [...lines, end, ''].join('\r\n');
}
