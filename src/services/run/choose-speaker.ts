import type { Run } from '../../../prisma/generated/client.ts';
import type { RunWriter } from '../../events/run-log.ts';
import { loadSpeakers } from '../persona/speakers.ts';
import type { RunDependencies } from './deps.ts';
import { pickSpeaker } from './moderator.ts';
import { saidOptions } from './options.ts';
import { outlast } from './outlast.ts';
import { resolveAnswer } from './resolve-answer.ts';

const statement = `
  WITH chosen AS (UPDATE runs SET persona_id = $2::uuid, model = $4, options = $5::jsonb WHERE id = $1::uuid RETURNING answer_id)
  UPDATE messages SET persona_id = $2::uuid, persona_name = $3, model = $4 FROM chosen WHERE messages.id = chosen.answer_id`;

/**
 * Has the moderator pick who answers first, where nobody has yet. Done within the run, so that a message is answered by a run at once.
 *
 * @returns the run with its persona; the same run where there is nothing to pick
 */
export async function chooseSpeaker(deps: RunDependencies, run: Run, writer: RunWriter, signal: AbortSignal): Promise<Run> {
  const { roundId, personaId, turn, userId, conversationId, questionId } = run;
  if (roundId === null || personaId !== null || turn !== 1 || questionId === null) return run;
  const round = await deps.prisma.round.findUnique({ where: { id: roundId }, select: { policy: true, options: true } });
  if (round?.policy !== 'MODERATED') return run;
  const speakers = await loadSpeakers(deps.pool, userId, conversationId);
  const [first] = speakers.personas;
  if (first === undefined) return run;
  const picked = await pickSpeaker(deps, { userId, conversationId, messageId: questionId, runId: run.id, speakers, spoken: [] }, signal);
  // A person is answered, whatever a moderator thinks of it.
  const speaker = picked ?? first;
  const { model, options } = await resolveAnswer(deps, userId, conversationId, saidOptions.parse(round.options), speaker);
  const values = [run.id, speaker.id, speaker.name, model, JSON.stringify(options)];
  await outlast(() => deps.pool.query({ name: 'speaker-of-run', text: statement, values }), writer.lost);
  writer.append({ type: 'SpeakerChosen', personaId: speaker.id, name: speaker.name, model });
  return { ...run, personaId: speaker.id, model, options };
}
