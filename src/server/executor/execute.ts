import {
  AbortedGraphQLExecutionError,
  executeRootSelectionSet,
  GraphQLError,
  locatedError,
  OperationTypeNode,
  validateExecutionArgs,
  type ExecutionArgs,
  type ExecutionResult,
  type OperationDefinitionNode,
  type ValidatedExecutionArgs,
} from 'graphql';
import { planOperation, traitsOf, type Traits } from './compile.ts';
import { executeFields, executeFieldsInTurn, type Fields } from './fields.ts';
import type { ObjectPlan } from './plan.ts';
import { addError, createRun, type Run } from './run.ts';

/** What is kept of an operation for as long as its document is. */
interface Compiled {
  /** Null when it must be left to graphql-js. */
  readonly traits: Traits | null;
  readonly plans: Map<string, ObjectPlan>;
}

// Each combination of the variables behind @skip and @include is a plan of its own; a document with more of them is rare.
const mostPlans = 16;

function resultOf({ errors }: Run, data: Fields | null): ExecutionResult {
  return errors.length === 0 ? { data } : { errors, data };
}

function failed(run: Run, error: unknown): ExecutionResult {
  addError(run, error instanceof GraphQLError ? error : locatedError(error, undefined), undefined);
  return resultOf(run, null);
}

async function finishLater(run: Run, fields: Promise<Fields>): Promise<ExecutionResult> {
  try {
    return resultOf(run, await fields);
  } catch (error) {
    return failed(run, error);
  } finally {
    // When one field has failed the whole answer, others may still be under way.
    run.isAborted = true;
    run.close();
  }
}

/** The result, unless the signal comes first: then nobody waits for resolvers that do not listen to it. */
async function raceSignal(run: Run, signal: AbortSignal, result: Promise<ExecutionResult>): Promise<ExecutionResult> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    run.isAborted = true;
    run.close(signal.reason);
    reject(new AbortedGraphQLExecutionError(signal.reason, result));
  };
  signal.addEventListener('abort', onAbort);
  // Between the start and this line a resolver may have aborted it.
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([result, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function perform(args: ValidatedExecutionArgs, plan: ObjectPlan): ExecutionResult | Promise<ExecutionResult> {
  const { externalAbortSignal: signal } = args;
  signal?.throwIfAborted();
  const run = createRun(args);
  try {
    const isMutation = args.operation.operation === OperationTypeNode.MUTATION;
    const fields = isMutation ? executeFieldsInTurn(run, plan, args.rootValue) : executeFields(run, plan, args.rootValue, undefined);
    if (!(fields instanceof Promise)) {
      run.close();
      return resultOf(run, fields);
    }
    const result = finishLater(run, fields);
    return signal === undefined ? result : raceSignal(run, signal, result);
  } catch (error) {
    run.close();
    return failed(run, error);
  }
}

/** Executes operations. */
export interface Executor {
  /** As `execute` of graphql-js. */
  execute(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult>;
  /** As `executeRootSelectionSet` of graphql-js: an operation whose arguments are checked, or one event of a subscription. */
  executeChecked(args: ValidatedExecutionArgs): ExecutionResult | Promise<ExecutionResult>;
}

/**
 * An executor that works out once what a document asks of the schema (which fields of which type in which order, how their values are
 * completed, the arguments that stand in the document), and after that only calls resolvers. The answers are those of graphql-js, in its
 * words; what it cannot compile it leaves to graphql-js.
 */
export function createExecutor(): Executor {
  const compiledOperations = new WeakMap<OperationDefinitionNode, Compiled>();

  function compiledOf(args: ValidatedExecutionArgs): Compiled {
    const known = compiledOperations.get(args.operation);
    if (known !== undefined) return known;
    const compiled = { traits: traitsOf(args), plans: new Map<string, ObjectPlan>() };
    compiledOperations.set(args.operation, compiled);
    return compiled;
  }

  function planOf(args: ValidatedExecutionArgs): ObjectPlan | null {
    const { traits, plans } = compiledOf(args);
    const rootType = args.schema.getRootType(args.operation.operation);
    if (traits === null || args.hooks !== undefined || rootType == null) return null;
    const key = traits.conditions.map((name) => String(args.variableValues.coerced[name])).join();
    const known = plans.get(key);
    if (known !== undefined) return known;
    if (plans.size >= mostPlans) return null;
    const plan = planOperation(args, rootType);
    plans.set(key, plan);
    return plan;
  }

  function executeChecked(args: ValidatedExecutionArgs): ExecutionResult | Promise<ExecutionResult> {
    const plan = planOf(args);
    return plan === null ? executeRootSelectionSet(args) : perform(args, plan);
  }

  return {
    execute(args) {
      const checked = validateExecutionArgs(args);
      // graphql-js says what is wrong with them.
      return 'schema' in checked ? executeChecked(checked) : { errors: checked };
    },
    executeChecked,
  };
}
