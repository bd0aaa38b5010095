import { z } from 'zod';
import { label, moment } from './formats.ts';

/** A prompt template of an archive, with its versions from the oldest one on. */
export const templateDocument = z.object({
  id: z.uuid(),
  name: label,
  description: z.string().nullable(),
  /** The number of the newest one. */
  version: z.int32().min(1),
  versions: z
    .array(
      z.object({
        id: z.uuid(),
        version: z.int32().min(1),
        text: z.string(),
        /** `TemplateVariable[]`. */
        variables: z.json(),
        createdAt: moment,
      }),
    )
    .max(10_000),
  createdAt: moment,
  updatedAt: moment,
});

/** See `templateDocument`. */
export type TemplateDocument = z.infer<typeof templateDocument>;

/** A server of tools of an archive; of its headers the names alone are in it. */
export const serverDocument = z.object({
  id: z.uuid(),
  name: label,
  transport: z.enum(['STREAMABLE_HTTP', 'STDIO']),
  url: z.string().nullable(),
  headerNames: z.array(z.string()).max(1_000),
  command: z.string().nullable(),
  approval: z.enum(['ALWAYS', 'WRITES', 'NEVER']),
  createdAt: moment,
  updatedAt: moment,
});

/** See `serverDocument`. */
export type ServerDocument = z.infer<typeof serverDocument>;

/** A persona of an archive. Where it takes part is in the conversations. */
export const personaDocument = z.object({
  id: z.uuid(),
  name: label,
  handle: label,
  description: z.string().nullable(),
  emoji: z.string().nullable(),
  color: z.string().nullable(),
  systemPrompt: z.string().nullable(),
  model: z.string().nullable(),
  fallbacks: z.array(z.string()).max(1_000),
  temperature: z.number().nullable(),
  /** Their names; null for all. */
  tools: z.json(),
  approvals: z.array(z.string()).max(1_000),
  mayAsk: z.boolean(),
  /** Of `prompt-templates.json`. */
  templateId: z.uuid().nullable(),
  templateVariables: z.json(),
  /** Of `mcp-servers.json`. */
  mcpServerIds: z.array(z.uuid()).max(1_000),
  /** Of `knowledge/`. */
  knowledgeBaseIds: z.array(z.uuid()).max(1_000).default([]),
  createdAt: moment,
  updatedAt: moment,
});

/** See `personaDocument`. */
export type PersonaDocument = z.infer<typeof personaDocument>;
