import { rateLimitNames, type RateLimitStatus as RateLimitStatusShape } from '../services/rate-limits.ts';
import { builder } from './builder.ts';

const RateLimitName = builder.enumType('RateLimitName', {
  description: 'What is limited.',
  values: Object.fromEntries(Object.entries(rateLimitNames).map(([name, description]) => [name, { value: name, description }])),
});

const RateLimitStatus = builder.objectRef<RateLimitStatusShape>('RateLimitStatus').implement({
  description: 'How one of your limits stands. What goes beyond it is refused with `RATE_LIMITED` and `retryAfterMs`.',
  fields: (t) => ({
    name: t.field({ type: RateLimitName, description: 'What is limited.', resolve: ({ name }) => name }),
    limit: t.exposeInt('limit', { description: 'How many there may be in a window.' }),
    windowSeconds: t.exposeInt('windowSeconds', { description: 'How long a window is; it begins with the first of them.' }),
    remaining: t.exposeInt('remaining', { description: 'How many there may still be.' }),
    resetsAt: t.expose('resetsAt', { type: 'DateTime', description: 'When the count starts anew; a window from now where nothing is counted yet.' }),
  }),
});

builder.queryField('rateLimitStatus', (t) =>
  t.field({
    type: [RateLimitStatus],
    description:
      'The limits on how often you may do things, or where nobody is signed in your address; those that are lifted are left out. Of them only the operation itself counts, in GENERAL.',
    resolve: async (_root, _arguments, context) => [...(await context.services.rateLimits.statusOf(context.viewer, context.device.address))],
  }),
);
