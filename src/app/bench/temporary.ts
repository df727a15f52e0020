/** A folder for one measurement, gone afterwards: also when that fails, and on Ctrl-C. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { INTERRUPTED } from '../cli/interrupt.ts';

/** `parent` decides which disk it is on; null is the system's folder for such things. */
export async function inTemporaryDirectory<T>(
  parent: string | null,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(path.join(parent ?? os.tmpdir(), 'plimsoll-bench-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const onSignal = (): never => {
    remove();
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    return await work(directory);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    remove();
  }
}
