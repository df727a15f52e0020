/** What a book was drawn from, as lines for people and as JSON for reports: a rate without its book means nothing. */
import { BOOK, type BookOptions } from './book.ts';

export interface BookDescription {
  readonly text: readonly string[];
  readonly json: Readonly<Record<string, string | number | boolean>>;
}

export function describeBook(
  options: BookOptions & {
    readonly markets: number | readonly { readonly spec: { readonly name: string } }[];
  },
): BookDescription {
  const { accounts, seed, book, popularity, markets } = options;
  const mean = options.positionsPerAccountMean ?? 3;
  const leverageMax = BOOK.leverageMax[book];
  const count = typeof markets === 'number' ? markets : markets.length;
  const bound =
    book === 'spread'
      ? 'initial margin at its tiers'
      : `${BOOK.edgeShare * 100}% of maintenance margin at its tiers`;
  return {
    text: [
      `${accounts} accounts in ${count} markets, seed ${seed}`,
      `markets an account: 1 + binomial, mean ${Math.min(mean, count)}, chosen ${popularity === 'zipf' ? 'by popularity (zipf, weight 1/k)' : 'uniformly'}`,
      `gross notional: log-uniform ${BOOK.grossMin} to ${BOOK.grossMax}; longs and shorts alike`,
      `leverage (gross / equity): log-uniform 1 to ${leverageMax}x, and to what ${bound} allow${book === 'edge' ? ': some start liquidatable' : ''}`,
      `entry prices: within ${BOOK.scatter * 100}% of the mark and within half of what the leverage bears`,
      `1 position in ${BOOK.isolatedOneIn} isolated, 1 account in ${BOOK.hedgeAccountOneIn} hedged (both legs of one market), 1 position in ${BOOK.dustOneIn} dust (1 to ${BOOK.dustLotsMax} lots), 1 account in ${BOOK.ordersOneIn} with 1 to ${BOOK.ordersMax} open orders`,
    ],
    json: {
      accounts,
      markets: count,
      seed,
      book,
      popularity,
      positionsPerAccountMean: mean,
      leverageMax,
      leverageBound: book === 'spread' ? 'initialMargin' : 'maintenanceMargin',
      leverageBoundShare: book === 'spread' ? 1 : BOOK.edgeShare,
      leverageDistribution: 'logUniform',
      grossMin: BOOK.grossMin,
      grossMax: BOOK.grossMax,
      grossDistribution: 'logUniform',
      entryScatter: BOOK.scatter,
      isolatedOneIn: BOOK.isolatedOneIn,
      hedgeAccountOneIn: BOOK.hedgeAccountOneIn,
      dustOneIn: BOOK.dustOneIn,
      ordersOneIn: BOOK.ordersOneIn,
      asset: options.asset ?? 'USDT',
      decimals: options.decimals ?? 6,
      inclusive: options.inclusive ?? false,
    },
  };
}
