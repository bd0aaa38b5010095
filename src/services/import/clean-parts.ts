import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import type { Plots } from '../../plots/plots.ts';
import { attachedFile, type AttachedFile } from '../context/attached-file.ts';
import { toolExchange } from '../context/tool-exchange.ts';
import type { DocumentPart } from '../export-archive/formats.ts';
import { storableJson } from '../file/file-row.ts';
import { plotData, plotSource, plotTable } from '../plot/plot-data.ts';
import { citationPartData } from '../knowledge/citation.ts';
import { proposalPartData } from '../proposal/proposal-row.ts';
import { queryResultData } from '../query/result-data.ts';
import type { Cleaner } from './clean.ts';
import type { Tell } from './sources/source-conversation.ts';

/** A part that can be stored. */
export interface CleanPart {
  readonly sourceId: string;
  readonly kind: DocumentPart['kind'];
  readonly text: string | null;
  readonly data: unknown;
  readonly versions: readonly { readonly version: number; readonly data: unknown; readonly instruction: string | null; readonly createdAt: Date }[];
}

/** What cleaning parts stands on. */
export interface PartCleaning {
  readonly plots: Pick<Plots, 'check'>;
  readonly cleaner: Cleaner;
  readonly tell: Tell;
  /** The attachment that an id of the source stands for, and whether it is here; for one that is not, an id that nothing has. */
  readonly attachmentOf: (file: AttachedFile) => Promise<{ readonly isHere: boolean; readonly file: AttachedFile }>;
  /** The persona here that an id of the source stands for; null where it is not here. */
  readonly personaIdOf: (sourceId: string) => string | null;
  readonly signal: AbortSignal;
}

const mostParts = 1_000;
const mostVersions = 100;
const longestName = 255;
const longestInstruction = 500;

/** The kind of an attachment that is here: by what its bytes are, whatever the file says. */
function attachedKind({ mediaType, width }: AttachedFile): 'IMAGE' | 'FILE' | 'AUDIO' {
  if (width !== null) return 'IMAGE';
  return mediaType.startsWith('audio/') ? 'AUDIO' : 'FILE';
}

/** Parts that are read by SQL as well: what they are cast to there they must be. */
const storedPlot = plotData.extend({ version: z.int32().min(1).optional() });

/**
 * A plot, drawn again by the rules of now: what somebody wrote into a file is believed no more than what a model writes.
 *
 * @returns null when it is no plot that can be shown
 */
async function cleanPlot(data: unknown, { plots, tell, signal }: PartCleaning): Promise<unknown> {
  const parsed = storedPlot.safeParse(data);
  if (!parsed.success) {
    tell('A plot cannot be read.');
    return null;
  }
  const { source, units } = plotSource(parsed.data);
  try {
    const checked = await plots.check(source, plotTable(parsed.data), units, signal);
    return storableJson({ ...parsed.data, spec: checked.spec, source: checked.source });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'PLOT_INVALID') throw error;
    tell(`A plot was left out: ${error.message}`);
    return null;
  }
}

async function cleanVersions(versions: DocumentPart['versions'], cleaning: PartCleaning): Promise<CleanPart['versions']> {
  const { cleaner, tell } = cleaning;
  const kept = new Map<number, CleanPart['versions'][number]>();
  if (versions.length > mostVersions) tell(`Of a plot the first ${mostVersions} versions are taken over.`);
  for (const { version, data, instruction, createdAt } of versions.slice(0, mostVersions)) {
    const clean = await cleanPlot(data, cleaning);
    if (clean === null || !z.int32().safeParse(version).success) continue;
    const said = instruction === null ? null : cleaner.text(instruction, longestInstruction);
    kept.set(version, { version, data: clean, instruction: said, createdAt: cleaner.past(createdAt, new Date(0)) });
  }
  return [...kept.values()];
}

async function cleanPart(part: DocumentPart, cleaning: PartCleaning): Promise<CleanPart | null> {
  const { cleaner, tell, attachmentOf } = cleaning;
  const { id: sourceId, kind, text } = part;
  const bare = { sourceId, kind, text: null, versions: [] };
  switch (kind) {
    case 'TEXT':
    case 'REASONING':
      return { ...bare, text: cleaner.text(text ?? ''), data: null };
    case 'TOOL_EXCHANGE': {
      const parsed = toolExchange.safeParse(part.data);
      if (!parsed.success) break;
      const { id, name, isError } = parsed.data;
      return { ...bare, data: { id, name, isError, arguments: cleaner.text(parsed.data.arguments), content: cleaner.text(parsed.data.content) } };
    }
    case 'QUERY_RESULT': {
      const parsed = queryResultData.safeParse(part.data);
      if (!parsed.success) break;
      return { ...bare, data: storableJson(parsed.data) };
    }
    case 'PLOT': {
      const data = await cleanPlot(part.data, cleaning);
      return data === null ? null : { ...bare, data, versions: await cleanVersions(part.versions, cleaning) };
    }
    case 'PLAN_PROPOSAL': {
      // What was proposed can be read for ever; it can be decided on only as long as the proposal itself is here.
      const parsed = proposalPartData.extend({ proposalId: z.uuid() }).safeParse(part.data);
      if (!parsed.success) break;
      return { ...bare, data: storableJson(parsed.data) };
    }
    case 'CITATION': {
      // What it showed can be read for ever; its document is found where it is here and may be read.
      const parsed = citationPartData.extend({ documentId: z.uuid(), chunkId: z.uuid() }).safeParse(part.data);
      if (!parsed.success) break;
      return { ...bare, data: storableJson(parsed.data) };
    }
    case 'IMAGE':
    case 'FILE':
    case 'AUDIO': {
      const parsed = attachedFile
        .extend({ byteSize: z.int32().min(0), width: z.int32().min(0).nullable(), height: z.int32().min(0).nullable() })
        .safeParse(part.data);
      if (!parsed.success) break;
      const { isHere, file } = await attachmentOf(parsed.data);
      if (!isHere) tell('An attachment is not in the file that was sent; its name alone was taken over.');
      const named = { ...file, name: cleaner.label(file.name, longestName) ?? 'attachment', mediaType: cleaner.text(file.mediaType, longestName) };
      return { ...bare, kind: isHere ? attachedKind(named) : kind, data: named };
    }
    default:
      return kind satisfies never;
  }
  tell(`A part of the kind ${kind} cannot be read.`);
  return null;
}

/** The parts of a message as they can be stored; what cannot is told of. */
export async function cleanParts(parts: readonly DocumentPart[], cleaning: PartCleaning): Promise<readonly CleanPart[]> {
  const clean: CleanPart[] = [];
  if (parts.length > mostParts) cleaning.tell(`Of a message the first ${mostParts} parts are taken over.`);
  for (const part of parts.slice(0, mostParts)) {
    const kept = await cleanPart(part, cleaning);
    if (kept !== null) clean.push(kept);
  }
  return clean;
}
