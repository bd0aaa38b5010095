import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

import { eventually } from '../kit/eventually.ts';

/** The processes whose parent is a given one. */
async function childrenOf(parent: number): Promise<readonly number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(ids.map((id) => readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat) => {
    const [, id, rest] = /^(\d+) \(.*\) \S (\d+)/s.exec(stat) ?? [];
    return Number(rest) === parent ? [Number(id)] : [];
  });
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

describe.skipIf(process.platform !== 'linux')('a plot that hangs', () => {
  it('does not outlive a server that is killed', async () => {
    const parent = spawn(process.execPath, [fileURLToPath(new URL('./hanging-parent.ts', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    await once(createInterface(parent.stdout), 'line');
    const [child] = await childrenOf(parent.pid ?? 0);
    expect(child).toBeTypeOf('number');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await eventually(() => expect(isAlive(child ?? 0)).toBe(false));
  });
});
