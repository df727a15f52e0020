/** The version of this package, from its package.json, which lies two folders up in the sources and in a build alike. */
import { readFile } from 'node:fs/promises';

export async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
