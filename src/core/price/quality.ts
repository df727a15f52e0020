/**
 * What each quality of a price allows. Every price that leaves the router carries one (`schema/quality.ts`); a policy says what
 * it may be used for. A price is not good or bad: one may be shown that nobody may be liquidated at.
 *
 *                    show  value  open  liquidate  settle
 *   ok                x      x      x       x         x
 *   stale             x      x                              shown is the last good price
 *   single-source     x      x                              fewer fresh sources than the minimum
 *   own-book-only     x      x                              every fresh source is the venue's own
 *   divergent         x                                     sources disagree, or mark and index do
 *   implausible       x                                     refused: shown is the last good price
 *
 * This table is the default (`DEFAULT_POLICY`); `policyOf` changes rows of it. See docs/concepts/prices.md.
 */
import { Quality, QUALITY_NAMES, Use, USE_NAMES, USES_ALL } from '../schema/quality.ts';

export type QualityName = (typeof QUALITY_NAMES)[number];
export type UseName = (typeof USE_NAMES)[number];

/** Per quality the set of uses that it allows, as a sum of `Use`. */
export type PricePolicy = readonly number[];

const SEEN_AND_VALUED = Use.show + Use.value;
export const DEFAULT_POLICY: PricePolicy = [
  USES_ALL,
  SEEN_AND_VALUED,
  SEEN_AND_VALUED,
  SEEN_AND_VALUED,
  Use.show,
  Use.show,
];

/**
 * The default policy with rows replaced, or a sentence saying what is wrong. What is implausible can never open,
 * liquidate or settle: there is no price then, only the memory of one.
 */
export function policyOf(changes: Partial<Record<QualityName, readonly UseName[]>>): PricePolicy | string {
  const policy = [...DEFAULT_POLICY];
  for (const [name, uses] of Object.entries(changes)) {
    const quality = QUALITY_NAMES.indexOf(name as QualityName);
    if (quality === -1) return `no quality is called ${name}: use one of ${QUALITY_NAMES.join(', ')}`;
    let set = 0;
    for (const use of uses) {
      if (!USE_NAMES.includes(use))
        return `${name}: no use is called ${use}: use any of ${USE_NAMES.join(', ')}`;
      set |= Use[use];
    }
    if (quality === Quality.implausible && (set & ~SEEN_AND_VALUED) !== 0) {
      return 'implausible can allow show and value, nothing more: the price is one of the past';
    }
    policy[quality] = set;
  }
  return policy;
}

export function isAllowed(uses: number, use: UseName): boolean {
  return (uses & Use[use]) !== 0;
}

/** `['show', 'value']` of 3. */
export function useNames(uses: number): UseName[] {
  return USE_NAMES.filter((use) => isAllowed(uses, use));
}

export interface SystemLimit {
  /** Millionths of all accounts with positions. */
  readonly sharePpm: number;
  /** Under this many breaches it is never the system: with four accounts one is a quarter. */
  readonly accountsMin: number;
}
export const DEFAULT_SYSTEM_LIMIT: SystemLimit = { sharePpm: 100_000, accountsMin: 20 };

/**
 * Whether so many accounts would breach at once that it is the price, not the accounts. The caller counts: how many
 * accounts would newly be liquidatable under the prices of one command, and how many there are.
 */
export function isSystemImplausible(
  breaching: number,
  accounts: number,
  limit: SystemLimit = DEFAULT_SYSTEM_LIMIT,
): boolean {
  return breaching >= limit.accountsMin && breaching * 1e6 > accounts * limit.sharePpm;
}
