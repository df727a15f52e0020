/** Whose commands a data directory has. */
import { directoryPaths, readMeta, type Holds } from '../../io/journal/directory.ts';
import { nodeDisk } from '../../io/journal/disk.ts';

/** Damage of the file that says so is told elsewhere. */
export function holdsOf(directory: string): Holds {
  try {
    return readMeta(nodeDisk, directoryPaths(directory))?.holds ?? 'engine';
  } catch {
    return 'engine';
  }
}
