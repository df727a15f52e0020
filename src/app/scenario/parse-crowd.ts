/** Statements that stand for many: paths of marks, crowds of accounts, ladders of orders. */
import { parseRational, compare } from '../../core/num/rational.ts';
import type { Cursor } from './cursor.ts';
import type { Anchor, CrowdStatement, LadderStatement, PathStatement } from './statements.ts';
import { quoted, type Word } from './words.ts';

const CROWD_MAX = 1_000_000;
const STEPS_MAX = 1_000_000;

/** `every 1s  BTC-PERP to 104000 over 5m to 101400 over 2m  and ETH-PERP to 3450 over 7m` */
export function parsePath(cursor: Cursor): PathStatement {
  cursor.expect('every', 'a time span');
  const everyUs = cursor.duration('a time span');
  if (everyUs < 1) throw cursor.fail(null, 'a path takes a time span above 0 from mark to mark');
  const markets: { market: Word; anchors: Anchor[] }[] = [];
  do {
    const market = cursor.market();
    if (markets.some((other) => other.market.text === market.text))
      throw cursor.fail(market, `${quoted(market.text)} has its path in this line already`);
    const anchors: Anchor[] = [];
    do {
      cursor.expect('to', 'a price');
      const price = cursor.decimal('a price');
      cursor.expect('over', 'a time span');
      const overUs = cursor.duration('a time span');
      if (overUs < everyUs || overUs % everyUs !== 0 || overUs / everyUs > STEPS_MAX)
        throw cursor.fail(
          price,
          `the way to ${price.text} must be a whole number of steps from mark to mark, up to ${STEPS_MAX}`,
        );
      anchors.push({ price, overUs });
    } while (cursor.ahead === 'to');
    markets.push({ market, anchors });
  } while (cursor.take('and'));
  return { kind: 'path', everyUs, markets };
}

/** `100 whale BTC-PERP long at 50000 against street notional 1000 to 1000000 pareto 1.2 leverage 2 to 20 seed 7` */
export function parseCrowd(cursor: Cursor): CrowdStatement {
  const count = cursor.whole('a number of accounts', 1);
  if (count > CROWD_MAX) throw cursor.fail(null, `a crowd has at most ${CROWD_MAX} accounts`);
  const prefix = cursor.newName('a name for the crowd');
  const market = cursor.market();
  const side = cursor.choice('a side', ['long', 'short', 'both']);
  cursor.expect('at', 'a price');
  const price = cursor.decimal('a price');
  cursor.expect('against', 'an account');
  const against = cursor.account();
  let notional: [Word, Word] | null = null;
  let leverage: [Word, Word] | null = null;
  let exponent: Word = { text: '1', column: prefix.column };
  let seed = 1;
  const span = (what: string): [Word, Word] => {
    const least = cursor.decimal(what);
    const most = cursor.take('to') ? cursor.decimal(what) : least;
    const [low, high] = [parseRational(least.text)!, parseRational(most.text)!];
    if (low.num <= 0n || compare(low, high) > 0)
      throw cursor.fail(least, `${least.text} to ${most.text} is no range above zero`);
    return [least, most];
  };
  cursor.options({
    notional: () => (notional = span('a notional')),
    leverage: () => (leverage = span('a leverage')),
    pareto: () => {
      exponent = cursor.decimal('an exponent');
      if (parseRational(exponent.text)!.num <= 0n)
        throw cursor.fail(exponent, 'the exponent must be above 0');
    },
    seed: () => (seed = cursor.whole('a seed', 0)),
  });
  if (notional === null) throw cursor.fail(null, 'a crowd needs "notional LEAST to MOST"');
  if (leverage === null) throw cursor.fail(null, 'a crowd needs "leverage LEAST to MOST"');
  for (let number = 1; number <= count; number++) cursor.scope.accounts.add(crowdName(prefix.text, number));
  const [[least, most], [leverageLeast, leverageMost]] = [notional, leverage] as [[Word, Word], [Word, Word]];
  return {
    kind: 'crowd',
    count,
    prefix: prefix.text,
    market,
    side,
    price,
    least,
    most,
    exponent,
    leverageLeast,
    leverageMost,
    against,
    seed,
  };
}

/** `whale-1` is the first of a crowd of whales. */
export function crowdName(prefix: string, number: number): string {
  return `${prefix}-${number}`;
}

/** `BTC-PERP street levels 20 step 0.1% size 10`, on both sides of the mark, in place of what the account had in the book. */
export function parseLadder(cursor: Cursor): LadderStatement {
  const market = cursor.market();
  const account = cursor.account();
  const sides =
    cursor.ahead === 'bids' || cursor.ahead === 'asks' ? cursor.choice('a side', ['bids', 'asks']) : 'both';
  cursor.expect('levels', 'a number of levels');
  const levels = cursor.whole('a number of levels', 1);
  cursor.expect('step', 'a share of the price');
  const step = cursor.rate('a share of the price');
  cursor.expect('size', 'a size');
  const size = cursor.decimal('a size');
  const around = cursor.take('around') ? cursor.decimal('a price') : null;
  return { kind: 'ladder', market, account, levels, step, size, sides, around };
}
