import { createSignedLinks } from './auth/signed-links.ts';
import type { Foundation } from './compose.ts';
import { createSpeaker, createTranscriber } from './engines/speech/create-speech.ts';
import type { ConversationLog } from './events/conversation-log.ts';
import { createSpeechCalls } from './services/speech/speech-calls.ts';
import { createSpeeches } from './services/speech/speeches.ts';
import { createTranscripts } from './services/speech/transcripts.ts';
import { createVoices } from './services/speech/voices.ts';
import { createImageEngine, type ImageAccess } from './engines/images/create-image-engine.ts';
import type { ImageTimers } from './engines/images/stream-pictures.ts';
import { createDirectFetch } from './engines/guarded-fetch.ts';
import { createImageReader, type Attachments } from './services/attachment/attachments.ts';
import { createMadeFiles } from './services/attachment/made-files.ts';
import { createDrawing } from './services/image/drawing.ts';
import { createImageCalls, type ImageCalls } from './services/image/image-calls.ts';
import { createImageTools } from './services/image/image-tool.ts';
import { keepPreview } from './services/image/previews.ts';
import type { OwnEngines } from './services/provider-key/own-engines.ts';
import type { RunDependencies } from './services/run/deps.ts';
import type { Metering } from './services/usage/metering.ts';

/** Wires what writes down and what speaks. */
export function composeSpeech(
  foundation: Foundation,
  { ownEngines, guardedFetch, metering, attachments, conversationLog }: Parts & { readonly conversationLog: ConversationLog },
) {
  const { config, secret, clock, newId, logger, database, fileStore, limits } = foundation;
  const { speechServer, cartesia, transcriptionModel, speechModel, maxSpeechCharacters } = config.media;
  const { timers, openai } = config.engines;
  const { prisma } = database;
  const common = { fetch: createDirectFetch(foundation.fetch), timers };
  const servers = [
    ...(openai === null ? [] : [{ ...openai, ...common, id: 'openai', name: 'OpenAI' }]),
    ...(speechServer === null ? [] : [{ ...speechServer, ...common, id: 'speech-server', name: 'Speech server' }]),
  ];
  const speechCalls = createSpeechCalls({
    loadTranscribers: async () => Promise.all(servers.map(createTranscriber)),
    loadSpeakers: async () =>
      Promise.all([
        ...servers.map((server) => createSpeaker('openai', server)),
        ...(cartesia === null ? [] : [createSpeaker('cartesia', { ...cartesia, ...common, id: 'cartesia', name: 'Cartesia' })]),
      ]),
    transcriptionModel,
    speechModel,
    ownEngines,
    timers,
    guardedFetch,
  });
  const links = createSignedLinks({ secret, previousSecrets: config.previousSecrets, lifetimeMs: config.downloads.linkLifetimeMs, clock });
  const { chatsPerUser } = limits;
  const kept = { prisma, fileStore, conversationLog, clock, newId, logger };
  return {
    transcripts: createTranscripts({ prisma, fileStore, attachments, speechCalls, metering, chatsPerUser }),
    speeches: createSpeeches({ ...kept, speechCalls, metering, chatsPerUser, links, maxCharacters: maxSpeechCharacters, timeoutMs: timers.totalTimeoutMs }),
    voices: createVoices({ speechCalls, clock, logger }),
  };
}

/** What was made before. */
interface Parts {
  readonly ownEngines: OwnEngines;
  readonly guardedFetch: typeof globalThis.fetch;
  readonly metering: Metering;
  readonly attachments: Attachments;
}

/** How long media may take. */
export function mediaTimersOf({ config }: Pick<Foundation, 'config'>): ImageTimers {
  const { imageTimeoutMs, pollFirstWaitMs, pollLongestWaitMs } = config.media;
  return { ...config.engines.timers, imageTimeoutMs, poll: { firstWaitMs: pollFirstWaitMs, longestWaitMs: pollLongestWaitMs } };
}

/** The providers of pictures that the configuration allows, best first. */
async function composeImageEngines(foundation: Foundation, guardedFetch: typeof globalThis.fetch) {
  const { openai, gemini } = foundation.config.engines;
  const { replicate, fal } = foundation.config.media;
  const known = { defaultModel: null } as const;
  const accesses: readonly ImageAccess[] = [
    ...(openai === null ? [] : [{ ...openai, ...known, kind: 'openai', id: 'openai', name: 'OpenAI' } as const]),
    ...(gemini === null ? [] : [{ ...gemini, ...known, kind: 'gemini', id: 'gemini', name: 'Gemini' } as const]),
    ...(replicate === null ? [] : [{ ...replicate, ...known, kind: 'replicate', id: 'replicate', name: 'Replicate' } as const]),
    ...(fal === null ? [] : [{ ...fal, ...known, kind: 'fal', id: 'fal', name: 'FAL' } as const]),
  ];
  const surroundings = { fetch: createDirectFetch(foundation.fetch), fetchResult: guardedFetch, timers: mediaTimersOf(foundation) };
  return Promise.all(accesses.map((access) => createImageEngine(access, surroundings)));
}

/** Wires what draws. */
export function composeImages(
  foundation: Foundation,
  { ownEngines, guardedFetch, metering, attachments }: Parts,
): Pick<RunDependencies, 'imageTools' | 'pictures'> & { readonly imageCalls: ImageCalls } {
  const { config, clock, logger, database, fileStore } = foundation;
  const imageCalls = createImageCalls({
    load: () => composeImageEngines(foundation, guardedFetch),
    defaultModel: config.media.imageModel,
    ownEngines,
    timers: mediaTimersOf(foundation),
    guardedFetch,
  });
  const { checkRoom } = attachments;
  const madeFiles = createMadeFiles({ prisma: database.prisma, fileStore, clock, logger, limits: config.attachments, checkRoom });
  const drawing = createDrawing({ metering, madeFiles });
  return {
    imageCalls,
    imageTools: createImageTools({ drawing, imageCalls, logger, timeoutMs: config.engines.timers.totalTimeoutMs }),
    pictures: { imageCalls, drawing, readImage: createImageReader({ fileStore, logger }), keepPreview: (bytes) => keepPreview(fileStore, bytes) },
  };
}
