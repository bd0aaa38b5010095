import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { isUuid, type IdSource } from '../../base/id.ts';
import { parseInput } from '../../base/validate.ts';
import type { ResolvedModel } from '../../engines/registry.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Limiter } from '../../limits/limiter.ts';
import { refuseHuge } from '../../plots/huge.ts';
import type { Plots } from '../../plots/plots.ts';
import type { Part, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireAllowance } from '../allowance.ts';
import { storableJson } from '../file/file-row.ts';
import type { ModelCalls } from '../model-calls.ts';
import { requirePermission, requireRole } from '../room/permissions.ts';
import { askModel } from './ask-model.ts';
import { follow, knownWishes } from './instructions/instruction.ts';
import { findVisiblePlot } from './visible-plot.ts';
import { plotData, plotPartData, plotSource, plotTable, type PlotData } from './plot-data.ts';

/** What a plot was changed to. */
export interface EditedPlot {
  readonly part: Part;
  /** What was left out or changed besides, in sentences. */
  readonly notes: readonly string[];
}

/** Changing plots. */
export interface PlotEdits {
  /**
   * Changes a plot by a new specification or by an instruction; the plot as it was stays as a version.
   *
   * @throws AppError NOT_FOUND; FORBIDDEN for a READER; BAD_USER_INPUT for both or neither, and for an instruction that is not understood; PLOT_INVALID; CONFLICT while the
   * answer is being written, or when somebody else changed it meanwhile
   */
  edit(
    viewer: Viewer | null,
    input: { readonly partId: string; readonly instruction?: string | null | undefined; readonly spec?: Json | null | undefined },
    signal?: AbortSignal,
  ): Promise<EditedPlot>;
  /**
   * Makes an earlier version the newest one again, as a new version.
   *
   * @throws AppError NOT_FOUND for a plot or a version that there is not; CONFLICT as in `edit`
   */
  revert(viewer: Viewer | null, input: { readonly partId: string; readonly version: number }): Promise<Part>;
}

/** What `createPlotEdits` stands on. */
export interface PlotEditsDependencies {
  readonly prisma: PrismaClient;
  readonly plots: Pick<Plots, 'check'>;
  readonly modelCalls: ModelCalls;
  readonly conversationLog: Pick<ConversationLog, 'append'>;
  readonly newId: IdSource;
  readonly clock: Clock;
  /** How often somebody may ask a model. */
  readonly chatsPerUser: Limiter;
  /** How long a model may take; 12,000 ms by default. */
  readonly modelTimeoutMs?: number;
}

/** A plot keeps as many versions; each holds its data. */
const mostVersions = 100;

const instructionText = z.string().trim().min(1, 'is empty; say what to change').max(500, 'is longer than 500 characters');

/** A plot that somebody may change, and where it stands. */
interface OpenPlot {
  readonly part: Part;
  readonly data: PlotData;
  readonly conversationId: string;
  /** Who changes it. */
  readonly userId: string;
}

/** Makes the service. */
export function createPlotEdits(dependencies: PlotEditsDependencies): PlotEdits {
  const { prisma, plots, modelCalls, conversationLog, newId, clock, chatsPerUser, modelTimeoutMs = 12_000 } = dependencies;

  async function open(userId: string, partId: string): Promise<OpenPlot> {
    const part = isUuid(partId) ? await findVisiblePlot(prisma, userId, partId) : null;
    requireRole(part?.viewerRole, 'EDIT_PLOT', 'PlotPart');
    if (part === null) throw notFound('PlotPart');
    const run = await prisma.run.findFirst({
      where: { answerId: part.messageId, status: { in: ['QUEUED', 'RUNNING', 'AWAITING_INPUT'] } },
      select: { id: true },
    });
    if (run !== null) throw new AppError('CONFLICT', 'The answer with this plot is still being written. Change it when the run has ended, or stop the run.');
    const { conversationId, viewerRole: _, ...row } = part;
    return { part: row, data: plotData.parse(part.data), conversationId, userId };
  }

  /** Keeps what the plot was, and stores what it is now. */
  async function store({ part, data, conversationId, userId }: OpenPlot, next: object, instruction: string | null): Promise<Part> {
    const before = data.version ?? 1;
    const version = before + 1;
    if (version > mostVersions) throw new AppError('CONFLICT', `This plot has ${mostVersions} versions, and more are not kept. Ask for a new plot instead.`);
    const stored = storableJson({ ...next, version });
    const now = clock.now();
    return prisma.$transaction(async (transaction) => {
      // The conversation before its parts, as everything else locks them.
      await conversationLog.append(transaction, conversationId, { type: 'PartChanged', messageId: part.messageId, partId: part.id, version });
      // A model may have taken its time, and the person may have gone meanwhile.
      await requirePermission(transaction, { conversationId, userId }, 'EDIT_PLOT', 'PlotPart');
      const changed = await transaction.$executeRaw`
        UPDATE parts SET data = ${JSON.stringify(stored)}::jsonb WHERE id = ${part.id}::uuid AND coalesce((data->>'version')::int, 1) = ${before}`;
      if (changed === 0) throw new AppError('CONFLICT', 'Somebody has changed or deleted this plot meanwhile. Load it again and repeat the change.');
      if (before === 1) {
        const { createdAt } = await transaction.message.findUniqueOrThrow({ where: { id: part.messageId }, select: { createdAt: true } });
        const first = storableJson({ ...data, version: 1 });
        await transaction.plotVersion.create({ data: { id: newId(), partId: part.id, version: 1, data: first, instruction: null, createdAt } });
      }
      await transaction.plotVersion.create({ data: { id: newId(), partId: part.id, version, data: stored, instruction, createdAt: now } });
      return transaction.part.findUniqueOrThrow({ where: { id: part.id } });
    });
  }

  /** The model of the conversation, where it is one that can write a specification. */
  async function modelOf(userId: string, conversationId: string): Promise<ResolvedModel | null> {
    const run = await prisma.run.findFirst({ where: { conversationId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], select: { model: true } });
    try {
      const resolved = await modelCalls.engineFor(run?.model ?? null, { purpose: 'PLOT_EDIT', userId, runId: null, conversationId });
      return resolved.engine.id === 'builtin' ? null : resolved;
    } catch {
      // The provider is no longer configured.
      return null;
    }
  }

  async function byInstruction(userId: string, plot: OpenPlot, instruction: string, signal: AbortSignal): Promise<EditedPlot> {
    const { data } = plot;
    const { source, rows, units } = plotSource(data);
    const table = plotTable(data);
    const finish = async (spec: JsonObject, title: string): Promise<EditedPlot> => {
      const checked = await plots.check(spec, table, units, signal);
      return { part: await store(plot, plotPartData({ title, sql: data.sql, units, columns: table.columns, checked }), instruction), notes: checked.notes };
    };
    const outcome = follow(instruction, { source, title: data.title, columns: table.columns.map((column) => column.name), rows });
    if (outcome.kind === 'changed') return finish(outcome.sketch.source, outcome.sketch.title);
    if (outcome.kind === 'unable') throw badInput(['input', 'instruction'], `"${outcome.wish}" cannot be done: ${outcome.reason}.`);
    const model = await modelOf(userId, plot.conversationId);
    if (model === null) {
      throw badInput(
        ['input', 'instruction'],
        `"${outcome.wish}" is not understood. Understood are, alone or joined by commas: ${knownWishes.join('; ')}. Or give a Vega-Lite specification as "spec".`,
      );
    }
    requireAllowance(await chatsPerUser.consume(userId), 'Too many messages in a minute');
    const limit = AbortSignal.any([signal, AbortSignal.timeout(modelTimeoutMs)]);
    const checked = await askModel(model, { instruction, source, data: table, check: (spec) => plots.check(spec, table, units, limit) }, limit).catch(
      (error: unknown) => {
        if (limit.aborted && !signal.aborted)
          throw new AppError('ENGINE_TIMEOUT', `The model did not change the plot within ${modelTimeoutMs} ms. Try again, or in other words.`);
        throw error;
      },
    );
    return {
      part: await store(plot, plotPartData({ title: data.title, sql: data.sql, units, columns: table.columns, checked }), instruction),
      notes: checked.notes,
    };
  }

  return {
    async edit(viewer, input, signal = new AbortController().signal) {
      const { userId } = requireViewer(viewer);
      const plot = await open(userId, input.partId);
      if ((input.instruction == null) === (input.spec == null)) throw badInput(['input'], 'Give either "instruction" or "spec".');
      if (input.spec == null) return byInstruction(userId, plot, parseInput(instructionText, input.instruction, ['input', 'instruction']), signal);
      refuseHuge(input.spec);
      const spec = parseInput(z.record(z.string(), z.json()), input.spec, ['input', 'spec']);
      const table = plotTable(plot.data);
      const { units } = plotSource(plot.data);
      const checked = await plots.check(spec, table, units, signal);
      const title = typeof spec['title'] === 'string' ? spec['title'].slice(0, 200) : plot.data.title;
      return { part: await store(plot, plotPartData({ title, sql: plot.data.sql, units, columns: table.columns, checked }), null), notes: checked.notes };
    },

    async revert(viewer, { partId, version }) {
      const { userId } = requireViewer(viewer);
      const plot = await open(userId, partId);
      if (version === (plot.data.version ?? 1)) return plot.part;
      const found = await prisma.plotVersion.findUnique({ where: { partId_version: { partId, version } }, select: { data: true } });
      if (found === null) throw notFound('PlotVersion');
      return store(plot, plotData.parse(found.data), `back to version ${version}`);
    },
  };
}
