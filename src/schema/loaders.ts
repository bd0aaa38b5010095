import type { Conversation, Feedback, Message, Part, Run } from '../../prisma/generated/client.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { ApiKey } from '../services/api-key/api-keys.ts';
import type { ContextUsage } from '../services/context/usage.ts';
import type { AttachmentRow } from '../services/attachment/attachments.ts';
import type { Identity } from '../services/identity/identities.ts';
import type { SiblingPlace } from '../services/branch/siblings.ts';
import type { LoadedMessage } from '../services/message.ts';
import type { ConversationMarks } from '../services/conversation/conversation-row.ts';
import type { MessagePreview } from '../services/conversation/organising.ts';
import type { SignedInDevice } from '../services/people/devices.ts';
import type { Person } from '../services/people/person.ts';
import type { McpServerRow } from '../services/mcp/server-row.ts';
import type { PersonaRow } from '../services/persona/persona-row.ts';
import type { TemplateRow, TemplateVersionRow } from '../services/prompt-template/template-row.ts';
import type { Support } from '../services/evidence/support.ts';
import type { PlotVersionFacts } from '../services/plot/plot-versions.ts';
import type { QuotaStanding } from '../services/quota/quotas.ts';
import type { RunUsage } from '../services/usage/run-usage.ts';
import type { ListedProviderKey } from '../services/provider-key/keep-keys.ts';
import type { ShareLinkRow } from '../services/share-link/share-links.ts';
import type { AskedInput } from '../services/run/respond.ts';
import type { SpeechRow } from '../services/speech/speech-row.ts';
import type { Services } from '../services/services.ts';
import type { VerifiedQuery } from '../services/verified-query/verified-queries.ts';
import { loaderOf, pageLoaderOf } from './batch.ts';
import { createFileLoaders } from './file-loaders.ts';
import { createKnowledgeLoaders } from './knowledge-loaders.ts';
import { createPlanningLoaders } from './planning-loaders.ts';
import { createRoomLoaders } from './room-loaders.ts';
import { createSentimentLoaders } from './sentiment-loaders.ts';

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
    ...createSentimentLoaders(services, viewer),
    ...createPlanningLoaders(services, viewer),
    ...createRoomLoaders(services, viewer),
    ...createKnowledgeLoaders(services, viewer),
    apiKey: loaderOf<ApiKey>((ids) => services.apiKeys.byIds(viewer, ids)),
    providerKey: loaderOf<ListedProviderKey>((ids) => services.providerKeys.byIds(viewer, ids)),
    identity: loaderOf<Identity>((ids) => services.identities.byIds(viewer, ids)),
    user: loaderOf<Person>((ids) => people.byIds(viewer, ids)),
    quota: loaderOf<QuotaStanding>((ids) => services.quotas.ofPeople(viewer, ids)),
    usageOfAnswer: loaderOf<RunUsage>((ids) => services.usages.ofAnswers(viewer, ids)),
    promptTemplate: loaderOf<TemplateRow>((ids) => services.promptTemplates.byIds(viewer, ids)),
    versionsOfTemplate: pageLoaderOf<TemplateVersionRow>((ids, page) => services.promptTemplates.versionsOf(viewer, ids, page)),
    persona: loaderOf<PersonaRow>((ids) => services.personas.byIds(viewer, ids)),
    mcpServer: loaderOf<McpServerRow>((ids) => services.mcpServers.byIds(viewer, ids)),
    mcpServersOf: loaderOf<readonly McpServerRow[]>((ids) => services.mcpServers.ofPersonas(viewer, ids)),
    personasOf: loaderOf<readonly PersonaRow[]>((ids) => services.conversationPersonas.ofConversations(viewer, ids)),
    login: loaderOf<SignedInDevice>((ids) => people.loginsByIds(viewer, ids)),
    conversation: loaderOf<Conversation>((ids) => conversations.byIds(viewer, ids)),
    conversationOfSession: loaderOf<Conversation>((ids) => conversations.bySessions(viewer, ids)),
    conversationMarks: loaderOf<ConversationMarks>((ids) => services.organising.marksOf(viewer, ids)),
    unreadCount: loaderOf<number>((ids) => services.organising.unreadCounts(viewer, ids)),
    lastMessage: loaderOf<MessagePreview>((ids) => services.organising.lastMessages(viewer, ids)),
    messagesOf: pageLoaderOf<LoadedMessage>((ids, page) => messages.listMany(viewer, ids, page, 'nothing')),
    messagesWithTextOf: pageLoaderOf<LoadedMessage>((ids, page) => messages.listMany(viewer, ids, page, 'text')),
    messagesWithPartsOf: pageLoaderOf<LoadedMessage>((ids, page) => messages.listMany(viewer, ids, page, 'parts')),
    pathOf: pageLoaderOf<LoadedMessage>((ids, page) => messages.listMany(viewer, ids, page, 'nothing', 'ACTIVE')),
    pathWithTextOf: pageLoaderOf<LoadedMessage>((ids, page) => messages.listMany(viewer, ids, page, 'text', 'ACTIVE')),
    pathWithPartsOf: pageLoaderOf<LoadedMessage>((ids, page) => messages.listMany(viewer, ids, page, 'parts', 'ACTIVE')),
    siblingPlace: loaderOf<SiblingPlace>((ids) => services.siblings.placesOf(viewer, ids)),
    siblingsOf: loaderOf<readonly LoadedMessage[]>((ids) => services.siblings.besides(viewer, ids)),
    childrenOf: loaderOf<readonly LoadedMessage[]>((ids) => services.siblings.childrenOf(viewer, ids)),
    feedback: loaderOf<Feedback>((ids) => services.feedbacks.ofMessages(viewer, ids)),
    livePresent: loaderOf<readonly string[]>((ids) => services.liveRooms.present(viewer, ids)),
    speech: loaderOf<SpeechRow>((ids) => services.speeches.byIds(viewer, ids)),
    attachment: loaderOf<AttachmentRow>((ids) => services.attachments.byIds(viewer, ids)),
    contextUsage: loaderOf<ContextUsage>((ids) => services.contextUsages.ofConversations(viewer, ids)),
    messageCount: loaderOf<number>((ids) => messages.countMany(viewer, ids)),
    message: loaderOf<Message>((ids) => messages.byIds(viewer, ids)),
    partsOf: loaderOf<readonly Part[]>((ids) => messages.partsOf(viewer, ids)),
    evidence: loaderOf<readonly Support[]>((ids) => services.evidence.ofParts(viewer, ids)),
    verifiedQuery: loaderOf<VerifiedQuery>((ids) => services.verifiedQueries.byIds(viewer, ids)),
    verifiedQueriesOfSession: loaderOf<readonly VerifiedQuery[]>((ids) => services.verifiedQueries.ofSessions(viewer, ids)),
    shareLink: loaderOf<ShareLinkRow>((ids) => services.shareLinks.byIds(viewer, ids)),
    part: loaderOf<Part>((ids) => messages.partsByIds(viewer, ids)),
    plotVersionsOf: loaderOf<readonly PlotVersionFacts[]>((ids) => services.plots.listMany(viewer, ids)),
    plotVersionData: loaderOf<unknown>((keys) => services.plots.dataOf(viewer, keys)),
    askedByRun: loaderOf<AskedInput>((ids) => services.responses.askedByRuns(viewer, ids)),
    run: loaderOf<Run>((ids) => runs.byIds(viewer, ids)),
  };
}
