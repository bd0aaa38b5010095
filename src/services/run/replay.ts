import type { Run } from '../../../prisma/generated/client.ts';
import { errorCodes, type ErrorCode } from '../../base/errors.ts';
import type { Reader } from '../../base/takeable.ts';
import { createReader, type Found } from '../../events/reader.ts';
import { finishReasonOf, type RunEvent, type RunEventData } from '../../events/run-event.ts';
import { proposalPartData } from '../proposal/proposal-row.ts';
import { findJudgement } from '../sentiment/save.ts';
import { usageOfRun } from '../usage/run-usage.ts';
import type { RunDependencies } from './deps.ts';

function endOf(run: Run): RunEventData {
  const code = Object.keys(errorCodes).find((known): known is ErrorCode => known === run.errorCode);
  if (run.status === 'FAILED') {
    return {
      type: 'RunFailed',
      code: code ?? 'INTERNAL_SERVER_ERROR',
      message: run.errorMessage ?? '',
      retryable: run.isRetryable ?? false,
      retryAfterMs: null,
    };
  }
  return { type: 'RunFinished', reason: finishReasonOf(run.finishReason) ?? 'STOP', dataUpdated: run.dataUpdated };
}

/** The events of an ended run as its stored message tells them: fewer than there were, with the same text, and the same last number. */
async function retell({ prisma, pool }: RunDependencies, run: Run): Promise<readonly RunEvent[]> {
  const parts = run.answerId === null ? [] : await prisma.part.findMany({ where: { messageId: run.answerId }, orderBy: { position: 'asc' } });
  const facts: RunEventData[] = run.answerId === null ? [] : [{ type: 'RunStarted', messageId: run.answerId, model: run.model }];
  if (run.answeredBy !== null) facts.push({ type: 'ModelChanged', model: run.answeredBy, reason: run.fallbackReason ?? '' });
  const judged = run.questionId === null ? null : await findJudgement(pool, run.questionId);
  if (judged !== null) facts.push({ type: 'SentimentReady', ...judged });
  for (const part of parts) {
    if (part.kind === 'TEXT') facts.push({ type: 'TextDelta', position: part.position, text: part.text ?? '' });
    if (part.kind === 'REASONING') facts.push({ type: 'ReasoningDelta', position: part.position, text: part.text ?? '' });
    if (part.kind === 'QUERY_RESULT') facts.push({ type: 'QueryResultReady', partId: part.id });
    if (part.kind === 'PLAN_PROPOSAL') facts.push({ type: 'PlanProposed', partId: part.id, isApplied: proposalPartData.parse(part.data).isApplied });
    if (part.kind === 'CITATION') facts.push({ type: 'CitationReady', partId: part.id });
    if (part.kind === 'IMAGE') facts.push({ type: 'ImageReady', partId: part.id });
    if (part.kind === 'PLOT') facts.push({ type: 'PlotReady', partId: part.id });
  }
  const usage = usageOfRun(run);
  if (usage !== null) facts.push({ type: 'UsageReported', ...usage, costMicros: usage.costMicros === null ? null : Number(usage.costMicros) });
  const createdAt = run.finishedAt ?? run.createdAt;
  const lastSeq = run.lastSeq ?? facts.length + 1;
  const told = facts.map((data, index): RunEvent => ({ runId: run.id, seq: index + 1, createdAt, data }));
  return [...told, { runId: run.id, seq: Math.max(lastSeq, facts.length + 1), createdAt, data: endOf(run) }];
}

/**
 * The rest of an ended run whose events are gone from the log.
 *
 * From the start everything is told again. From any later position the numbers of the told events mean nothing, so only the last event
 * follows, and the text is to be read from the message.
 */
export function replayOf(deps: RunDependencies, run: Run, after: number): Reader<RunEvent> {
  const fetch = async (position: number): Promise<Found<RunEvent>> => {
    if (after === run.lastSeq) return { entries: [], ended: true };
    const all = await retell(deps, run);
    const rest = after === 0 ? all : all.slice(-1);
    return { entries: rest.filter((event) => event.seq > position), ended: true };
  };
  return createReader({ fetch, seqOf: (event) => event.seq, subscribe: () => () => {} }, after);
}
