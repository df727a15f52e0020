/** What every line begins with, for the doors that take commands beside the engine's: its time, which is that of its arrival where it has none, and its origin. */
import type { SourceRow, TimeUs } from '../../../core/num/units.ts';
import type { Origin } from '../../../core/schema/commands.ts';
import { originOf, parseLine } from './decode.ts';
import type { Around } from './decode-names.ts';
import { BadCommand, Fields } from './fields.ts';
import type { Registry } from './registry.ts';

export const HEAD = ['kind', 'time', 'origin'];

export interface CommandHead {
  readonly timeUs: TimeUs;
  readonly origin: Origin | null;
}

const REPEATED: Origin = { source: 0 as SourceRow, position: 0, previous: null };

/** Around an engine's command by itself. A name that is taken passes: whether it is a repetition is for who applies it to tell. */
export function alone(arrivedUs: TimeUs): Around {
  return { timeUs: arrivedUs, origin: REPEATED, opened: [] };
}

/**
 * Time and origin of a line that is otherwise no command, so that its place in its source can be used up; null where it has no
 * origin that can be read.
 */
export function readHead(line: string, registry: Registry, arrivedUs: TimeUs): CommandHead | null {
  try {
    const value = withTime(parseLine(line), arrivedUs) as Record<string, unknown>;
    const fields = new Fields(value, '', new Set([...HEAD, ...Object.keys(value)]));
    return fields.has('origin') ? headOf(fields, registry) : null;
  } catch (error) {
    if (error instanceof BadCommand || error instanceof TypeError) return null;
    throw error;
  }
}

export function withTime(value: unknown, arrivedUs: TimeUs): unknown {
  const isWithout =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.hasOwn(value, 'time');
  return isWithout ? { ...value, time: arrivedUs } : value;
}

export function headOf(fields: Fields, registry: Registry): CommandHead {
  return {
    timeUs: fields.time('time'),
    origin: fields.has('origin') ? originOf(fields, registry) : null,
  };
}
