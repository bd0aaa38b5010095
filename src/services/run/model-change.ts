import type { Run } from '../../../prisma/generated/client.ts';
import type { RunWriter } from '../../events/run-log.ts';
import type { RunDependencies } from './deps.ts';
import { outlast } from './outlast.ts';

const statement = `
  WITH changed AS (UPDATE runs SET answered_by = $2, fallback_reason = $3 WHERE id = $1 RETURNING answer_id)
  UPDATE messages SET model = $2 FROM changed WHERE messages.id = changed.answer_id`;

/** Notes that another model answers than the one that was asked for: on the run, on its message, and as an event. */
export type NoteModel = (model: string, reason: string) => Promise<void>;

/**
 * Notes models of one run.
 *
 * @param writer gets the event, once the rows say the same
 */
export function createModelNotes({ pool }: Pick<RunDependencies, 'pool'>, run: Pick<Run, 'id'>, writer: RunWriter): NoteModel {
  return async (model, reason) => {
    // A provider said it, and PostgreSQL takes neither U+0000 nor halves of surrogate pairs.
    const words = reason.replaceAll('\u0000', '').toWellFormed();
    await outlast(() => pool.query({ name: 'model-of-run', text: statement, values: [run.id, model, words] }), writer.lost);
    writer.append({ type: 'ModelChanged', model, reason: words });
  };
}
