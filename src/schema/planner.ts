import type { PlannerSettingsRow } from '../services/planner/planner-row.ts';
import { builder } from './builder.ts';
import { RolloverPolicy, Weekday } from './planning-enums.ts';
import { User } from './user.ts';

const descriptions = {
  timeZone: 'The IANA name of your time zone, for example `Europe/Berlin`. It says which day is today, and when it ends.',
  firstDayOfWeek: 'The day on which your weeks begin. A weekly plan keeps the days that it has.',
  capacityMinutes: 'How many minutes of estimated work fit into a day, 15 to 1,440.',
  rollover: 'What happens by itself to unfinished items when their day is over; null leaves them where they are.',
  autoApply:
    'Whether small changes that an assistant proposes are made without asking: at most three operations, none about goals, nothing deleted. They can be undone.',
} as const;

export const PlannerSettings = builder.objectRef<PlannerSettingsRow>('PlannerSettings');

builder.node(PlannerSettings, {
  description: 'How you plan.',
  id: { resolve: (settings) => settings.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.plannerSettings.load(id),
  fields: (t) => ({
    timeZone: t.exposeString('timeZone', { description: descriptions.timeZone }),
    firstDayOfWeek: t.field({ type: Weekday, description: descriptions.firstDayOfWeek, resolve: (settings) => weekdayOf(settings.firstDayOfWeek) }),
    capacityMinutes: t.exposeInt('capacityMinutes', { description: descriptions.capacityMinutes }),
    rollover: t.field({ type: RolloverPolicy, nullable: true, description: descriptions.rollover, resolve: (settings) => settings.rollover }),
    autoApply: t.exposeBoolean('autoApply', { description: descriptions.autoApply }),
    today: t.field({
      type: 'Date',
      description: 'The day that it is in your time zone.',
      resolve: (_settings, _arguments, context) => context.services.planners.read(context.viewer).then((planner) => planner.today),
    }),
  }),
});

/** The value of the enum. */
export function weekdayOf(day: number) {
  const days = [1, 2, 3, 4, 5, 6, 7] as const;
  return days.find((known) => known === day) ?? 1;
}

builder.objectField(User, 'plannerSettings', (t) =>
  t.field({
    type: PlannerSettings,
    nullable: true,
    description: 'How you plan; null for everybody but yourself.',
    resolve: (user, _arguments, context) => context.services.planners.ofPerson(context.viewer, user.id),
  }),
);

builder.relayMutationField(
  'updatePlannerSettings',
  {
    description: 'What to change; what is absent stays as it is.',
    inputFields: (t) => ({
      timeZone: t.string({ description: descriptions.timeZone }),
      firstDayOfWeek: t.field({ type: Weekday, description: descriptions.firstDayOfWeek }),
      capacityMinutes: t.int({ description: descriptions.capacityMinutes }),
      rollover: t.field({ type: RolloverPolicy, description: descriptions.rollover }),
      autoApply: t.boolean({ description: descriptions.autoApply }),
    }),
  },
  {
    description: 'Changes how you plan. Days and weeks that are planned keep their dates when the time zone changes.',
    resolve: async (_root, { input }, context) => ({
      plannerSettings: await context.services.planners.update(context.viewer, input),
      user: await context.services.people.viewer(context.viewer),
    }),
  },
  {
    description: 'How you plan now.',
    outputFields: (t) => ({
      plannerSettings: t.expose('plannerSettings', { type: PlannerSettings, description: 'All settings, as they are now.' }),
      user: t.expose('user', { type: User, nullable: true, description: 'You.' }),
    }),
  },
);
