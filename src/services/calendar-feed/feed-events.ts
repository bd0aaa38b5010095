import { Temporal } from 'temporal-polyfill';
import type { PlanItemRow } from '../plan-item/item-row.ts';
import { addDays, type CalendarDate } from '../planner/calendar.ts';
import { nextOccurrence, occurrencesBetween } from '../recurrence/occurrences.ts';
import { ruleOf, type RecurrenceRow } from '../recurrence/recurrence-row.ts';
import type { Rule } from '../recurrence/rule.ts';

/** When something is, on the clock of the person: a time of a day, or the whole day. */
export interface FeedTime {
  readonly date: CalendarDate;
  /** As `09:30`; null for the whole day. */
  readonly time: string | null;
}

/** Something on the calendar. */
export interface FeedEvent {
  /** The same for ever, and for all of a series. */
  readonly uid: string;
  /** Which one of its series it stands for; null for an event of its own, and for a series. */
  readonly recurrenceId: FeedTime | null;
  readonly start: FeedTime;
  /** Null for the whole day. */
  readonly minutes: number | null;
  readonly rule: Rule | null;
  /** What the rule makes and is not there. */
  readonly excluded: readonly FeedTime[];
  readonly summary: string;
  readonly description: string | null;
  readonly isCancelled: boolean;
  readonly priority: PlanItemRow['priority'];
  readonly changes: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** What there is to be shown. */
export interface FeedContent {
  readonly items: readonly PlanItemRow[];
  readonly series: readonly RecurrenceRow[];
  readonly timeZone: string;
  /** The first day that is shown. */
  readonly from: CalendarDate;
}

/** How long something takes that nobody has estimated. */
const usualMinutes = 30;

type Facts = Pick<PlanItemRow, 'title' | 'notes' | 'priority' | 'estimateMinutes' | 'startTime' | 'createdAt' | 'updatedAt'>;

const uidOf = (id: string): string => `${id}@colloquy`;

/** What is common to an item and a series, on a day. */
function eventOf(uid: string, date: CalendarDate, facts: Facts): FeedEvent {
  return {
    uid,
    recurrenceId: null,
    start: { date, time: facts.startTime },
    minutes: facts.startTime === null ? null : (facts.estimateMinutes ?? usualMinutes),
    rule: null,
    excluded: [],
    summary: facts.title,
    description: facts.notes,
    isCancelled: false,
    priority: facts.priority,
    changes: 0,
    createdAt: facts.createdAt,
    changedAt: facts.updatedAt,
  };
}

/** Says of a time that clocks leave out on its day how they show it then. */
type Shown = (time: FeedTime) => FeedTime;

function shownIn(timeZone: string): Shown {
  const lengths = new Map<CalendarDate, number>();
  /** Of most days there is nothing to find out but this, and of most days there are several items. */
  const hoursOf = (date: CalendarDate): number => {
    const known = lengths.get(date) ?? Temporal.PlainDate.from(date).toZonedDateTime(timeZone).hoursInDay;
    lengths.set(date, known);
    return known;
  };
  return ({ date, time }) => (time === null || hoursOf(date) === 24 ? { date, time } : shownOn(date, time, timeZone));
}

function shownOn(date: CalendarDate, time: string, timeZone: string): FeedTime {
  const zoned = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) });
  return { date: zoned.toPlainDate().toString(), time: zoned.toPlainTime().toString({ smallestUnit: 'minute' }) };
}

function itemEvent(item: PlanItemRow, date: CalendarDate, shown: Shown): FeedEvent {
  const event = eventOf(uidOf(item.id), date, item);
  return {
    ...event,
    start: shown(event.start),
    summary: item.status === 'DONE' ? `✓ ${item.title}` : item.title,
    isCancelled: item.status === 'SKIPPED',
    changes: item.version - 1,
  };
}

/** Whether one of a series differs from what the rule and the series say of it. */
function isOwn(event: FeedEvent, usual: FeedEvent): boolean {
  const facts = ({ start, minutes, summary, description, isCancelled, priority }: FeedEvent): string =>
    JSON.stringify([start, minutes, summary, description, isCancelled, priority]);
  return facts(event) !== facts(usual);
}

/** The first day of a series that is shown, and how many days of its count are gone by then. */
function beginningOf(series: RecurrenceRow, rule: Rule, from: CalendarDate): { readonly first: CalendarDate | null; readonly gone: number } {
  if (series.startDate >= from) return { first: rule.until !== null && rule.until < series.startDate ? null : series.startDate, gone: 0 };
  const first = nextOccurrence(rule, series.startDate, from);
  const gone = first === null || rule.count === null ? 0 : occurrencesBetween(rule, series.startDate, series.startDate, addDays(first, -1)).length;
  return { first, gone };
}

/**
 * A series as one event with its exceptions, and the items that it accounts for. The rule itself is not looked into: what it made is there, or
 * among the days that are left out.
 */
function seriesEvents(
  series: RecurrenceRow,
  items: readonly PlanItemRow[],
  content: FeedContent,
  shown: Shown,
): { readonly events: readonly FeedEvent[]; readonly told: ReadonlySet<string> } {
  const rule = ruleOf(series);
  // One that began long ago is told from where the feed begins, with what is left of its count.
  const { first, gone } = beginningOf(series, rule, content.from);
  if (first === null) return { events: [], told: new Set() };
  const isIn = (date: CalendarDate | null): date is CalendarDate => date !== null && date >= first && (rule.until === null || date <= rule.until);
  const usual = (date: CalendarDate): FeedTime => ({ date, time: series.startTime });
  const master = { ...eventOf(uidOf(series.id), first, series), rule: { ...rule, count: rule.count === null ? null : rule.count - gone } };
  const mine = items.filter(({ occurrenceDate }) => isIn(occurrenceDate));
  const made = new Set(mine.map(({ occurrenceDate }) => occurrenceDate));
  const away = mine.flatMap(({ date, occurrenceDate }) => (date === null && occurrenceDate !== null ? [occurrenceDate] : []));
  const excluded = [...new Set([...series.excludedDates.filter((date) => isIn(date) && !made.has(date)), ...away])].toSorted();
  const own = mine.flatMap((item): readonly FeedEvent[] => {
    if (item.date === null || item.occurrenceDate === null) return [];
    const planned = usual(item.occurrenceDate);
    const event = { ...itemEvent(item, item.date, shown), uid: master.uid, recurrenceId: planned };
    return isOwn(event, { ...master, start: planned }) ? [event] : [];
  });
  return { events: [{ ...master, excluded: excluded.map(usual) }, ...own], told: new Set(mine.map(({ id }) => id)) };
}

/**
 * What stands on the calendar: items that stand on days, those of a series as one event with exceptions. What is done has a tick before its
 * title, what is skipped is cancelled.
 */
export function feedEvents(content: FeedContent): readonly FeedEvent[] {
  const bySeries = Map.groupBy(content.items, ({ recurrenceId }) => recurrenceId);
  const shown = shownIn(content.timeZone);
  const told = new Set<string>();
  const events: FeedEvent[] = [];
  for (const series of content.series.filter(({ mode }) => mode === 'SCHEDULED')) {
    const found = seriesEvents(
      series,
      (bySeries.get(series.id) ?? []).filter(({ occurrenceDate }) => occurrenceDate !== null),
      content,
      shown,
    );
    events.push(...found.events);
    for (const id of found.told) told.add(id);
  }
  const alone = content.items.flatMap((item) =>
    item.date === null || item.date < content.from || told.has(item.id) ? [] : [itemEvent(item, item.date, shown)],
  );
  return [...events, ...alone];
}
