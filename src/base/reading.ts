import { z } from 'zod';

/** What a person says about how to read a file; what is absent, the product finds out by itself. */
export const readingOptions = z.object({
  /** `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`. */
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).optional(),
  /** One to four characters. */
  delimiter: z.string().min(1).max(4).optional(),
  /** Empty for a file that quotes nothing. */
  quote: z.string().max(1).optional(),
  /** Empty for none. */
  escape: z.string().max(1).optional(),
  /** Lines that begin with it are no rows. Empty for none. */
  comment: z.string().max(4).optional(),
  /** Whether the first row holds the names of the columns. */
  header: z.boolean().optional(),
  /** How many lines before the header or the first row are no rows. */
  skipLines: z.number().int().min(0).max(1_000_000).optional(),
  /** Which table of a file with several is read, from 1, in their order. */
  table: z.number().int().min(1).max(1_000).optional(),
  /** The sheet of a workbook, by its name. */
  sheet: z.string().max(200).optional(),
  decimalMark: z.enum(['.', ',']).optional(),
  thousandsMark: z.enum([',', '.', ' ', "'", '']).optional(),
  /** How dates are written whose day and month could be either. */
  dateOrder: z.enum(['DMY', 'MDY', 'YMD']).optional(),
  /** True keeps every column as text. */
  isAllText: z.boolean().optional(),
});

/** What a person says about how to read a file. */
export type ReadingOptions = z.infer<typeof readingOptions>;

const count = z.number().int().nonnegative();

/** How many rejected rows a report shows, and how many characters of each. */
export const shownRejectedRows = { count: 100, characters: 500 } as const;

/** The report of a reading, as a child sends it and as it is stored. Fields that came later have defaults, so that stored reports stay readable. */
export const ingestReport = z.object({
  delimiter: z.string().nullable(),
  /** Null where the file quotes nothing. */
  quote: z.string().nullable(),
  escape: z.string().nullable(),
  comment: z.string().nullable().default(null),
  /** Whether the first row holds the names of the columns. */
  header: z.boolean().nullable(),
  /** `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`. */
  encoding: z.string().nullable(),
  /** Whether a byte order mark stood at its beginning. */
  hasByteOrderMark: z.boolean().default(false),
  /** The mark of decimals in its numbers; null where no column has any. */
  decimalMark: z.string().nullable().default(null),
  thousandsMark: z.string().nullable().default(null),
  /** The notations of dates, as `strptime` takes them, by column. */
  dateFormats: z
    .array(z.object({ column: z.string(), format: z.string() }))
    .readonly()
    .default([]),
  /** The lines before the table that are no rows, as they stand in the file; the first twenty. */
  preamble: z.array(z.string()).readonly().default([]),
  preambleLineCount: count.default(0),
  /** The lines after the table that are no rows, such as totals and notes; the first twenty. */
  footer: z.array(z.string()).readonly().default([]),
  footerLineCount: count.default(0),
  /** The tables of the file, or the sheets of the workbook, in their order; empty where there is one. */
  tables: z
    .array(z.object({ name: z.string().nullable(), firstLine: count, lastLine: count, rowCount: count, columnCount: count, isRead: z.boolean() }))
    .readonly()
    .default([]),
  /** 0 to 1: how sure the product is of the structure that it found; 1 where a person has said it. */
  confidence: z.number().min(0).max(1).default(1),
  rejectedRowCount: count,
  /** The first hundred rows that could not be read, in the order of the file. */
  rejectedRows: z
    .array(
      z.object({
        /** Counted from 1, as an editor counts; the header is line 1. */
        line: count,
        /** The column it broke in; null where the whole row is at fault. */
        column: z.string().nullable(),
        reason: z.string(),
        /** The row as it stands in the file, at most 500 characters of it. */
        text: z.string(),
      }),
    )
    .readonly(),
  /** Sentences for people about what was decided or changed. */
  warnings: z.array(z.string()).readonly(),
});

/** How a file was read. The fields of the dialect are null for formats that have none. */
export type IngestReport = z.infer<typeof ingestReport>;

/** A row of a file that could not be read. */
export type RejectedRow = IngestReport['rejectedRows'][number];

/** The report of a file of which there is nothing to say. */
export const plainReport: IngestReport = ingestReport.parse({
  delimiter: null,
  quote: null,
  escape: null,
  header: null,
  encoding: null,
  rejectedRowCount: 0,
  rejectedRows: [],
  warnings: [],
});
