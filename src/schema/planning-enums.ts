import { builder } from './builder.ts';

/** How far away a goal is. */
export const GoalHorizon = builder.enumType('GoalHorizon', {
  description: 'How far away a goal is.',
  values: { SHORT: { description: 'Weeks.' }, MEDIUM: { description: 'Months.' }, LONG: { description: 'Years.' } } as const,
});

/** What has become of a goal. */
export const GoalStatus = builder.enumType('GoalStatus', {
  description: 'What has become of a goal.',
  values: {
    ACTIVE: { description: 'It is worked on.' },
    COMPLETED: { description: 'It is reached.' },
    PAUSED: { description: 'It waits for better days.' },
    CANCELLED: { description: 'It was given up.' },
  } as const,
});

/** How much something matters. */
export const Priority = builder.enumType('Priority', {
  description: 'How much a goal or an item matters, in rising order.',
  values: {
    LOW: { description: 'It may wait.' },
    MEDIUM: { description: 'The default.' },
    HIGH: { description: 'Before others.' },
    URGENT: { description: 'Before everything.' },
  } as const,
});

/** How far a plan is. */
export const PlanStatus = builder.enumType('PlanStatus', {
  description: 'How far the plan of a week or a day is.',
  values: {
    DRAFT: { description: 'It is being made.' },
    ACTIVE: { description: 'It is in force.' },
    COMPLETED: { description: 'The week or the day is closed.' },
  } as const,
});

/** How far an item is. */
export const PlanItemStatus = builder.enumType('PlanItemStatus', {
  description: 'How far an item is.',
  values: {
    TODO: { description: 'Not begun.' },
    IN_PROGRESS: { description: 'Begun.' },
    DONE: { description: 'Done.' },
    SKIPPED: { description: 'It will not be done.' },
  } as const,
});

/** What happens to unfinished items. */
export const RolloverPolicy = builder.enumType('RolloverPolicy', {
  description: 'What happens to unfinished items when their day is over.',
  values: {
    MOVE: { description: 'They move on to the next day.' },
    COPY: { description: 'They stay where they are, and copies of them go on.' },
  } as const,
});

/** How the rule of a series makes days. */
export const RecurrenceMode = builder.enumType('RecurrenceMode', {
  description: 'How the rule of a series makes days.',
  values: {
    SCHEDULED: { description: 'By the calendar, whether the one before is done or not.' },
    AFTER_COMPLETION: { description: 'The next one comes when the one before is done or skipped, and counts from that day.' },
  } as const,
});

/** Which items of a series a change is about. */
export const RecurrenceScope = builder.enumType('RecurrenceScope', {
  description: 'Which items of a series a change is about. Those that are done or skipped stay as they are.',
  values: {
    THIS: { description: 'This one alone. The default.' },
    FUTURE: { description: 'This one and those after it.' },
    ALL: { description: 'This one and all others that are unfinished.' },
  } as const,
});

/** In which direction a list goes. */
export const SortDirection = builder.enumType('SortDirection', {
  description: 'Which values come first. What has none comes last either way.',
  values: { ASC: { description: 'The smallest, the earliest.' }, DESC: { description: 'The largest, the latest.' } } as const,
});

/** A day of the week. */
export const Weekday = builder.enumType('Weekday', {
  description: 'A day of the week.',
  values: {
    MONDAY: { value: 1, description: 'Monday, with which weeks begin by ISO 8601.' },
    TUESDAY: { value: 2, description: 'Tuesday.' },
    WEDNESDAY: { value: 3, description: 'Wednesday.' },
    THURSDAY: { value: 4, description: 'Thursday.' },
    FRIDAY: { value: 5, description: 'Friday.' },
    SATURDAY: { value: 6, description: 'Saturday.' },
    SUNDAY: { value: 7, description: 'Sunday.' },
  } as const,
});

/** What an operation of a proposal does. */
export const PlanOperationKind = builder.enumType('PlanOperationKind', {
  description: 'What an operation of a proposal does.',
  values: {
    ADD_GOAL: { description: 'Makes a goal.' },
    CHANGE_GOAL: { description: 'Changes a goal.' },
    COMPLETE_GOAL: { description: 'Says that a goal is reached.' },
    DELETE_GOAL: { description: 'Deletes a goal; its parts and items stay.' },
    ADD_ITEM: { description: 'Makes an item.' },
    CHANGE_ITEM: { description: 'Changes an item.' },
    MOVE_ITEM: { description: 'Moves an item to the end of a day or a week, or out of all plans.' },
    COMPLETE_ITEM: { description: 'Says that an item is done.' },
    DELETE_ITEM: { description: 'Deletes an item.' },
    CHANGE_WEEK: { description: 'Changes what the plan of a week says.' },
    CHANGE_DAY: { description: 'Changes what the plan of a day says.' },
  } as const,
});

/** What has become of an operation. */
export const PlanOperationStatus = builder.enumType('PlanOperationStatus', {
  description: 'What has become of an operation of a proposal.',
  values: {
    PENDING: { description: 'It waits for a decision.' },
    APPLIED: { description: 'It was done.' },
    DISMISSED: { description: 'It was dismissed.' },
    UNDONE: { description: 'It was done, and undone again.' },
  } as const,
});

/** What has become of a proposal. */
export const PlanProposalStatus = builder.enumType('PlanProposalStatus', {
  description: 'What has become of a proposal.',
  values: {
    PENDING: { description: 'It waits for a decision.' },
    APPLIED: { description: 'All of it was done.' },
    PARTLY_APPLIED: { description: 'Some of it was done; the rest waits, or was dismissed.' },
    DISMISSED: { description: 'It was dismissed.' },
    UNDONE: { description: 'What was done of it was undone. It cannot be applied again.' },
  } as const,
});
