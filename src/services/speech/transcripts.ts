import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { chargedFailures } from '../usage/metered-engine.ts';
import { CallFailed } from '../../engines/calls.ts';
import type { Limiter } from '../../limits/limiter.ts';
import type { FileStore } from '../../stores/file-store.ts';
import { requireAllowance } from '../allowance.ts';
import type { AttachmentRow, Attachments } from '../attachment/attachments.ts';
import type { Metering } from '../usage/metering.ts';
import type { SpeechCalls } from './speech-calls.ts';
import { storedTranscript, type StoredTranscript } from './transcript.ts';

/** Writes down what is said in recordings. */
export type Transcripts = ReturnType<typeof createTranscripts>;

/** What it stands on. */
export interface TranscriptDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly attachments: Pick<Attachments, 'byIds'>;
  readonly speechCalls: SpeechCalls;
  readonly metering: Pick<Metering, 'openMedia'>;
  readonly chatsPerUser: Limiter;
}

/** What is asked for. */
export interface TranscribeInput {
  readonly attachmentId: string;
  readonly model?: string | null | undefined;
  readonly language?: string | null | undefined;
}

const inputShape = z.object({
  attachmentId: z.uuid(),
  model: z.string().min(1, 'must not be empty').max(200, 'has at most 200 characters').nullish(),
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/, 'is a code of ISO 639 such as "de"')
    .nullish(),
});

/** Of a recording whose length is unknown before: the bytes of a minute at 64 kbit/s, about what speech takes. */
const bytesOfMinute = 480_000;

const endings: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
  'audio/webm': 'webm',
};

/** On whose behalf it is done. */
interface Speaking {
  readonly userId: string;
  readonly runId: string | null;
  readonly conversationId: string | null;
}

/** What is transcribed. */
type Recording = Pick<AttachmentRow, 'id' | 'mediaType' | 'byteSize'>;

/** Creates the service. */
export function createTranscripts({ prisma, fileStore, attachments, speechCalls, metering, chatsPerUser }: TranscriptDependencies) {
  /** @throws AppError with the code of the failure */
  const write = async (
    recording: Recording,
    how: { readonly model: string | null; readonly language: string | null },
    by: Speaking,
    signal: AbortSignal,
  ): Promise<StoredTranscript> => {
    const { userId, runId, conversationId } = by;
    const { engine, model, name, isOwnKey, workspaceId, use } = await speechCalls.transcribers.resolve(userId, how.model);
    const price = engine.pricePerMinute(model);
    const costOf = (minutes: number): bigint | null => (price === null ? null : BigInt(Math.ceil(price * minutes)));
    const call = { userId, purpose: 'TRANSCRIPTION', runId, conversationId } as const;
    const guessed = recording.byteSize / bytesOfMinute;
    const account = await metering.openMedia({ call, provider: engine.id, model, isOwnKey, workspaceId }, costOf(guessed), signal);
    if ('code' in account) throw new AppError(account.code, account.message);
    use();
    const usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
    try {
      const bytes = await readFile(fileStore.pathsOf(recording.id).original).catch(() => {
        throw notFound('Attachment');
      });
      const fileName = `recording.${endings[recording.mediaType] ?? 'mp3'}`;
      const found = await engine.transcribe({ model, bytes, mediaType: recording.mediaType, fileName, language: how.language }, signal);
      account.close({ usage, isEstimated: found.durationMs === null, costMicros: costOf(found.durationMs === null ? guessed : found.durationMs / 60_000) });
      const transcript: StoredTranscript = { ...found, segments: [...found.segments], model: name };
      // PostgreSQL keeps no U+0000, neither in text nor in JSON.
      const clean = storedTranscript.parse(JSON.parse(JSON.stringify(transcript).replaceAll(String.raw`\u0000`, '')));
      await prisma.attachment.updateMany({ where: { id: recording.id }, data: { transcript: clean, text: clean.text } });
      return clean;
    } catch (error) {
      // A provider that had the recording may ask for it, whatever became of the answer.
      const isCharged = signal.aborted || (error instanceof CallFailed && chargedFailures.has(error.failure.code));
      account.close({ usage, isEstimated: isCharged, costMicros: isCharged ? costOf(guessed) : 0n });
      if (!(error instanceof CallFailed)) throw error;
      const { code, message, retryAfterMs } = error.failure;
      throw new AppError(code, message, retryAfterMs === null ? {} : { retryAfterMs });
    }
  };

  return {
    /**
     * Writes down a recording. One that has been written down is not asked for again, unless a model or a language is named.
     *
     * @returns the attachment with its transcript
     * @throws AppError NOT_FOUND; BAD_USER_INPUT for what is no recording; ENGINE_... when the provider fails; QUOTA_EXCEEDED, RATE_LIMITED
     */
    transcribe: async (viewer: Viewer | null, input: TranscribeInput, signal: AbortSignal): Promise<AttachmentRow> => {
      const { userId } = requireViewer(viewer);
      const { attachmentId, model = null, language = null } = parseInput(inputShape, input);
      const attachment = (await attachments.byIds(viewer, [attachmentId])).get(attachmentId);
      if (attachment === undefined) throw notFound('Attachment');
      if (!attachment.mediaType.startsWith('audio/')) {
        throw badInput(['input', 'attachmentId'], `"${attachment.name}" is ${attachment.mediaType} and no recording; send one with POST /attachments`);
      }
      if (attachment.transcript !== null && model === null && language === null) return attachment;
      requireAllowance(await chatsPerUser.consume(userId), 'Too many requests to models in a minute');
      const transcript = await write(attachment, { model, language }, { userId, runId: null, conversationId: null }, signal);
      return { ...attachment, transcript };
    },

    /**
     * Writes down the recordings of a question that nobody has written down yet, so that engines that cannot hear know what is said. What cannot
     * be written down stays as it is; the engine is told so.
     *
     * @param onStart told before each
     */
    writeQuestion: async (questionId: string, by: Speaking, onStart: (name: string) => void, signal: AbortSignal): Promise<void> => {
      const recordings = await prisma.$queryRaw<(Recording & { readonly name: string })[]>`
        SELECT t.id, t.name, t.media_type AS "mediaType", t.byte_size AS "byteSize" FROM parts p
        JOIN attachments t ON t.id = (p.data ->> 'attachmentId')::uuid AND t.transcript IS NULL
        JOIN attachment_uses u ON u.attachment_id = t.id AND u.conversation_id = ${by.conversationId}::uuid
        WHERE p.message_id = ${questionId}::uuid AND p.kind = 'AUDIO' ORDER BY p.position`;
      for (const recording of recordings) {
        onStart(recording.name);
        await write(recording, { model: null, language: null }, by, signal).catch((error: unknown) => {
          if (signal.aborted || !(error instanceof AppError)) throw error;
        });
      }
    },
  };
}
