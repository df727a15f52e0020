/** Which processes and threads use the cores, of a browser and a server: both on one machine, they wait for each other. Linux alone tells. */
import { readdirSync, readFileSync } from 'node:fs';

/** A hundredth of a second, as /proc counts. */
const TICKS_PER_SECOND = 100;

/** Ticks so far, by `process/thread`. */
export function ticksOf(root: number): Map<string, number> {
  const children = new Map<number, number[]>();
  for (const pid of numbers('/proc')) {
    const parent = Number(statOf(`/proc/${pid}`)?.fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const ticks = new Map<string, number>();
  const visit = (pid: number): void => {
    for (const tid of numbers(`/proc/${pid}/task`)) {
      const stat = statOf(`/proc/${pid}/task/${tid}`);
      if (stat === null) continue;
      const name = `${kindOf(pid)}/${tid === pid ? 'main' : stat.name}`;
      ticks.set(name, (ticks.get(name) ?? 0) + Number(stat.fields[11]) + Number(stat.fields[12]));
    }
    for (const child of children.get(pid) ?? []) visit(child);
  };
  visit(root);
  return ticks;
}

/** Cores each of them used in between, in processes of these kinds; those that used next to nothing are left out. */
export function coresBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  seconds: number,
  ...kinds: readonly string[]
): Record<string, number> {
  return Object.fromEntries(
    [...after]
      .map(([name, ticks]) => [name, (ticks - (before.get(name) ?? 0)) / TICKS_PER_SECOND / seconds] as const)
      .filter(([name, cores]) => cores >= 0.01 && kinds.includes(name.split('/')[0]))
      .toSorted((a, b) => b[1] - a[1])
      .map(([name, cores]) => [name, Number(cores.toFixed(2))]),
  );
}

function statOf(place: string): { readonly name: string; readonly fields: readonly string[] } | null {
  try {
    const text = readFileSync(`${place}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    return { name: text.slice(text.indexOf('(') + 1, end), fields: text.slice(end + 2).split(' ') };
  } catch {
    return null;
  }
}

function kindOf(pid: number): string {
  try {
    // Chromium writes its own words over those that it was started with, with spaces between them.
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/);
    const type = words.find((word) => word.startsWith('--type='));
    return type === undefined ? (words[0].split('/').at(-1) ?? '') : type.slice('--type='.length);
  } catch {
    return '';
  }
}

function numbers(place: string): number[] {
  try {
    return readdirSync(place).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
