import { builder } from './builder.ts';
import { RecurrenceMode } from './planning-enums.ts';

/** How an item is to recur. */
export const RecurrenceInput = builder.inputType('RecurrenceInput', {
  description: 'How an item is to recur.',
  fields: (t) => ({
    rule: t.string({
      required: true,
      description:
        'The value of an RRULE of RFC 5545, for example `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH`, `FREQ=MONTHLY;BYDAY=-1FR` or `FREQ=DAILY;COUNT=10`. FREQ is DAILY, WEEKLY, MONTHLY or YEARLY; INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS and WKST may follow. `AFTER_COMPLETION` takes FREQ, INTERVAL, COUNT and UNTIL alone.',
    }),
    mode: t.field({ type: RecurrenceMode, description: 'How the rule makes days; `SCHEDULED` when absent.' }),
  }),
});
