import type { ImagePrice as ImagePriceShape, ListedImageModel } from '../services/image/image-models.ts';
import { Attachment } from './attachment.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { IfBusy } from './run-sending.ts';
import { Run } from './run.ts';
import { Workspace, workspaceOf } from './workspace.ts';

const ImageSize = builder.enumType('ImageSize', {
  description: 'The form of a picture; how many pixels it has depends on the model.',
  values: {
    SQUARE: { description: 'As wide as high, for example 1024 by 1024.' },
    PORTRAIT: { description: 'Higher than wide.' },
    LANDSCAPE: { description: 'Wider than high.' },
  } as const,
});

const ImageQuality = builder.enumType('ImageQuality', {
  description: 'How much work goes into a picture. Models without qualities draw all of them alike.',
  values: {
    LOW: { description: 'Quick and cheap, for drafts.' },
    MEDIUM: { description: 'The default.' },
    HIGH: { description: 'The best; several times as dear.' },
  } as const,
});

const ImagePrice = builder.objectRef<ImagePriceShape>('ImagePrice').implement({
  description: 'What one picture costs.',
  fields: (t) => ({
    size: t.expose('size', { type: ImageSize, description: 'The form.' }),
    quality: t.expose('quality', { type: ImageQuality, description: 'The quality.' }),
    costMicros: t.exposeInt('costMicros', { description: 'In millionths of a US dollar.' }),
  }),
});

const ImageModel = builder.objectRef<ListedImageModel>('ImageModel').implement({
  description: 'A model that draws.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What to give as `model` of `generateImage`: `provider:model`.' }),
    provider: t.exposeString('provider', { description: 'The provider.' }),
    providerName: t.exposeString('providerName', { description: 'The provider, as people call it.' }),
    displayName: t.exposeString('displayName', { description: 'The model, as people call it.' }),
    description: t.exposeString('description', { description: 'What it is good for.' }),
    sizes: t.field({ type: [ImageSize], description: 'The forms that it can make.', resolve: ({ sizes }) => [...sizes] }),
    hasQuality: t.exposeBoolean('hasQuality', { description: 'Whether the quality changes anything.' }),
    hasReferences: t.exposeBoolean('hasReferences', { description: 'Whether it can be shown pictures to go by.' }),
    hasPreviews: t.exposeBoolean('hasPreviews', { description: 'Whether it shows pictures that are not ready yet; see `ImagePreviewed`.' }),
    maxCount: t.exposeInt('maxCount', { description: 'The most pictures of one request.' }),
    isDefault: t.exposeBoolean('isDefault', { description: 'Whether it draws when no model is named.' }),
    isOwnKey: t.exposeBoolean('isOwnKey', { description: 'Whether it draws by a key of your own; see `providerKeys`.' }),
    workspace: t.field({
      type: Workspace,
      nullable: true,
      description: 'The workspace whose key it draws by, and which pays for it; null for none’s.',
      resolve: workspaceOf,
    }),
    prices: t.field({ type: [ImagePrice], description: 'What one picture costs, as far as that is known.', resolve: ({ prices }) => [...prices] }),
  }),
});

builder.queryField('imageModels', (t) =>
  t.field({
    type: [ImageModel],
    description: 'The models that draw for you, also by keys of your own, the default first. Others of the same providers can be named as well.',
    resolve: async (_root, _arguments, context) => [...(await context.services.imageModels.list(context.viewer))],
  }),
);

builder.relayMutationField(
  'generateImage',
  {
    description: 'What to draw.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, description: 'Where to draw it; a new conversation is made when absent.' }),
      prompt: t.string({ required: true, description: 'What the picture shows, in words. It stands in the conversation as your message.' }),
      model: t.string({ description: 'The model, as `provider:model` or a provider; see `imageModels`. The default when absent.' }),
      size: t.field({ type: ImageSize, description: 'The form; SQUARE when absent.' }),
      quality: t.field({ type: ImageQuality, description: 'The quality; MEDIUM when absent.' }),
      count: t.int({ description: 'How many pictures, at most `ImageModel.maxCount`; 1 when absent.' }),
      attachmentIds: t.globalIDList({ for: Attachment, description: 'Pictures to go by, where the model `hasReferences`.' }),
      idempotencyKey: t.string({
        description: 'Makes repeating safe: the same key with the same input gives the same run, with another input IDEMPOTENCY_CONFLICT.',
      }),
      ifBusy: t.field({ type: IfBusy, description: 'What happens when a run is under way; REJECT when absent.' }),
    }),
  },
  {
    description:
      'Has pictures drawn and returns the run at once; follow it with `runEvents`: `StatusChanged`, `ImagePreviewed` and `ImageReady`. The pictures are `ImagePart`s of its message. `regenerate` draws anew.',
    resolve: async (_root, { input }, context) => ({
      run: await context.services.runs.draw(context.viewer, {
        ...input,
        conversationId: input.conversationId?.id,
        attachmentIds: input.attachmentIds?.map(({ id }) => id),
      }),
    }),
  },
  {
    description: 'The run, with its conversation and its messages.',
    outputFields: (t) => ({ run: t.expose('run', { type: Run, description: 'The run: RUNNING, or QUEUED behind another.' }) }),
  },
);
