/** A copy of the core with some of its text replaced, to run beside the real one: planted mistakes, other constants. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Subject } from './compare.ts';

export interface Patch {
  /** Within src/core. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface PatchedCore {
  make(this: void): Subject;
  remove(this: void): void;
}

/**
 * Sweeps from the third queued bucket on, foresees it from two marks, and lays no wire unasked, so that small books live
 * on their reaches. A sweep goes in steps of few rows and buckets, so that small books have edges of these.
 */
export const LAZY: readonly Patch[] = [
  { file: 'watch/watch.ts', find: 'const FORESEE_MIN = 8;', replace: 'const FORESEE_MIN = 2;' },
  { file: 'watch/watch.ts', find: 'const SWEEP_MIN = 512;', replace: 'const SWEEP_MIN = 3;' },
  { file: 'watch/watch.ts', find: 'const TIDY_PER_COMMAND = 256;', replace: 'const TIDY_PER_COMMAND = 0;' },
  { file: 'watch/sweep.ts', find: 'const ROWS = 2048;', replace: 'const ROWS = 8;' },
  {
    file: 'state/buckets.ts',
    find: 'export const BUCKETS_BLOCK = 512;',
    replace: 'export const BUCKETS_BLOCK = 4;',
  },
];

export async function patchCore(patches: readonly Patch[]): Promise<PatchedCore> {
  const { module, remove } = await importPatched('engine/engine.ts', patches);
  const { Engine } = module as { Engine: new () => Subject };
  return { make: () => new Engine(), remove };
}

/** A module of the core as it would be with these patches; `remove` takes its files away again. */
export async function importPatched(
  file: string,
  patches: readonly Patch[],
): Promise<{ readonly module: unknown; remove(this: void): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-patched-core-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const core = fileURLToPath(new URL('../../src/core', import.meta.url));
    // Without its compiler settings: they point at the repository's.
    cpSync(core, join(folder, 'core'), {
      recursive: true,
      filter: (path) => !path.endsWith('.json') && !path.endsWith('.test.ts'),
    });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const { file, find, replace } of patches) {
      const path = join(folder, 'core', file);
      const parts = readFileSync(path, 'utf8').split(find);
      if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times: ${find}`);
      writeFileSync(path, parts.join(replace));
    }
    const url = pathToFileURL(join(folder, 'core', file)).href;
    return { module: await import(/* @vite-ignore */ url), remove };
  } catch (error) {
    remove();
    throw error;
  }
}
