import { LRUCache } from 'lru-cache';
import { later, type Clock } from '../base/clock.ts';
import type { Engine, EngineFailure, EnginePart } from './engine.ts';

/** Leaves providers alone that are down. */
export interface Circuits {
  /**
   * The same engine behind a circuit. Requests that are not made fail at once, as something that may succeed later.
   *
   * @param name whose circuit it is, for example one for each key: all engines under a name share one
   */
  guard(name: string, engine: Engine): Engine;
}

/** When a provider is left alone. */
export interface CircuitSettings {
  readonly clock: Clock;
  /** After how many failures in a row. */
  readonly failures: number;
  /** For how long, before one request tries again. */
  readonly openMs: number;
}

/** What a request has told about its provider. */
type Verdict = 'up' | 'down' | 'unknown';

interface Circuit {
  failuresInARow: number;
  /** Null while requests are made. */
  openUntil: Date | null;
  /** Whether a request is under way that tries whether the provider is back. */
  isTrying: boolean;
  lastFailure: EngineFailure | null;
}

const mostCircuits = 10_000;
/** How soon to come back while somebody else's request tries the provider. */
const trialMs = 1_000;

/** A provider is up when it answers, be it with a refusal; what comes before the first token and says nothing of its health says nothing. */
function verdictOf(part: EnginePart): Verdict | null {
  if (part.type === 'usage' || part.type === 'model') return null;
  if (part.type !== 'error') return 'up';
  const { code } = part.failure;
  if (code === 'ENGINE_OVERLOADED' || code === 'ENGINE_TIMEOUT' || code === 'ENGINE_NETWORK') return 'down';
  return code === 'ENGINE_PROTOCOL' ? 'unknown' : 'up';
}

function refusal(engine: Engine, circuit: Circuit, waitMs: number): EnginePart {
  const { failuresInARow, lastFailure } = circuit;
  const message = `${engine.name} is not asked for another ${Math.ceil(waitMs / 1_000)} s, because ${failuresInARow} requests in a row failed. The last one: ${lastFailure?.message ?? ''}`;
  return { type: 'error', failure: { code: lastFailure?.code ?? 'ENGINE_OVERLOADED', message, isRetryable: true, retryAfterMs: waitMs } };
}

/** Creates circuits, all closed. They live in this process: each server finds out by itself. */
export function createCircuits({ clock, failures, openMs }: CircuitSettings): Circuits {
  const circuits = new LRUCache<string, Circuit>({ max: mostCircuits });
  const circuitOf = (name: string): Circuit => {
    const known = circuits.get(name);
    if (known !== undefined) return known;
    const circuit: Circuit = { failuresInARow: 0, openUntil: null, isTrying: false, lastFailure: null };
    circuits.set(name, circuit);
    return circuit;
  };

  /** How long a request must wait; null when it may be made. */
  const waitOf = ({ openUntil, isTrying }: Circuit): number | null => {
    if (openUntil === null) return null;
    const waitMs = openUntil.getTime() - clock.now().getTime();
    if (waitMs > 0) return waitMs;
    return isTrying ? trialMs : null;
  };

  const judge = (circuit: Circuit, isTrial: boolean, verdict: Verdict, part: EnginePart | null): void => {
    if (isTrial) circuit.isTrying = false;
    // Requests from before it opened tell nothing new; the trial decides.
    if (verdict === 'unknown' || (circuit.openUntil !== null && !isTrial)) return;
    if (verdict === 'up') {
      circuit.failuresInARow = 0;
      circuit.openUntil = null;
      return;
    }
    circuit.failuresInARow += 1;
    if (part?.type === 'error') circuit.lastFailure = part.failure;
    if (circuit.failuresInARow >= failures) circuit.openUntil = later(clock.now(), openMs);
  };

  async function* refuse(engine: Engine, circuit: Circuit, waitMs: number): AsyncGenerator<EnginePart, void, undefined> {
    yield refusal(engine, circuit, waitMs);
  }

  /** Watches a stream up to the part that tells how the provider is; from there on it costs nothing. */
  const watch = (parts: AsyncIterator<EnginePart>, circuit: Circuit, isTrial: boolean): AsyncIterator<EnginePart> => {
    let isJudged = false;
    const settle = (verdict: Verdict, part: EnginePart | null = null): void => {
      if (isJudged) return;
      isJudged = true;
      judge(circuit, isTrial, verdict, part);
    };
    const observe = async (): Promise<IteratorResult<EnginePart>> => {
      try {
        const result = await parts.next();
        if (result.done === true) settle('unknown');
        else {
          const verdict = verdictOf(result.value);
          if (verdict !== null) settle(verdict, result.value);
        }
        return result;
      } catch (error) {
        settle('unknown');
        throw error;
      }
    };
    return {
      next: () => (isJudged ? parts.next() : observe()),
      return: async () => {
        settle('unknown');
        return (await parts.return?.()) ?? { done: true, value: undefined };
      },
    };
  };

  return {
    guard: (name, engine) => ({
      ...engine,
      stream: (request, signal) => ({
        [Symbol.asyncIterator]: () => {
          const circuit = circuitOf(name);
          const waitMs = waitOf(circuit);
          if (waitMs !== null) return refuse(engine, circuit, waitMs);
          const isTrial = circuit.openUntil !== null;
          circuit.isTrying = isTrial;
          return watch(engine.stream(request, signal)[Symbol.asyncIterator](), circuit, isTrial);
        },
      }),
    }),
  };
}
