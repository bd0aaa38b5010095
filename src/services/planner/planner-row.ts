import type { PlannerSettings } from '../../../prisma/generated/client.ts';
import { calendarDate, dateIn, weekStartOf, type CalendarDate } from './calendar.ts';

/** How a person plans. */
export interface PlannerSettingsRow {
  /** The person's: everybody has one of these. */
  readonly id: string;
  /** An IANA name. */
  readonly timeZone: string;
  /** 1 for Monday to 7 for Sunday. */
  readonly firstDayOfWeek: number;
  readonly capacityMinutes: number;
  readonly rollover: 'MOVE' | 'COPY' | null;
  readonly autoApply: boolean;
  readonly rolledOverThrough: CalendarDate | null;
}

/** A person's planning while it is being read or changed: the settings, and what they make of the present moment. */
export interface Planner extends Omit<PlannerSettingsRow, 'id'> {
  readonly userId: string;
  readonly now: Date;
  /** The day that it is in the person's time zone. */
  readonly today: CalendarDate;
  /** The first day of the week of a day, as the person counts weeks. */
  weekStartOf(date: CalendarDate): CalendarDate;
  /** Makes the id of something new. */
  newId(): string;
}

/** The settings of somebody who has chosen none. */
export function defaultSettings(userId: string): PlannerSettingsRow {
  return { id: userId, timeZone: 'UTC', firstDayOfWeek: 1, capacityMinutes: 360, rollover: null, autoApply: false, rolledOverThrough: null };
}

/** Settings as they are stored. */
export function settingsOf(row: PlannerSettings): PlannerSettingsRow {
  const { userId: id, timeZone, firstDayOfWeek, capacityMinutes, rollover, autoApply, rolledOverThrough } = row;
  return {
    id,
    timeZone,
    firstDayOfWeek,
    capacityMinutes,
    rollover,
    autoApply,
    rolledOverThrough: rolledOverThrough === null ? null : calendarDate(rolledOverThrough),
  };
}

/** A planner of some settings at a moment. */
export function plannerOf(settings: PlannerSettingsRow, now: Date, newId: () => string): Planner {
  const { id: userId, ...own } = settings;
  return { ...own, userId, now, newId, today: dateIn(own.timeZone, now), weekStartOf: (date) => weekStartOf(date, own.firstDayOfWeek) };
}
