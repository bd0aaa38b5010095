import type { Conversation, Message, Part, Run } from '../../prisma/generated/client.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { ApiKey } from '../services/api-key/api-keys.ts';
import type { Identity } from '../services/identity/identities.ts';
import type { LoadedMessage } from '../services/message.ts';
import type { SignedInDevice } from '../services/people/devices.ts';
import type { Person } from '../services/people/person.ts';
import type { Services } from '../services/services.ts';
import { loaderOf, pageLoaderOf } from './batch.ts';
import { createFileLoaders } from './file-loaders.ts';

/**
 * The batches of one operation: what many objects of a list ask for is loaded once. Made anew for every operation, so nothing is
 * shared between people. Nothing is cached, because the operation may be a subscription that lives for hours.
 */
export type Loaders = ReturnType<typeof createLoaders>;

/** An object that is made when something is read from it. */
function lazily<Made extends object>(make: () => Made): Made {
  let made: Made | null = null;
  return new Proxy<Made>(Object.create(null), { get: (_target, key): unknown => Reflect.get((made ??= make()), key) });
}

/** New, empty loaders; made when the first is used, since most operations use none and a subscription would keep all of them for hours. */
export function createLoaders(services: Services, viewer: Viewer | null) {
  return lazily(() => makeLoaders(services, viewer));
}

function makeLoaders(services: Services, viewer: Viewer | null) {
  const { conversations, messages, runs, people } = services;
  return {
    ...createFileLoaders(services, viewer),
    apiKey: loaderOf<ApiKey>((ids) => services.apiKeys.byIds(viewer, ids)),
    identity: loaderOf<Identity>((ids) => services.identities.byIds(viewer, ids)),
    user: loaderOf<Person>((ids) => people.byIds(viewer, ids)),
    login: loaderOf<SignedInDevice>((ids) => people.loginsByIds(viewer, ids)),
    conversation: loaderOf<Conversation>((ids) => conversations.byIds(viewer, ids)),
    conversationOfSession: loaderOf<Conversation>((ids) => conversations.bySessions(viewer, ids)),
    messagesOf: pageLoaderOf<LoadedMessage>((ids, page) => messages.listMany(viewer, ids, page, 'nothing')),
    messagesWithTextOf: pageLoaderOf<LoadedMessage>((ids, page) => messages.listMany(viewer, ids, page, 'text')),
    messagesWithPartsOf: pageLoaderOf<LoadedMessage>((ids, page) => messages.listMany(viewer, ids, page, 'parts')),
    messageCount: loaderOf<number>((ids) => messages.countMany(viewer, ids)),
    message: loaderOf<Message>((ids) => messages.byIds(viewer, ids)),
    partsOf: loaderOf<readonly Part[]>((ids) => messages.partsOf(viewer, ids)),
    part: loaderOf<Part>((ids) => messages.partsByIds(viewer, ids)),
    run: loaderOf<Run>((ids) => runs.byIds(viewer, ids)),
  };
}
