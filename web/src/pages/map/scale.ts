/** The map's arithmetic: steps in order of price, and what is reached when the mark moves to somewhere among them. */
import type { LiquidationMap } from '../../../../src/client/index.ts';

export type Step = LiquidationMap['down'][number];

export interface Scale {
  /** By move from the mark, most negative first. */
  readonly steps: readonly Step[];
  readonly lowPercent: number;
  readonly highPercent: number;
  readonly highest: number;
  readonly highestTotal: number;
}

export function scaleOf({ down, up }: LiquidationMap): Scale {
  const byMove = (a: Step, b: Step): number => Number(a.movePercent) - Number(b.movePercent);
  const steps = [...down, ...up].sort(byMove);
  return {
    steps,
    lowPercent: Math.min(-1, ...steps.map(({ movePercent }) => Number(movePercent))),
    highPercent: Math.max(1, ...steps.map(({ movePercent }) => Number(movePercent))),
    highest: Math.max(
      0,
      ...steps.map(({ longNotional, shortNotional }) => Number(longNotional) + Number(shortNotional)),
    ),
    highestTotal: Math.max(0, ...steps.map(({ totalNotional }) => Number(totalNotional))),
  };
}

/** The last step that a move of so many percent reaches, on its side of the mark; null where it reaches none. */
export function reached(map: LiquidationMap, percent: number): Step | null {
  const side = percent < 0 ? map.down : map.up;
  const within = side.filter(({ movePercent }) => Math.abs(Number(movePercent)) <= Math.abs(percent) + 1e-9);
  return within.reduce<Step | null>(
    (far, step) =>
      far === null || Math.abs(Number(step.movePercent)) > Math.abs(Number(far.movePercent)) ? step : far,
    null,
  );
}
