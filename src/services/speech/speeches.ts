import { z } from 'zod';
import type { SignedLinks } from '../../auth/signed-links.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { delay } from '../../base/async.ts';
import { later } from '../../base/clock.ts';
import { AppError, badInput, errorCodes, notFound, type ErrorCode } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { CallFailed } from '../../engines/calls.ts';
import { audioFormats, audioTypes, type AudioFormat } from '../../base/audio.ts';
import type { Speaker } from '../../engines/speech/speech-engine.ts';
import type { Limiter } from '../../limits/limiter.ts';
import { requireAllowance } from '../allowance.ts';
import { storedDownload, type Download } from '../download/downloads.ts';
import { textOf } from '../message-text.ts';
import { findVisibleMessage } from '../participation.ts';
import { requireRole } from '../room/permissions.ts';
import type { ChosenProvider } from '../provider-key/provider-book.ts';
import type { Metering } from '../usage/metering.ts';
import { createLiveSound, type LiveSound } from './live-sound.ts';
import { speakable } from './speakable.ts';
import type { SpeechCalls } from './speech-calls.ts';
import { formatOf, type SpeechRow } from './speech-row.ts';
import { storeSpeech, type StoreSpeechDependencies } from './store-speech.ts';

/** Speaks texts and messages. */
export type Speeches = ReturnType<typeof createSpeeches>;

/** What it stands on. */
export interface SpeechDependencies extends StoreSpeechDependencies {
  readonly speechCalls: SpeechCalls;
  readonly metering: Pick<Metering, 'openMedia'>;
  readonly chatsPerUser: Limiter;
  readonly links: SignedLinks;
  readonly maxCharacters: number;
  /** How long one may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** What is asked for. */
export interface SynthesizeInput {
  readonly messageId?: string | null | undefined;
  readonly text?: string | null | undefined;
  readonly voice?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly format?: AudioFormat | null | undefined;
}

/** Sound that can be listened to. */
export type OpenedSpeech =
  /** It is whole and kept. */
  | { readonly kind: 'stored'; readonly download: Download }
  /** It is being made here. */
  | { readonly kind: 'live'; readonly mediaType: string; listen(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> };

const inputShape = z.object({
  messageId: z.uuid().nullish(),
  text: z.string().nullish(),
  voice: z
    .string()
    .regex(/^[\w.:-]{1,100}$/, 'is a voice as "voices" names it')
    .nullish(),
  model: z.string().min(1, 'must not be empty').max(200, 'has at most 200 characters').nullish(),
  format: z.enum(audioFormats).nullish(),
});

/** How many speeches of one person may be made at once on a node. */
const mostAtOnce = 3;
/** How often another node is asked whether a speech is whole, in milliseconds. */
const lookEveryMs = 250;

function codeOf(stored: string | null): ErrorCode {
  return Object.keys(errorCodes).find((known): known is ErrorCode => known === stored) ?? 'INTERNAL_SERVER_ERROR';
}

/** Creates the service. */
export function createSpeeches(deps: SpeechDependencies) {
  const { prisma, fileStore, clock, newId, logger, speechCalls, metering, chatsPerUser, links, maxCharacters, timeoutMs } = deps;
  const making = new Map<string, { readonly userId: string; readonly sound: LiveSound; readonly controller: AbortController; readonly done: Promise<void> }>();

  /** What is to be said. @throws AppError NOT_FOUND, CONFLICT, BAD_USER_INPUT */
  const wordsOf = async (userId: string, { messageId, text }: z.output<typeof inputShape>): Promise<string> => {
    if ((messageId == null) === (text == null)) throw badInput(['input'], 'either "messageId" or "text" must be given, and not both');
    let words = text ?? '';
    if (messageId != null) {
      requireRole((await findVisibleMessage(prisma, userId, messageId))?.viewerRole, 'SPEAK', 'Message');
      const open = await prisma.run.count({ where: { answerId: messageId, status: { in: ['RUNNING', 'QUEUED', 'AWAITING_INPUT'] } } });
      if (open > 0) throw new AppError('CONFLICT', 'This message is being written; wait for the end of its run, then have it spoken.');
      words = textOf(await prisma.part.findMany({ where: { messageId, kind: 'TEXT' }, orderBy: { position: 'asc' } }));
    }
    const spoken = speakable(words);
    const path = ['input', messageId == null ? 'text' : 'messageId'];
    if (spoken === '') throw badInput(path, 'there is nothing in it that can be spoken');
    if (spoken.length > maxCharacters) throw badInput(path, `has ${spoken.length} characters; at most ${maxCharacters} are spoken at once`);
    return spoken;
  };

  const toldOf = (error: unknown): { readonly code: ErrorCode; readonly message: string } | null => {
    if (error instanceof CallFailed) return error.failure;
    if (error instanceof AppError) return { code: error.code, message: error.message };
    if (!(error instanceof DOMException) || error.name !== 'TimeoutError') return null;
    return { code: 'ENGINE_TIMEOUT', message: `The speech was not whole within ${timeoutMs} ms. Try again with a shorter text.` };
  };

  const fail = async (speech: SpeechRow, error: unknown, isStopped: boolean): Promise<void> => {
    const told = toldOf(error);
    if (told === null && !isStopped) logger.error({ err: error, speechId: speech.id }, 'a speech failed unexpectedly');
    const errorCode = told?.code ?? (isStopped ? 'INTERRUPTED' : 'INTERNAL_SERVER_ERROR');
    const errorMessage =
      told?.message ?? (isStopped ? 'The server that spoke this stopped. Try again.' : 'Something unexpected failed. The speech id finds it in the log.');
    await prisma.speech.updateMany({ where: { id: speech.id, status: 'RUNNING' }, data: { status: 'FAILED', errorCode, errorMessage, leaseExpiresAt: null } });
  };

  const make = async (speech: SpeechRow, chosen: ChosenProvider<Speaker>, words: string, sound: LiveSound, signal: AbortSignal): Promise<void> => {
    const { engine, model, isOwnKey, workspaceId, use } = chosen;
    const price = engine.pricePerCharacter(model);
    const costMicros = price === null ? null : BigInt(Math.ceil(price * words.length));
    const usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
    const call = { userId: speech.ownerId, purpose: 'SPEECH', runId: null, conversationId: null } as const;
    let hasBegun = false;
    const account = await metering.openMedia({ call, provider: engine.id, model, isOwnKey, workspaceId }, costMicros, signal);
    if ('code' in account) throw new CallFailed(account);
    use();
    try {
      for await (const piece of engine.speak({ model, text: words, voice: speech.voice === '' ? null : speech.voice, format: formatOf(speech) }, signal)) {
        hasBegun = true;
        sound.push(piece);
      }
    } finally {
      // What has begun is charged whole, whether or not it came to its end.
      account.close({ usage, isEstimated: false, costMicros: hasBegun ? costMicros : 0n });
    }
    const copied = async function* copied(): AsyncGenerator<Uint8Array> {
      // The store gives the memory of what it has written back, and others may still listen to it.
      for await (const piece of sound.listen(new AbortController().signal)) yield Uint8Array.from(piece);
    };
    sound.end();
    await storeSpeech(deps, speech, copied());
  };

  const begin = (speech: SpeechRow, chosen: ChosenProvider<Speaker>, words: string): void => {
    const controller = new AbortController();
    const sound = createLiveSound();
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(timeoutMs)]);
    const done = make(speech, chosen, words, sound, signal)
      .catch(async (error: unknown) => {
        sound.fail(error);
        await fail(speech, error, controller.signal.aborted);
      })
      .catch((error: unknown) => logger.error({ err: error, speechId: speech.id }, 'the end of a speech could not be stored'))
      .finally(() => making.delete(speech.id));
    making.set(speech.id, { userId: speech.ownerId, sound, controller, done });
  };

  const find = async (userId: string, id: string): Promise<SpeechRow> => {
    const speech = await prisma.speech.findFirst({ where: { id, ownerId: userId } });
    if (speech === null) throw notFound('Speech');
    return speech;
  };

  const stored = (speech: SpeechRow, attachmentId: string): OpenedSpeech => {
    const { mediaType, ending } = audioTypes[formatOf(speech)];
    const path = fileStore.pathsOf(attachmentId).original;
    return { kind: 'stored', download: storedDownload(path, { fileName: `speech.${ending}`, mediaType, version: `${attachmentId}-original` }) };
  };

  return {
    /** Those of some speeches that are the viewer's. */
    byIds: async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, SpeechRow>> => {
      const { userId } = requireViewer(viewer);
      const rows = await prisma.speech.findMany({ where: { id: { in: [...ids] }, ownerId: userId } });
      return new Map(rows.map((row) => [row.id, row]));
    },

    /**
     * Begins to speak, and returns at once; the sound is there to be listened to while it is made.
     *
     * @throws AppError NOT_FOUND, CONFLICT, BAD_USER_INPUT, ENGINE_UNKNOWN, RATE_LIMITED
     */
    synthesize: async (viewer: Viewer | null, input: SynthesizeInput): Promise<SpeechRow> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(inputShape, input);
      const words = await wordsOf(userId, values);
      const chosen = await speechCalls.speakers.resolve(userId, values.model ?? null);
      const format = values.format ?? 'MP3';
      const { engine } = chosen;
      if (!engine.formats.includes(format)) throw badInput(['input', 'format'], `${engine.name} makes ${engine.formats.join(', ')}, and not ${format}`);
      const open = [...making.values()].filter((speech) => speech.userId === userId).length;
      if (open >= mostAtOnce) throw new AppError('RATE_LIMITED', `${open} speeches of yours are being made; wait until one is whole.`, { retryAfterMs: 2_000 });
      requireAllowance(await chatsPerUser.consume(userId), 'Too many requests to models in a minute');
      const now = clock.now();
      const speech = await prisma.speech.create({
        data: {
          id: newId(),
          ownerId: userId,
          messageId: values.messageId ?? null,
          model: chosen.name,
          voice: values.voice ?? '',
          format,
          status: 'RUNNING',
          leaseExpiresAt: later(now, timeoutMs),
          createdAt: now,
        },
      });
      begin(speech, chosen, words);
      return speech;
    },

    /** A signed link to the sound, which works without signing in for a while. The caller has made sure that the viewer may hear it. */
    linkTo: (viewer: Viewer | null, { id }: Pick<SpeechRow, 'id'>): string => {
      const { userId } = requireViewer(viewer);
      return `/speech/${links.sign({ userId, kind: 'speech', id, detail: '' }).token}`;
    },

    /**
     * Opens what a link leads to. One that another node makes is waited for until it is whole.
     *
     * @throws AppError FORBIDDEN, LINK_EXPIRED, NOT_FOUND; what the speech failed with
     */
    open: async (token: string, signal: AbortSignal): Promise<OpenedSpeech> => {
      const target = links.verify(token);
      const owner = await prisma.user.findFirst({ where: { id: target.userId, disabledAt: null, deletingSince: null }, select: { id: true } });
      if (owner === null || target.kind !== 'speech') throw notFound('Speech');
      for (;;) {
        const speech = await find(target.userId, target.id);
        // It was on the message of a conversation that is over for this person.
        if (speech.messageId !== null && (await findVisibleMessage(prisma, target.userId, speech.messageId)) === null) throw notFound('Speech');
        if (speech.attachmentId !== null) return stored(speech, speech.attachmentId);
        if (speech.status === 'FAILED') throw new AppError(codeOf(speech.errorCode), speech.errorMessage ?? '');
        const live = making.get(speech.id);
        if (live !== undefined) return { kind: 'live', mediaType: audioTypes[formatOf(speech)].mediaType, listen: (left) => live.sound.listen(left) };
        if (speech.leaseExpiresAt === null || speech.leaseExpiresAt < clock.now()) {
          await fail(speech, null, true);
          continue;
        }
        await delay(lookEveryMs, signal);
      }
    },

    /** Forgets speeches that are older than some time; their sound stays where it is. For the house-keeping of the server. */
    forget: async (olderThanMs: number): Promise<number> =>
      (await prisma.speech.deleteMany({ where: { createdAt: { lt: later(clock.now(), -olderThanMs) } } })).count,

    /** Ends what is being made here, and waits until that is stored. */
    close: async (): Promise<void> => {
      for (const { controller } of making.values()) controller.abort();
      await Promise.all([...making.values()].map(({ done }) => done));
    },
  };
}
