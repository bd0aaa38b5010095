import type { Run } from '../../../prisma/generated/client.ts';
import type { RunWriter } from '../../events/run-log.ts';
import { attachedFile } from '../context/attached-file.ts';
import type { ReadImage } from '../context/images.ts';
import type { Drawing } from '../image/drawing.ts';
import type { ImageCalls } from '../image/image-calls.ts';
import { textOf } from '../message-text.ts';
import type { Answer } from './answer.ts';
import type { RunDependencies } from './deps.ts';
import { createJobNote } from './job-note.ts';
import type { LoopOutcome } from './loop.ts';
import { imageOptions } from './options.ts';
import { outlast } from './outlast.ts';
import type { Changes } from './prepare.ts';
import { firstWords } from './title.ts';
import { writeTitle } from './title-statement.ts';

/** What runs that draw stand on. */
export interface RunPictures {
  readonly imageCalls: ImageCalls;
  readonly drawing: Drawing;
  readonly readImage: ReadImage;
  /** Keeps a picture that is not ready yet. @returns its id */
  keepPreview(bytes: Uint8Array): Promise<string>;
}

/** What is asked of a run that draws: the words and the pictures of its question, and how many pictures its answer has by now. */
async function questionOf({ prisma, pictures }: RunDependencies, run: Run) {
  const parts = await prisma.part.findMany({ where: { messageId: run.questionId ?? run.id }, orderBy: { position: 'asc' } });
  const images = await Promise.all(parts.filter((part) => part.kind === 'IMAGE').map((part) => pictures.readImage(attachedFile.parse(part.data))));
  const keptCount = await prisma.part.count({ where: { messageId: run.answerId ?? run.id, kind: 'IMAGE' } });
  return { prompt: textOf(parts), references: images.filter((image) => image !== null), keptCount };
}

/**
 * Draws the pictures of a run into its answer.
 *
 * @param signal ends it; its reason is thrown
 */
export async function drawAnswer(
  deps: RunDependencies,
  run: Run,
  answer: Answer,
  writer: RunWriter,
  changes: Pick<Changes, 'hasJob'>,
  signal: AbortSignal,
): Promise<LoopOutcome> {
  const { pictures } = deps;
  const { id: runId, userId, conversationId } = run;
  const { prompt, references, keptCount } = await outlast(() => questionOf(deps, run), signal);
  const { size, quality, count } = imageOptions.parse(run.options);
  const chosen = await pictures.imageCalls.resolve(userId, run.model);
  const title = firstWords(prompt);
  if (title !== null && (await writeTitle(deps, conversationId, title))) writer.append({ type: 'TitleChanged', title });
  const request = { userId, conversationId, runId, chosen, prompt, size, quality, count, references, jobId: run.jobId, keptCount };
  const failure = await pictures.drawing.draw(
    request,
    {
      status: answer.status,
      job: createJobNote(deps, run, changes, signal),
      preview: async (index, bytes) => writer.append({ type: 'ImagePreviewed', previewId: await pictures.keepPreview(bytes), index }),
      drawn: async (number) => {
        answer.status(count === 1 ? 'The picture is drawn' : `${number} of ${count} pictures are drawn`);
        // A run that another process has taken over gets no picture from here: its events are not taken, which is told now.
        await writer.flushed();
      },
      picture: (file) => answer.addPart({ kind: 'IMAGE', data: { ...file } }),
    },
    signal,
  );
  const end = failure === null ? ({ type: 'finished', reason: 'STOP' } as const) : ({ type: 'failed', failure } as const);
  return { end, mode: 'model', confidence: null };
}
