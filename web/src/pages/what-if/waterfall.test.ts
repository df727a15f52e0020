import { describe, expect, it } from 'vitest';
import type { StressResult } from '../../../../src/client/index.ts';
import { stepsOf, type Step } from './waterfall.ts';

const waterfall = (changed: Partial<StressResult['waterfall']> = {}): StressResult =>
  ({
    waterfall: {
      lost: '700',
      won: '800',
      paid: '610',
      owedBefore: '0',
      deficit: '90',
      fundUsed: '60',
      deleveraged: '30',
      ...changed,
    },
  }) as StressResult;

const tall = ({ from, to }: Step): number => Math.abs(from - to);

describe('the waterfall', () => {
  it('each bar is as tall as its number says', () => {
    const { loss, rescue } = stepsOf(waterfall({ owedBefore: '5', deficit: '95', fundUsed: '65' }));
    for (const step of [...loss, ...rescue])
      expect([step.id, tall(step)]).toEqual([step.id, Number(step.value)]);
  });

  it('each begins where the one before it ended, and nothing is left', () => {
    const { loss, rescue } = stepsOf(waterfall());
    expect(loss.map(({ id }) => id)).toEqual(['lost', 'paid', 'uncovered']);
    expect(loss[1].from).toBe(loss[0].to);
    expect(loss[1].to).toBe(loss[2].to);
    expect(rescue[1].from).toBe(rescue[0].to);
    expect(rescue[2].from).toBe(rescue[1].to);
    expect(rescue[2].to).toBe(0);
  });

  it('what was owed already is a bar of its own only where there is any', () => {
    const { loss } = stepsOf(waterfall({ owedBefore: '5', deficit: '95' }));
    expect(loss.map(({ id }) => id)).toEqual(['lost', 'owedBefore', 'paid', 'uncovered']);
  });
});
