import { builder } from './builder.ts';
import { PlanItem } from './plan-item.ts';
import { RolloverPolicy } from './planning-enums.ts';

builder.objectField(PlanItem, 'originItem', (t) =>
  t.field({
    type: PlanItem,
    nullable: true,
    description: 'What it is a copy of, carried on from an earlier day; null for what is no copy, and when that was deleted.',
    resolve: (item, _arguments, { loaders }) => (item.originItemId === null ? null : loaders.planItem.load(item.originItemId)),
  }),
);

builder.relayMutationField(
  'rolloverItems',
  {
    description: 'What to carry on, and where to.',
    inputFields: (t) => ({
      from: t.field({ type: 'Date', required: true, description: 'The day whose unfinished items go on.' }),
      through: t.field({ type: 'Date', description: 'The last day of several, at most 366; `from` when absent.' }),
      to: t.field({ type: 'Date', required: true, description: 'The later day that they go to, at its end.' }),
      policy: t.field({ type: RolloverPolicy, required: true, description: 'Whether they move, or stay and are copied.' }),
    }),
  },
  {
    description:
      'Carries unfinished items (`TODO` and `IN_PROGRESS`) on to a later day, never twice: what was copied has one copy, which a second call gives again. Of a series the latest one goes on, and none where the series has an item of its own on that day. `updatePlannerSettings` has it done by itself.',
    resolve: (_root, { input }, { services, viewer }) => services.rollovers.rollOver(viewer, input),
  },
  {
    description: 'What was carried on.',
    outputFields: (t) => ({
      planItems: t.field({
        type: [PlanItem],
        description: 'What stands on the later day by it: the items themselves, or their copies.',
        resolve: ({ items }) => [...items],
      }),
      leftPlanItems: t.field({
        type: [PlanItem],
        description: 'Unfinished items that stay, because their series has one of its own on that day.',
        resolve: ({ left }) => [...left],
      }),
    }),
  },
);
