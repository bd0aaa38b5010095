import { execFileSync, spawnSync } from 'node:child_process';
import ICAL from 'ical.js';
import fastCheck from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodesOf, openPlanning, type OpenPlanning, type PlanningPerson } from '../../kit/planning.ts';

// Wednesday, 25 November 2026.
let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

async function read(person: PlanningPerson, name = 'Phone'): Promise<string> {
  const { url } = await person.change('createCalendarFeed', { name }, 'url');
  return (await planning.services.calendarFeeds.read(url.slice('/calendar/'.length, -'.ics'.length), null)).text();
}

/** The lines of a calendar as they were before they were folded. */
const linesOf = (text: string): readonly string[] => text.replaceAll('\r\n ', '').split('\r\n');
const events = (text: string): ICAL.Component[] => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
const lines = (event: ICAL.Component | undefined): readonly string[] => linesOf(event?.toString() ?? '');
const eventOf = (text: string, summary: string): readonly string[] => lines(events(text).find((event) => event.getFirstPropertyValue('summary') === summary));

async function items(person: PlanningPerson): Promise<any[]> {
  const fields = 'id title date startTime status occurrenceDate';
  return nodesOf((await person.ask(`{ planItems(orderBy: { field: DATE }, first: 100) { edges { node { ${fields} } } } }`)).planItems);
}

describe('a calendar feed', () => {
  it('has what stands on days: at its time, or the whole day long', async () => {
    const person = await planning.planner({ timeZone: 'Europe/Berlin' });
    await person.item('Call', { date: '2026-11-26', startTime: '09:30', estimateMinutes: 45, priority: 'URGENT', notes: 'bring, the; list' });
    await person.item('Rest', { date: '2026-11-27', status: 'DONE' });
    await person.item('Pay', { date: '2026-11-28', status: 'SKIPPED', startTime: '18:00' });
    await person.item('Some day');
    await person.item('This week', { week: '2026-11-26' });
    await person.item('Long ago', { date: '2025-10-31' });
    await (await planning.planner()).item('Not mine', { date: '2026-11-26' });
    const text = await read(person);
    expect(events(text)).toHaveLength(3);
    expect(eventOf(text, 'Call')).toEqual(
      expect.arrayContaining([
        'DTSTART;TZID=Europe/Berlin:20261126T093000',
        'DURATION:PT45M',
        'DESCRIPTION:bring\\, the\\; list',
        'STATUS:CONFIRMED',
        'TRANSP:OPAQUE',
        'PRIORITY:1',
        'SEQUENCE:0',
        'DTSTAMP:20261125T120000Z',
      ]),
    );
    expect(eventOf(text, '✓ Rest')).toEqual(
      expect.arrayContaining(['DTSTART;VALUE=DATE:20261127', 'DTEND;VALUE=DATE:20261128', 'STATUS:CONFIRMED', 'TRANSP:TRANSPARENT']),
    );
    expect(eventOf(text, 'Pay')).toEqual(expect.arrayContaining(['DTSTART;TZID=Europe/Berlin:20261128T180000', 'DURATION:PT30M', 'STATUS:CANCELLED']));
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\n[^]*END:VEVENT\r\nEND:VCALENDAR\r\n$/);
    expect(await read(person), 'the same again').toBe(text);
  });

  it('tells a series as one event, with what differs', async () => {
    const person = await planning.planner({ timeZone: 'Europe/Berlin' });
    const { planItem } = await person.change(
      'createPlanItem',
      { title: 'Swim', startTime: '07:30', date: '2026-11-30', recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20270131' } },
      'planItem { id recurrence { id } }',
    );
    const [, second, third, fourth, fifth] = await items(person);
    await person.change('deletePlanItem', { id: second.id }, 'deletedPlanItemId');
    await person.change('movePlanItem', { id: third.id, toDate: '2026-12-15' }, 'planItem { id }');
    await person.change('updatePlanItem', { id: fourth.id, status: 'DONE' }, 'planItem { id }');
    await person.change('movePlanItem', { id: fifth.id, unplanned: true }, 'planItem { id }');
    const found = events(await read(person)).map(lines);
    expect(found).toHaveLength(3);
    const uid = `UID:${Buffer.from(planItem.recurrence.id, 'base64').toString().slice('Recurrence:'.length)}@colloquy`;
    expect(found[0]).toEqual(
      expect.arrayContaining([
        uid,
        'DTSTART;TZID=Europe/Berlin:20261130T073000',
        'RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270131T063000Z',
        'EXDATE;TZID=Europe/Berlin:20261207T073000',
        'EXDATE;TZID=Europe/Berlin:20261228T073000',
      ]),
    );
    expect(found[1]).toEqual(
      expect.arrayContaining([
        uid,
        'RECURRENCE-ID;TZID=Europe/Berlin:20261214T073000',
        'DTSTART;TZID=Europe/Berlin:20261215T073000',
        'SUMMARY:Swim',
        'SEQUENCE:1',
      ]),
    );
    expect(found[2]).toEqual(expect.arrayContaining([uid, 'RECURRENCE-ID;TZID=Europe/Berlin:20261221T073000', 'SUMMARY:✓ Swim']));
  });

  it('tells a time that clocks leave out as they show it, and of one that comes twice the first', async () => {
    const person = await planning.planner({ timeZone: 'Europe/Berlin' });
    await person.item('Gap', { date: '2027-03-28', startTime: '02:30' });
    await person.item('Twice', { date: '2026-10-25', startTime: '02:30' });
    planning.clock.set('2027-03-01T12:00:00Z');
    await person.change(
      'createPlanItem',
      { title: 'Feed', startTime: '02:15', date: '2027-03-26', recurrence: { rule: 'FREQ=DAILY;COUNT=4' } },
      'planItem { id }',
    );
    const text = await read(person);
    planning.clock.set('2026-11-25T12:00:00Z');
    expect(eventOf(text, 'Gap')).toContain('DTSTART;TZID=Europe/Berlin:20270328T033000');
    expect(eventOf(text, 'Twice')).toContain('DTSTART;TZID=Europe/Berlin:20261025T023000');
    const own = events(text)
      .map(lines)
      .filter((event) => event.some((line) => line.startsWith('RECURRENCE-ID')));
    expect(own).toHaveLength(1);
    expect(own[0]).toEqual(expect.arrayContaining(['RECURRENCE-ID;TZID=Europe/Berlin:20270328T021500', 'DTSTART;TZID=Europe/Berlin:20270328T031500']));
  });

  it('tells what is left of a series that began before the days that are shown', async () => {
    const person = await planning.planner();
    await person.change('createPlanItem', { title: 'Old', date: '2026-01-31', recurrence: { rule: 'FREQ=MONTHLY;COUNT=12' } }, 'planItem { id }');
    planning.clock.set('2027-07-15T12:00:00Z');
    await planning.services.recurrences.makeMissingForEverybody();
    const [master] = events(await read(person)).map(lines);
    planning.clock.set('2026-11-25T12:00:00Z');
    expect(master).toEqual(expect.arrayContaining(['DTSTART;VALUE=DATE:20260731', 'RRULE:FREQ=MONTHLY;COUNT=9']));
  });

  it('L05 lets no title, note or name end its line', async () => {
    const person = await planning.planner();
    const breaks = ['\n', '\r\n', '\r', '\u0085', '\u2028', '\u2029', '\u000B', '\u000C', '\u001C', '\n ', '\r\n\t'];
    const hostile = (end: string): string =>
      `x${end}END:VEVENT${end}BEGIN:VALARM${end}ATTACH:file:///etc/passwd${end}ORGANIZER;CN="a":mailto:b@c\\;,\uD800\u0007`;
    for (const end of breaks) await person.item(`t${hostile(end)}`.slice(0, 200), { date: '2026-11-26', notes: hostile(end) });
    const text = await read(person, `My${hostile('\r\n')}`.slice(0, 90));
    const names = new Set(
      text
        .replaceAll(/\r\n[ \t]/g, '')
        .split(/[\r\n\v\f\u001C-\u001E\u0085\u2028\u2029]+/)
        .map((line) => line.split(/[:;]/, 1)[0]),
    );
    expect([...names].filter((name) => /ATTACH|ORGANIZER|VALARM/.test(name ?? ''))).toEqual([]);
    expect(text.match(/^(BEGIN|END):\w+/gm)?.filter((line) => line.endsWith('VALARM'))).toEqual([]);
    expect(events(text)).toHaveLength(breaks.length);
    for (const event of events(text)) expect(String(event.getFirstPropertyValue('description'))).toMatch(/^x\s+END:VEVENT\s+BEGIN:VALARM\s+ATTACH/);
    expect(text).not.toMatch(/[\u0000-\u0009\u000B\u000C\u000E-\u001F\u007F]/);
  });

  it('shows of every series what its items are, whatever became of them', async () => {
    const rules = fastCheck.constantFrom(
      'FREQ=DAILY;INTERVAL=9;COUNT=5',
      'FREQ=WEEKLY;BYDAY=TU,SA;UNTIL=20261220',
      'FREQ=MONTHLY;BYDAY=-1MO,1TH;COUNT=4',
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4',
    );
    const acts = fastCheck.array(fastCheck.tuple(fastCheck.nat(9), fastCheck.constantFrom('delete', 'move', 'done', 'title', 'time', 'future', 'stop')), {
      maxLength: 4,
    });
    await fastCheck.assert(
      fastCheck.asyncProperty(rules, fastCheck.constantFrom(null, '07:30'), acts, async (rule, startTime, changes) => {
        const person = await planning.planner({ timeZone: 'Europe/Berlin' });
        await person.change('createPlanItem', { title: 'a', startTime, recurrence: { rule } }, 'planItem { id }');
        for (const [index, act] of changes) {
          const all = await items(person);
          const item = all[index % Math.max(all.length, 1)];
          if (item === undefined) continue;
          const { id } = item;
          const update = (input: object): Promise<unknown> => person.change('updatePlanItem', { id, ...input }, 'planItem { id }');
          if (act === 'delete') await person.change('deletePlanItem', { id }, 'deletedPlanItemId');
          if (act === 'move') await person.change('movePlanItem', { id, toDate: '2027-01-05' }, 'planItem { id }');
          if (act === 'done') await update({ status: 'DONE' });
          if (act === 'title') await update({ title: 'b' });
          if (act === 'time') await update({ startTime: '21:00' });
          if (act === 'future') await update({ title: 'c', startTime: '12:00', scope: 'FUTURE' });
          if (act === 'stop') await update({ recurrence: null, scope: 'FUTURE' });
        }
        const wanted = (await items(person)).map(
          ({ title, date, startTime: time, status }) => `${date}${time === null ? '' : `T${time}:00`} ${status === 'DONE' ? '✓ ' : ''}${title}`,
        );
        expect(shownBy(await read(person)).toSorted()).toEqual(wanted.toSorted());
      }),
      { numRuns: 25 },
    );
  });
});

/** What a calendar program shows: every series expanded by ical.js, which is not what made its days. */
function shownBy(text: string): readonly string[] {
  const all = events(text);
  const masters = all.filter((event) => !event.hasProperty('recurrence-id'));
  return masters.flatMap((component) => {
    const exceptions = all.filter(
      (other) => other.hasProperty('recurrence-id') && other.getFirstPropertyValue('uid') === component.getFirstPropertyValue('uid'),
    );
    const event = new ICAL.Event(component, { exceptions, strictExceptions: false });
    if (!event.isRecurring()) return [`${event.startDate.toString()} ${event.summary}`];
    const shown: string[] = [];
    const days = event.iterator();
    for (let next = days.next(); next !== undefined && next !== null && shown.length < 200; next = days.next()) {
      const { item, startDate } = event.getOccurrenceDetails(next);
      shown.push(`${startDate.toString()} ${item.summary}`);
    }
    return shown;
  });
}

/** Debian's; a python of another place has none of its packages. */
const python = '/usr/bin/python3';
const hasReaders = spawnSync(python, ['-c', 'import icalendar, vobject']).status === 0;

describe.skipIf(!hasReaders && process.env['CI'] !== 'true')('Debian’s icalendar and vobject', () => {
  const readWith = (text: string, wanted: object): any =>
    JSON.parse(execFileSync(python, ['tests/kit/read-calendar.py', JSON.stringify(wanted)], { input: text, encoding: 'utf8' }));

  it('read the feed as it is meant', async () => {
    const person = await planning.planner({ timeZone: 'Asia/Kolkata' });
    await person.item('Übung; "eins", \\ zwei', { date: '2026-11-26', startTime: '09:30', notes: 'Zeile 1\nZeile 2 😀' });
    await person.item('All day', { date: '2026-11-27' });
    await person.change('createPlanItem', { title: 'Swim', startTime: '07:30', recurrence: { rule: 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=3' } }, 'planItem { id }');
    const swims = (await items(person)).filter(({ title }) => title === 'Swim');
    await person.change('deletePlanItem', { id: swims[1].id }, 'deletedPlanItemId');
    const found = readWith(await read(person, 'Mein Kalender'), { moments: ['2026-11-26T09:30:00'], first: 9 });
    expect(found).toMatchObject({ name: 'Mein Kalender', offsets: { '2026-11-26T09:30:00': 330 } });
    expect(found.events).toMatchObject([
      { summary: 'Swim', start: '2026-11-27T07:30:00+05:30', minutes: 30, rule: 'FREQ=MONTHLY;COUNT=3;BYDAY=-1FR', excluded: ['2026-12-25T07:30:00+05:30'] },
      { summary: 'Übung; "eins", \\ zwei', start: '2026-11-26T09:30:00+05:30', description: 'Zeile 1\nZeile 2 😀', status: 'CONFIRMED' },
      { summary: 'All day', start: '2026-11-27', minutes: null },
    ]);
    expect(Object.values(found.expanded)[0]).toMatchObject([expect.stringContaining('2026-11-27'), expect.stringContaining('2027-01-29')]);
  });

  it.each(['Pacific/Pago_Pago', 'Pacific/Kiritimati', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/New_York', 'Europe/Berlin', 'Africa/Casablanca'])(
    'know the clocks of %s from the feed alone, as another clock shows them',
    async (timeZone) => {
      const person = await planning.planner({ timeZone });
      await person.item('x', { date: '2026-11-26', startTime: '09:30' });
      // Hours in which clocks change somewhere are left out: what they show is told of in other tests.
      const moments = Array.from({ length: 60 }, (_, index) =>
        new Date(Date.parse('2026-01-03T12:00:00Z') + index * 47 * 86_400_000).toISOString().slice(0, 19),
      );
      const { offsets } = readWith(await read(person), { moments, first: 1 });
      const offsetAt = (moment: number): number => {
        const parts = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' })
          .format(moment)
          .replace(', ', 'T');
        return (Date.parse(`${parts}Z`) - moment) / 60_000;
      };
      for (const moment of moments) {
        const guess = offsetAt(Date.parse(`${moment}Z`));
        expect([moment, offsets[moment]]).toEqual([moment, offsetAt(Date.parse(`${moment}Z`) - guess * 60_000)]);
      }
    },
  );
});
