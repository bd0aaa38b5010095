const megabyte = 1024 * 1024;

/** What one kind of job may use. */
export interface JobLimits {
  /** How many jobs run at once; each has a child process. */
  readonly workers: number;
  /** After this time a job counts as long: it gets the lowest priority, and its place among the `workers` goes to the next job. */
  readonly longAfterMs: number;
  /** How many long jobs run beside the `workers`; those that are more keep their places. */
  readonly longWorkers: number;
  /** How many of them are kept started while there is nothing to do; a start takes a quarter of a second. */
  readonly warm: number;
  /** How long one job may run before its child is killed. */
  readonly timeoutMs: number;
  /** DuckDB's own `memory_limit`. */
  readonly memoryBytes: number;
  /**
   * What a child may reserve beyond it, for what DuckDB does not count. Then the operating system refuses, and DuckDB gives an error. Much
   * of what is reserved is never touched: wide tables reserve several times what they use.
   */
  readonly spareBytes: number;
  /**
   * What a child may really use beyond `memoryBytes`, itself included. With more it ends itself: the only limit of what DuckDB does not
   * count where there is no `ulimit`.
   */
  readonly residentSpareBytes: number;
  /** How many threads DuckDB may use for one job. */
  readonly threads: number;
  /** How many jobs of one user run at once; the others wait. */
  readonly maxRunningPerUser: number;
  /** How many jobs of one user may wait; the next one is refused with `RATE_LIMITED`. */
  readonly maxWaitingPerUser: number;
  /** How long a job may wait for its turn before it is refused with `SERVICE_UNAVAILABLE`. */
  readonly queueTimeoutMs: number;
  /** How much more than at its start a child may hold when it is given the next job; one that holds more is replaced. */
  readonly leftoverBytes: number;
  /** After how many jobs a child is replaced by a fresh one. */
  readonly jobsPerChild: number;
}

/** Everything that bounds the work of DuckDB. */
export interface DuckdbLimits {
  readonly query: JobLimits & {
    /** The most rows of a result; a request can ask for fewer. */
    readonly maxRows: number;
    /** The most bytes of a result as JSON. */
    readonly maxBytes: number;
    /** The longest SQL text, in characters. */
    readonly maxSqlCharacters: number;
  };
  readonly ingest: JobLimits & {
    /** How large a compressed or re-encoded file may become on disk. */
    readonly maxExpandedBytes: number;
    readonly maxColumns: number;
  };
  /** For exports and derived tables. */
  readonly write: JobLimits & {
    /** The most rows of a file that is written. */
    readonly maxRows: number;
    /** The most bytes of it. */
    readonly maxBytes: number;
    readonly maxColumns: number;
  };
  /** How long a child may take to start. */
  readonly spawnTimeoutMs: number;
  /** How long a child has to answer an interrupt before it is killed. */
  readonly interruptGraceMs: number;
}

/** The limits of a server that sets none: those of the product's table of limits. */
export const defaultLimits: DuckdbLimits = {
  query: {
    workers: 2,
    longAfterMs: 500,
    longWorkers: 2,
    warm: 2,
    timeoutMs: 10_000,
    memoryBytes: 256 * megabyte,
    spareBytes: 128 * megabyte,
    residentSpareBytes: 512 * megabyte,
    threads: 2,
    maxRunningPerUser: 1,
    maxWaitingPerUser: 3,
    queueTimeoutMs: 60_000,
    leftoverBytes: 64 * megabyte,
    jobsPerChild: 100,
    maxRows: 1_000,
    maxBytes: megabyte,
    maxSqlCharacters: 65_536,
  },
  ingest: {
    workers: 1,
    longAfterMs: 2_000,
    longWorkers: 1,
    warm: 1,
    timeoutMs: 600_000,
    memoryBytes: 512 * megabyte,
    spareBytes: 2_048 * megabyte,
    residentSpareBytes: 768 * megabyte,
    threads: 2,
    maxRunningPerUser: 1,
    maxWaitingPerUser: 20,
    queueTimeoutMs: 1_800_000,
    leftoverBytes: 64 * megabyte,
    // A hostile file gets a process of its own: whatever it does to that process ends with it.
    jobsPerChild: 1,
    maxExpandedBytes: 8 * 1024 * megabyte,
    maxColumns: 500,
  },
  write: {
    workers: 1,
    longAfterMs: 2_000,
    longWorkers: 1,
    // Seldom, and long enough that a start does not matter.
    warm: 0,
    timeoutMs: 120_000,
    memoryBytes: 512 * megabyte,
    spareBytes: 512 * megabyte,
    residentSpareBytes: 768 * megabyte,
    threads: 2,
    maxRunningPerUser: 1,
    maxWaitingPerUser: 5,
    queueTimeoutMs: 300_000,
    leftoverBytes: 64 * megabyte,
    jobsPerChild: 20,
    maxRows: 100_000_000,
    maxBytes: 2 * 1024 * megabyte,
    maxColumns: 1_000,
  },
  spawnTimeoutMs: 30_000,
  interruptGraceMs: 250,
};

/**
 * The limit of the operating system on a child's data segment (`ulimit -d`), which stops what DuckDB's own limit does not see: functions
 * such as `repeat` and `range` allocate outside of it. Node with DuckDB loaded has about 640 MB of data segment before any work.
 */
export function processLimitBytes(limits: Pick<JobLimits, 'memoryBytes' | 'spareBytes'>): number {
  return 640 * megabyte + limits.memoryBytes + limits.spareBytes;
}
