/**
 * Powers and logarithms of two that are the same on every machine. `Math.pow` and `Math.log` are allowed to differ in
 * the last place between engines, and one different lot would be a different book; here only additions, products,
 * quotients and `Math.sqrt` are used, which IEEE 754 fixes to the bit. Both are tables of 1024 steps with straight lines
 * between them: off by less than 1 in 10^6, which a distribution does not notice.
 */
import type { Random } from './random.ts';

const STEPS = 1024;
/** POWERS[k] = 2^(k / STEPS) */
const POWERS = new Float64Array(STEPS + 1);
/** LOGS[k] = log2(1 + k / STEPS) */
const LOGS = new Float64Array(STEPS + 1);

let root = 2;
for (let halving = 0; halving < 10; halving++) root = Math.sqrt(root);
POWERS[0] = 1;
for (let step = 1; step < STEPS; step++) POWERS[step] = POWERS[step - 1] * root;
POWERS[STEPS] = 2;
for (let step = 1; step < STEPS; step++) {
  // One binary digit of the logarithm for each squaring.
  let power = 1 + step / STEPS;
  for (let digit = 0.5; digit > 2 ** -40; digit /= 2) {
    power *= power;
    if (power < 2) continue;
    power /= 2;
    LOGS[step] += digit;
  }
}
LOGS[STEPS] = 1;

/** 2^exponent for an exponent of 0 or more. */
export function powerOfTwo(exponent: number): number {
  const whole = Math.floor(exponent);
  const place = (exponent - whole) * STEPS;
  const step = Math.floor(place);
  let power = POWERS[step] + (place - step) * (POWERS[step + 1] - POWERS[step]);
  for (let doubling = 0; doubling < whole; doubling++) power *= 2;
  return power;
}

/** log2(value) for a value of 1 or more. */
export function logOfTwo(value: number): number {
  let rest = value;
  let whole = 0;
  for (; rest >= 2; whole++) rest /= 2;
  const place = (rest - 1) * STEPS;
  const step = Math.floor(place);
  return whole + LOGS[step] + (place - step) * (LOGS[step + 1] - LOGS[step]);
}

/** Drawn so that its logarithm is uniform: as likely in [1, 2) as in [8, 16). 0 < low <= high. */
export function logUniform(random: Random, low: number, high: number): number {
  return low * powerOfTwo(random.unit() * logOfTwo(high / low));
}
