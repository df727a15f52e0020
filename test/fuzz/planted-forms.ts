/** What inverse markets and assets held as collateral ask for (`ContractCommand`), each with what leaves it out of the core. */
import type { PlantedRule } from './planted-rules.ts';

const FORMS = 'state/forms.ts';
const ROWS = 'engine/rows.ts';

const rule = (rule: string, file: string, find: string, replace: string): PlantedRule => ({
  rule,
  patches: [{ file, find, replace }],
  style: 'forms',
});

export const PLANTED_FORMS: readonly PlantedRule[] = [
  rule(
    'what is held in an inverse market is turned round',
    FORMS,
    'this.sign = form === Form.inverse ? -1 : 1;',
    'this.sign = 1;',
  ),
  rule(
    'funding of an inverse market is turned round',
    ROWS,
    'watch.fund(command.market, book.markets.sign(command.market) * command.index + 0);',
    'watch.fund(command.market, command.index + 0);',
  ),
  rule(
    'a lot of an inverse market is rounded to the nearest unit',
    FORMS,
    'return twice > den || (twice === den && floor % 2n === 1n) ? floor + 1n : floor;',
    'return floor;',
  ),
  rule('of two units as near the even one', FORMS, 'twice === den && floor % 2n === 1n', 'twice === den'),
  rule(
    'fills of an inverse market are rounded against the account',
    FORMS,
    '? ceilDiv(lots * this.tickNum, this.tickDen * at)',
    '? floorDiv(lots * this.tickNum, this.tickDen * at)',
  ),
  rule(
    'order prices of an inverse market are in ticks, its marks in mark ticks',
    FORMS,
    'this.tickNum = this.#num * BigInt(markUnit) * BigInt(tickUnit.den);',
    'this.tickNum = this.#num * BigInt(tickUnit.den);',
  ),
  rule(
    'an asset counts for its price less its haircut',
    FORMS,
    ': floorDiv(this.#num * BigInt(mark), this.#den);',
    ': BigInt(mark);',
  ),
  rule(
    'and is rounded down',
    FORMS,
    ': floorDiv(this.#num * BigInt(mark), this.#den);',
    ': ceilDiv(this.#num * BigInt(mark), this.#den);',
  ),
  rule(
    'a reference has its haircut taken, too',
    'engine/reference-level.ts',
    'const inside = BigInt(markets.inside(market, reference));',
    'const inside = BigInt(markets.terms[market]?.form === 2 ? reference : markets.inside(market, reference));',
  ),
  rule(
    'a reference of an inverse market is one of price',
    'engine/reference-level.ts',
    'const inside = BigInt(markets.inside(market, reference));',
    'const inside = BigInt(markets.terms[market]?.form === 1 ? reference : markets.inside(market, reference));',
  ),
  rule(
    'an asset whose price is held holds whoever has it',
    'engine/verdicts.ts',
    'if (markets.isHeld(market as never)) return true;',
    'if (markets.isHeld(market as never) && markets.terms[market]?.form !== 2) return true;',
  ),
  rule('a balance is never below zero', ROWS, 'if (size < 0) return Reason.balance_negative;', ''),
  rule(
    'nothing was ordered in a market before it is said what it is',
    'engine/definitions.ts',
    '    !book.orders.areIn(market);',
    '    true;',
  ),
];
