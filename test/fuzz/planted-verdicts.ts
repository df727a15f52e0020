/** The rules of quality, verdicts and the breaker (`core/schema/commands.ts`), each with what leaves it out of the core. */
import type { Patch } from './patched-core.ts';
import type { PlantedRule } from './planted-rules.ts';

const VERDICTS = 'engine/verdicts.ts';
const BREAKER = 'engine/breaker.ts';
const ROWS = 'engine/rows.ts';
const MARKETS = 'state/markets.ts';

const rule = (rule: string, file: string, find: string, replace: string): PlantedRule => {
  const patch: Patch = { file, find, replace };
  return { rule, patches: [patch] };
};

export const PLANTED_VERDICTS: readonly PlantedRule[] = [
  rule(
    'a hold is looked for in every position',
    VERDICTS,
    'if (markets.isHeld(market as never)) return true;',
    'return markets.isHeld(market as never);',
  ),
  rule(
    'what was held is announced when the last hold ends',
    VERDICTS,
    'if (markets.holdChanges === this.#holdChanges) {',
    'if (markets.holdChanges === this.#holdChanges || markets.heldCount === 0) {',
  ),
  rule(
    'what was liquidatable before a market was held is held with it',
    VERDICTS,
    '      for (const bucket of this.#liquidatable()) judge(bucket, buckets.levels[bucket]);\n    }',
    '    }',
  ),
  rule(
    'a position taken or closed in a held market changes the verdict without a level',
    VERDICTS,
    'for (const bucket of this.#restated(command)) judge(bucket, buckets.levels[bucket]);',
    '',
  ),
  rule(
    'level changes of held buckets are reported with the level by reference',
    VERDICTS,
    'from !== to || (isHeld && level !== was) ?',
    'from !== to ?',
  ),
  rule(
    'only held markets stand at their reference',
    'engine/reference-level.ts',
    'if (!markets.isHeld(market)) continue;',
    '',
  ),
  rule(
    'a plain mark does not clear a hold',
    ROWS,
    '  watch.moveAll(inside);\n',
    '  watch.moveAll(inside);\n' +
      '  for (const { market } of marks)\n' +
      '    if (book.markets.isHeld(market)) book.markets.setQuality(market, Quality.ok, USES_ALL, MARK_NONE, 0);\n',
  ),
  rule(
    'an implausible mark does not come in',
    ROWS,
    '  if (mark !== null && quality === Quality.implausible) return Reason.mark_implausible;\n',
    '',
  ),
  rule(
    'funding is not settled by a price that does not allow it',
    ROWS,
    '  if (!book.markets.isAllowed(market, Use.settle)) return Reason.market_held;\n',
    '',
  ),
  rule(
    'since when a quality holds starts over when it changes, and only then',
    MARKETS,
    'if (!isSame) this.fields',
    'this.fields',
  ),
  rule(
    'a good quality does not lift what the breaker holds',
    MARKETS,
    '    if (!isSame) this.fields',
    '    if (quality === Quality.ok) this.fields[base + MarketField.trippedSince] = NEVER;\n' +
      '    if (!isSame) this.fields',
  ),
  rule(
    'the breaker counts accounts, not buckets',
    BREAKER,
    'if (account !== before) accounts++;',
    'accounts++;',
  ),
  rule(
    'the breaker does not count what is held already',
    BREAKER,
    'if (!holdsHeldMarket(book, bucket)) fallen.push(bucket);',
    'fallen.push(bucket);',
  ),
  rule(
    'exactly the share does not trip the breaker',
    BREAKER,
    '(product + num - 1n) / num',
    'product / num + 1n',
  ),
  rule(
    'the breaker sets accounts against those that hold positions',
    BREAKER,
    'if (row !== END && ++holders >= enough) return null;',
    'if (++holders >= enough) return null;',
  ),
  rule(
    'the breaker blames the markets that the command moved',
    BREAKER,
    'held.filter((market) => moved.has(market))',
    'held',
  ),
];
