/** Draws that traders need, over the seeded numbers of a simulation. */
import { logUniform } from '../log-uniform.ts';
import type { Random } from '../random.ts';

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)];
}

/** One of the keys, as often as its weight says. */
export function weighted<Key extends string>(random: Random, weights: Readonly<Record<Key, number>>): Key {
  const keys = Object.keys(weights) as Key[];
  let left = random.unit() * keys.reduce((sum, key) => sum + weights[key], 0);
  for (const key of keys) {
    left -= weights[key];
    if (left < 0) return key;
  }
  return keys[keys.length - 1];
}

/** A whole number between the two, each order of magnitude as likely as the next. */
export function wholeLog(random: Random, low: number, high: number): number {
  return Math.max(1, Math.round(logUniform(random, Math.max(1, low), Math.max(1, low, high))));
}

export function chance(random: Random, probability: number): boolean {
  return random.unit() < probability;
}
