import { countsOf, problemsOf, type ImportCounts, type ImportProblem } from './import-row.ts';

/** What an import has brought about so far, and what it could not: gathered while it goes on, and written with each step. */
export interface ImportReport {
  /** Counts something that came of it. */
  add(what: keyof ImportCounts, count?: number): void;
  /**
   * Tells of something that was not taken over, or not as it was. The same again of the same subject is counted.
   *
   * @param subject the title of the conversation or the name of what it is about; null for the file as a whole
   */
  tell(subject: string | null, reason: string, count?: number): void;
  /** How many of the things in the file are done; set by whoever does them. */
  position: number;
  /** As it is to be stored. */
  stored(): { readonly position: number; readonly counts: ImportCounts; readonly problems: readonly ImportProblem[]; readonly problemCount: number };
}

const mostProblems = 100;
const longestSubject = 200;
const longestReason = 500;

const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`);

/** A report that goes on where a stored one stands; a new one by default. */
export function createImportReport(before: {
  readonly position: number;
  readonly counts: unknown;
  readonly problems: unknown;
  readonly problemCount: number;
}): ImportReport {
  const counts = { ...countsOf(before.counts) };
  const problems = new Map<string, ImportProblem>();
  let { problemCount } = before;
  const keyOf = (subject: string | null, reason: string): string => JSON.stringify([subject, reason]);
  for (const problem of problemsOf(before.problems)) problems.set(keyOf(problem.subject, problem.reason), problem);

  return {
    position: before.position,
    add(what, count = 1) {
      counts[what] += count;
    },
    tell(subject, reason, count = 1) {
      problemCount += count;
      const about = subject === null ? null : shortened(subject, longestSubject).replaceAll('\0', '');
      const why = shortened(reason, longestReason).replaceAll('\0', '');
      const key = keyOf(about, why);
      const known = problems.get(key);
      if (known !== undefined || problems.size < mostProblems) problems.set(key, { subject: about, reason: why, count: (known?.count ?? 0) + count });
    },
    stored() {
      return { position: this.position, counts: { ...counts }, problems: [...problems.values()], problemCount };
    },
  };
}
