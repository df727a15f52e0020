/** The version of this package, from its package.json, which lies three folders up in the sources and in a build alike. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function readVersion(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '..', '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
