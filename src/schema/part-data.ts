import { z } from 'zod';
import type { Part as PartRow } from '../../prisma/generated/client.ts';
import type { Context } from './context.ts';

/** The part with an id as far as the viewer may see it; null when it is of another kind. */
export async function loadPart(id: string, kind: PartRow['kind'], context: Context): Promise<PartRow | null> {
  const part = await context.loaders.part.load(id);
  return part?.kind === kind ? part : null;
}

/** One entry of a part's data. */
export function field(part: PartRow, name: string): unknown {
  return z.record(z.string(), z.unknown()).parse(part.data)[name];
}
