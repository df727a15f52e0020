import { LIMIT_NONE } from './candidate.ts';

/** Whether a ratio is not looked at yet: under a floor that was not stated, or that is none on purpose, there is nothing. */
export function isWithinFloor(value: number, floor: number): boolean {
  return value <= floor && floor !== LIMIT_NONE;
}
