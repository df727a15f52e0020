/** What a measurement ran on. A rate without its machine means nothing. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly node: string;
  readonly v8: string;
  readonly os: string;
  /** With `-dirty` where files differ from it; null outside of a git checkout. */
  readonly commit: string | null;
}

export function machineHere(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    node: process.version,
    v8: process.versions.v8,
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    commit: commitHere(),
  };
}

/** A hundredth of a second, as /proc counts. */
const TICK_MS = 10;
const STOLEN_AT = 8;

/** What the host took from all cores of a virtual machine since it started, ms: pauses that no program here makes. Null where that is not told. */
export function stolenMs(): number | null {
  try {
    const ticks = Number(readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].split(/\s+/)[STOLEN_AT]);
    return Number.isFinite(ticks) ? ticks * TICK_MS : null;
  } catch {
    return null;
  }
}

/**
 * What this process occupies, garbage collected. Memory that is reserved and was never written to is not in it. Buffers are
 * given back some time after they were collected, so this waits until nothing more goes.
 */
export async function memoryBytes(): Promise<number> {
  let before = Infinity;
  for (let waited = 0; waited < 20; waited++) {
    collectGarbage();
    await sleep(100);
    const now = process.memoryUsage.rss();
    if (now > before * 0.999) return now;
    before = now;
  }
  return before;
}

let collect: (() => void) | null = null;

export function collectGarbage(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}

function commitHere(): string | null {
  const root = join(import.meta.dirname, '..', '..', '..');
  if (!existsSync(join(root, '.git'))) return null;
  const told = spawnSync('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude', '*'], {
    cwd: root,
    encoding: 'utf8',
  });
  return told.status === 0 ? told.stdout.trim() : null;
}
