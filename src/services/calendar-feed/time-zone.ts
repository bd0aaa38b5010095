import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';

/** What the clocks of a time zone show, and where they went from and to at a moment. */
interface Onset {
  /** On the clock as it was before. */
  readonly at: string;
  readonly from: number;
  readonly to: number;
}

/** How far beyond today it is told when clocks change; calendar programs read a feed again much sooner. */
const yearsAhead = 10;

const offsetSeconds = (zoned: Temporal.ZonedDateTime): number => zoned.offsetNanoseconds / 1e9;

/** The times at which clocks change, from before a day to years after another. */
function onsetsOf(timeZone: string, from: string, today: string): readonly Onset[] {
  const beginning = Temporal.PlainDate.from(from).toZonedDateTime(timeZone);
  const end = Temporal.PlainDate.from(today).add({ years: yearsAhead }).toZonedDateTime(timeZone);
  const first = beginning.getTimeZoneTransition('previous');
  const onsets: Onset[] = [];
  for (let next = first; next !== null && Temporal.ZonedDateTime.compare(next, end) < 0; next = next.getTimeZoneTransition('next')) {
    const before = next.subtract({ seconds: 1 });
    const at = before.toPlainDateTime().add({ seconds: 1 }).toString({ smallestUnit: 'second' });
    onsets.push({ at, from: offsetSeconds(before), to: offsetSeconds(next) });
  }
  // A zone whose clocks never changed, and one whose first change is still to come.
  if (first === null) onsets.unshift({ at: '1970-01-01T00:00:00', from: offsetSeconds(beginning), to: offsetSeconds(beginning) });
  return onsets;
}

/**
 * The definition of a time zone for calendar programs, RFC 5545 section 3.6.5, by the clock of this program: each change of the clocks from before
 * a day to ten years from now.
 *
 * @param from the first day that is told of, as `YYYY-MM-DD`
 */
export function timeZoneComponent(timeZone: string, from: string, today: string): ICAL.Component {
  const component = new ICAL.Component('vtimezone');
  component.addPropertyWithValue('tzid', timeZone);
  const onsets = onsetsOf(timeZone, from, today);
  const usual = Math.min(...onsets.map(({ to }) => to));
  for (const [first, ...rest] of Map.groupBy(onsets, (onset) => `${onset.from} ${onset.to}`).values()) {
    if (first === undefined) continue;
    const part = new ICAL.Component(first.to > usual ? 'daylight' : 'standard');
    part.addPropertyWithValue('dtstart', ICAL.Time.fromDateTimeString(first.at));
    part.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(first.from));
    part.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(first.to));
    for (const later of rest) part.addPropertyWithValue('rdate', ICAL.Time.fromDateTimeString(later.at));
    component.addSubcomponent(part);
  }
  return component;
}
