import type { UsagePurpose } from '../../prisma/generated/client.ts';
import type { Circuits } from '../engines/circuit.ts';
import type { Engine } from '../engines/engine.ts';
import { withFallbacks } from '../engines/fallbacks.ts';
import type { Registry, ResolvedModel } from '../engines/registry.ts';
import type { OwnEngine, OwnEngines } from './provider-key/own-engines.ts';
import type { Metering } from './usage/metering.ts';

/** For whom a model is called, and what for: by it keys are chosen and costs are counted. */
export interface ModelCall {
  readonly userId: string;
  readonly purpose: UsagePurpose;
  /** The run that it is part of; null for none. */
  readonly runId: string | null;
  readonly conversationId: string | null;
  /** The models that answer, one after the other, when the first fails before its first token; none when absent. */
  readonly fallbacks?: readonly string[] | null | undefined;
}

/** The way to models for every service: nobody else calls an engine. */
export interface ModelCalls {
  /**
   * Which model a name means for somebody.
   *
   * @param name `provider:model`, a provider for its default model, or null for the default
   * @returns `provider:model`
   * @throws AppError ENGINE_UNKNOWN
   */
  nameOf(userId: string, name: string | null): Promise<string>;
  /** The models that these names mean for somebody, to be looked at and not to be called; those that are there no more are left out. */
  choicesOf(userId: string, names: readonly string[]): Promise<readonly ModelChoice[]>;
  /**
   * The engine that answers a call: with the person's own key where they have one for the provider, or with that of a workspace where its name says so, behind the circuit of that key, and
   * with the fallbacks that there still are.
   *
   * @returns the model that is asked for; with fallbacks the engine is good for one run
   * @throws AppError ENGINE_UNKNOWN
   */
  engineFor(name: string | null, call: ModelCall): Promise<ResolvedModel>;
  /**
   * Begins a run. The keys of its person are looked up at its first call, and all its calls are made with those, to its end: its answer, its
   * fallbacks, its title and what judges its question.
   */
  openRun(runId: string): OpenCalls;
}

/** The calls of a run that is under way. Close it at the end of the run. */
export interface OpenCalls {
  close(): void;
}

/** A model, and with whose key it answers. */
export interface ChosenModel extends ResolvedModel {
  /** Whether it is one of the person's own, or of a workspace. */
  readonly isOwnKey: boolean;
  /** The workspace whose key it is; null for none's. */
  readonly workspaceId: string | null;
}

/** A model, and who pays for it. */
export interface ModelChoice extends ResolvedModel {
  /** Whether the installation pays: neither the person or a workspace with a key of its own, nor nobody, as for the built-in engine. */
  readonly isCharged: boolean;
  /** The workspace that pays; null for none. */
  readonly workspaceId: string | null;
}

/** What it stands on. */
export interface ModelCallDependencies {
  readonly registry: Registry;
  /** Null where people bring no keys. */
  readonly ownEngines?: OwnEngines | null;
  /** Null leaves nobody alone. */
  readonly circuits?: Circuits | null;
  /** Counts every call; null counts none. */
  readonly metering?: Metering | null;
}

/** The engines that a name may mean. Without a name none of a workspace: that pays for what is named, and for nothing else. */
export function enginesFor(name: string | null, own: readonly OwnEngine[]): readonly Engine[] {
  return own.filter(({ workspaceId }) => name !== null || workspaceId === null).map(({ engine }) => engine);
}

const keyOf = (own: OwnEngine | undefined) => ({ isOwnKey: own !== undefined, workspaceId: own?.workspaceId ?? null });

/** Creates the way to models. */
export function createModelCalls({ registry, ownEngines = null, circuits = null, metering = null }: ModelCallDependencies): ModelCalls {
  const ownOf = async (userId: string): Promise<readonly OwnEngine[]> => (await ownEngines?.of(userId)) ?? [];

  /** What was found at the first call of each run that is under way; null before. */
  const runs = new Map<string, Promise<readonly OwnEngine[]> | null>();

  const ownOfCall = ({ userId, runId }: ModelCall): Promise<readonly OwnEngine[]> => {
    if (runId === null || !runs.has(runId)) return ownOf(userId);
    const known = runs.get(runId);
    if (known != null) return known;
    const finding = ownOf(userId);
    runs.set(runId, finding);
    // An outage is no answer: the next call looks again.
    finding.catch(() => runs.get(runId) === finding && runs.set(runId, null));
    return finding;
  };

  /** One model, ready to be asked. */
  const choose = (name: string | null, own: readonly OwnEngine[]): ChosenModel => {
    const resolved = registry.resolve(name, enginesFor(name, own));
    const ownEngine = own.find(({ engine }) => engine === resolved.engine);
    const circuit = ownEngine === undefined ? `provider ${resolved.engine.id}` : `key ${ownEngine.version}`;
    // Nobody else's trouble is behind the built-in engine, and it says that it is not connected by itself.
    const isGuarded = circuits !== null && resolved.engine.id !== 'builtin';
    return { ...resolved, engine: isGuarded ? circuits.guard(circuit, resolved.engine) : resolved.engine, ...keyOf(ownEngine) };
  };

  const chosenIfThere = (name: string | null, own: readonly OwnEngine[]): ChosenModel | null => {
    try {
      return choose(name, own);
    } catch {
      return null;
    }
  };

  /** Ready to be asked, with everything that is done for each call. */
  const open = async (name: string | null, call: ModelCall): Promise<ResolvedModel> => {
    const chosen = choose(name, await ownOfCall(call));
    return metering === null ? chosen : { ...chosen, engine: metering.meter(chosen, call) };
  };

  /** A fallback that is there no more is passed over: a key may have gone since the run was asked for. */
  const openIfThere = (name: string, call: ModelCall): Promise<ResolvedModel | null> => open(name, call).catch(() => null);

  return {
    nameOf: async (userId, name) => registry.resolve(name, enginesFor(name, await ownOf(userId))).name,
    openRun: (runId) => {
      runs.set(runId, null);
      return { close: () => void runs.delete(runId) };
    },
    choicesOf: async (userId, names) => {
      const own = await ownOf(userId);
      return names.flatMap((name) => {
        const model = chosenIfThere(name, own);
        return model === null ? [] : [{ ...model, isCharged: !model.isOwnKey && model.engine.id !== 'builtin' }];
      });
    },
    engineFor: async (name, call) => {
      const first = await open(name, call);
      const others = await Promise.all((call.fallbacks ?? []).filter((fallback) => fallback !== first.name).map((fallback) => openIfThere(fallback, call)));
      return {
        ...first,
        engine: withFallbacks(
          first,
          others.filter((model) => model !== null),
        ),
      };
    },
  };
}
