import { builder } from './builder.ts';
import type { ListedModel } from '../services/model.ts';
import { Workspace, workspaceOf } from './workspace.ts';

const Model = builder.objectRef<ListedModel>('Model').implement({
  description: 'A model that can be asked.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What to give as `model`: `provider:model`, by a key of a workspace `handle/provider:model`.' }),
    provider: t.exposeString('provider', { description: 'The provider.' }),
    providerName: t.exposeString('providerName', { description: 'The provider, as people call it.' }),
    model: t.exposeString('model', { description: 'The model without its provider.' }),
    displayName: t.exposeString('displayName', { description: 'The model, as people call it.' }),
    description: t.exposeString('description', { description: 'What it is good for.' }),
    isDefault: t.exposeBoolean('isDefault', { description: 'Whether it answers when no model is named.' }),
    isOwnKey: t.exposeBoolean('isOwnKey', { description: 'Whether it answers by a key of your own; see `providerKeys`.' }),
    workspace: t.field({
      type: Workspace,
      nullable: true,
      description: 'The workspace whose key answers, and which pays for it; null for none’s.',
      resolve: workspaceOf,
    }),
    hasTools: t.exposeBoolean('hasTools', { description: 'Whether it can call tools, and so work with data.' }),
    hasVision: t.exposeBoolean('hasVision', { description: 'Whether it reads images.' }),
    hasJson: t.exposeBoolean('hasJson', { description: 'Whether it can be held to JSON.' }),
    contextWindow: t.exposeInt('contextWindow', { nullable: true, description: 'How many tokens question and answer may have together; null where unknown.' }),
    inputPrice: t.exposeInt('inputPrice', { nullable: true, description: 'Millionths of a US dollar for a million input tokens; null where unknown.' }),
    cachedInputPrice: t.exposeInt('cachedInputPrice', {
      nullable: true,
      description: 'The same for input tokens that the provider had kept from before; null where unknown, and then they cost what input tokens cost.',
    }),
    outputPrice: t.exposeInt('outputPrice', { nullable: true, description: 'The same for output tokens; null where unknown.' }),
    isPriceKnown: t.boolean({
      description: 'Whether the prices of input and output are known, so that the cost of answers can be told.',
      resolve: ({ inputPrice, outputPrice }) => inputPrice !== null && outputPrice !== null,
    }),
  }),
});

builder.queryField('models', (t) =>
  t.field({
    type: [Model],
    description:
      'The models that you can ask, also by keys of your own and of your workspaces, the default first. What providers list is asked of them once a day.',
    args: { provider: t.arg.string({ description: 'Only those of this provider.' }) },
    resolve: (_root, { provider }, context) => context.services.models.list(context.viewer, provider ?? null),
  }),
);
