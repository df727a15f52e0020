/** An explanation for people: every number with the arithmetic that gives it, so that it can be checked by hand. */
import { ratioText } from '../../core/calculator/print.ts';
import type { PriceAnswer } from '../../core/margin/liquidation-price.ts';
import { fraction } from '../../core/num/rational.ts';
import { Form } from '../../core/schema/commands.ts';
import { Level, LEVEL_NAMES } from '../../core/schema/levels.ts';
import { useNames } from '../../core/price/quality.ts';
import { QUALITY_NAMES, USES_ALL, Verdict } from '../../core/schema/quality.ts';
import { ORDER_MARGIN_NAMES } from '../../io/ingest/file/decode.ts';
import { table, type Paint } from '../cli/output.ts';
import {
  inequality,
  fundingText,
  thresholdsOf,
  type CutFacts,
  type CutState,
  type Explained,
} from './document.ts';
import { abs, type BucketFacts, type PositionFacts } from './facts.ts';
import { rateText, timeText, type Units } from './units.ts';
import type { MarkOrigin } from './origins.ts';
import type { Moment } from './walk.ts';

const SHOWN = 10;

export function explanationText(explained: Explained, hash: string, paint: Paint): string[] {
  const { row, name, cut, first, last } = explained;
  const { engine, units, buckets } = cut;
  const worst = Math.max(0, ...buckets.map(({ level }) => level)) as Level;
  return [
    `${paint('bold', `Account ${name}`)} (row ${row}): ${levelText(worst, paint)}`,
    '',
    ...table([
      ['cut', `sequence ${engine.sequence} of ${last}, engine time ${timeText(engine.timeUs)}`],
      ...engine.sources.map(({ name, position, gapped }): [string, string] => [
        'source',
        `${name} ${position === null ? 'nothing read yet' : `at position ${position}`}${gapped ? ', GAPPED: what follows is missing' : ''}`,
      ]),
      ...exemptionText(cut, paint),
      ...cut.marks.flatMap((mark): [string, string][] => [
        ['mark', markText(mark, units)],
        ...qualityText(mark, cut, paint),
      ]),
    ]),
    ...(first > 1 ? ['', `  Records before ${first} were pruned: what was first is first since then.`] : []),
    ...buckets.flatMap((bucket) => ['', ...bucketText(bucket, cut, paint)]),
    ...marginText(cut),
    '',
    ...historyText(explained, paint),
    '',
    `  ${hash}`,
  ];
}

/** Whoever is exempt is not liquidated, whatever stands below. */
function exemptionText({ exemption }: CutFacts, paint: Paint): [string, string][] {
  if (exemption === undefined || exemption === null) return [];
  const { by } = exemption;
  const who =
    by === null ? '' : `, by sequence ${by.sequence}, ${timeText(by.timeUs)}: ${JSON.stringify(by.text)}`;
  return [['exempt', paint('yellow', `from liquidation${who}`)]];
}

/** What an account of an exchange could open. */
function marginText({ ordersMargin: margin, engine, units }: CutFacts): string[] {
  if (margin === undefined) return [];
  if (margin === null)
    return [
      '',
      `  Within a command: --seq ${engine.sequence} has initial margin and free collateral, as it left them.`,
    ];
  const { orders, crossEquity, initialMargin } = margin;
  const [equity, initial] = [BigInt(crossEquity), BigInt(initialMargin)];
  const money = aligned([initial, equity - initial], units);
  const count = orders === 0 ? 'no orders' : orders === 1 ? '1 order' : `${orders} orders`;
  return [
    '',
    'to open more',
    ...table(
      [
        [
          'initial margin',
          `${money(initial)}  of its positions and ${count}, as far as cross answers for them`,
        ],
        [
          'free collateral',
          `${money(equity - initial)}  = cross equity ${units.money(equity)} - initial margin`,
        ],
      ],
      '  ',
    ),
  ];
}

function bucketText(bucket: BucketFacts, cut: CutFacts, paint: Paint): string[] {
  const { engine, units } = cut;
  const { equity, maintenance, collateral, unrealized, accrued, charge, positions } = bucket;
  const health = maintenance === 0n ? 'none: nothing is required' : ratioText(fraction(equity, maintenance));
  const money = aligned(
    [
      equity,
      collateral,
      unrealized,
      accrued,
      maintenance,
      charge,
      equity - maintenance,
      ...positions.map((position) => position.maintenance),
    ],
    units,
  );
  return [
    `${paint('bold', bucket.name)}: ${levelText(bucket.level, paint)}${verdictText(bucket, paint)}`,
    `  ${paint(bucket.level >= Level.liquidatable ? 'red' : 'green', inequality(bucket, units))}`,
    '',
    ...table(
      [
        ['equity', `${money(equity)}  = collateral + unrealized + funding`],
        ['  collateral', money(collateral)],
        ['  unrealized', money(unrealized)],
        ['  funding', `${money(accrued)}  accrued and not settled`],
        ['maintenance', `${money(maintenance)}  = positions + orders`],
        ...positions.map((position): [string, string] => [
          `  ${positionName(position, units)}`,
          money(position.maintenance),
        ]),
        ['  orders', money(charge)],
        ['excess', `${money(equity - maintenance)}  = equity - maintenance`],
        ['health', `${health}${maintenance === 0n ? '' : '  = equity / maintenance'}`],
      ],
      '  ',
    ),
    ...positions.flatMap((position) => ['', ...positionText(position, engine, units)]),
    ...ordersText(bucket, cut),
    '',
    '  levels',
    ...thresholdLines(bucket, cut, paint),
    ...savedText(bucket, units, paint),
  ];
}

function positionText(position: PositionFacts, engine: CutState, units: Units): string[] {
  const { market, base, form } = position;
  const isOnEntry = engine.specs[market].basis === 1 && form !== Form.collateral;
  return [
    `  ${positionName(position, units)}`,
    ...table(
      [
        ...worthLines(position, units),
        ...(isOnEntry ? [['margin on', `${units.money(base)}  = the absolute cost basis`] as const] : []),
        ...(form === Form.collateral ? [] : requirementLines(position, engine, units)),
        ['liquidation price', answerText(position.liquidation, 'liquidatable', market, units)],
        ['bankruptcy price', answerText(position.bankruptcy, 'bankrupt', market, units)],
      ],
      '    ',
    ),
  ];
}

/** What the position needs, and the funding that it accrues: an asset neither. */
function requirementLines(
  position: PositionFacts,
  engine: CutState,
  units: Units,
): (readonly [string, string])[] {
  const { market, size, accrued, base, tier, line, unrounded, maintenance, fundingAtEntry } = position;
  const { closeFee } = engine.specs[market];
  const feeText = closeFee.num === 0 ? '' : ` + close fee ${rateText(closeFee)}`;
  const rate = closeFee.num === 0 ? rateText(line.mmr) : `(${rateText(line.mmr)} + ${rateText(closeFee)})`;
  const cum = units.exact({ num: line.cut, den: line.den });
  const index = fundingText(BigInt(engine.fundingIndices[market]), units);
  return [
    [
      'tier',
      `${tier + 1} of ${engine.tiers[market].length}, from ${units.money(line.floor)}: rate ${rateText(line.mmr)}, deduction ${cum}${feeText}`,
    ],
    [
      'maintenance',
      `${units.money(maintenance)}  = ${units.money(base)} x ${rate} - ${cum} = ${units.exact(unrounded)}, rounded up`,
    ],
    [
      'funding',
      `${units.money(accrued)}  = ${-size} lots x (index ${index} - ${fundingText(fundingAtEntry, units)} at entry), rounded down`,
    ],
  ];
}

/** Size, entry price, profit and notional, by the form of the market. */
function worthLines(position: PositionFacts, units: Units): (readonly [string, string])[] {
  const { market, form, size, cost, mark, lotValue, unrealized, notional } = position;
  const price = units.mark(market, mark);
  const lots = units.size(market, size);
  const lot = units.money(lotValue);
  if (form === Form.collateral)
    return [
      ['balance', lots],
      [
        'a lot',
        `${lot}  = ${units.grid(market).lot} x ${price} x ${units.weight(market)}, the price rounded down to a mark tick`,
      ],
      ['worth', `${units.money(unrealized)}  = ${size} lots x ${lot}`],
    ];
  const side: readonly [string, string] = ['size', `${lots}  (${size > 0n ? 'long' : 'short'})`];
  const entry = units.entryPrice(market, cost, size);
  const basis = units.money(cost);
  if (form === Form.inverse)
    return [
      side,
      ['entry price', `${entry}  = ${lots} x ${units.contractValue(market)} / cost basis ${basis}`],
      [
        'a lot',
        `${lot}  = ${units.grid(market).lot} x ${units.contractValue(market)} / ${price}, rounded to the unit`,
      ],
      ['unrealized', `${units.money(unrealized)}  = ${basis} - ${size} lots x ${lot}`],
      ['notional', `${units.money(notional)}  = ${abs(size)} lots x ${lot}`],
    ];
  return [
    side,
    ['entry price', `${entry}  = cost basis ${basis} / ${lots}`],
    ['unrealized', `${units.money(unrealized)}  = ${lots} x ${price} - ${basis}`],
    ['notional', `${units.money(notional)}  = ${units.size(market, abs(size))} x ${price}`],
  ];
}

function answerText(
  { price, reason }: PriceAnswer,
  what: 'liquidatable' | 'bankrupt',
  market: number,
  units: Units,
): string {
  const others = 'other marks as they are';
  if (price === null) return reason === null ? 'none' : `none: ${reason.replaceAll('_', ' ')}`;
  if (reason !== null)
    return `${units.mark(market, price)}  the last ${what} mark: it is already, and one tick of ${units.grid(market).markTick} further it would not be; ${others}`;
  return `${units.mark(market, price)}  the first ${what} mark; ${others}`;
}

function ordersText({ orders, charges }: BucketFacts, { engine, units }: CutFacts): string[] {
  if (orders.length === 0) return [];
  return [
    '',
    '  open orders',
    ...table(
      [
        ...orders
          .slice(0, SHOWN)
          .map(({ id, market, size, price, notional }): [string, string] => [
            `#${id} ${units.market(market)}`,
            `${size > 0 ? 'buy' : 'sell'} ${units.size(market, Math.abs(size))} at ${units.price(market, price)}: ${units.money(notional)}`,
          ]),
        ...(orders.length > SHOWN ? [['…', `${orders.length - SHOWN} more`] as const] : []),
        ...charges.map(({ market, bids, asks, charge }): [string, string] => {
          const { orderMargin, orderRate } = engine.specs[market];
          const rule = ORDER_MARGIN_NAMES[orderMargin];
          const side =
            rule === 'none'
              ? 'orders charge nothing here'
              : `${rateText(orderRate)} of the ${rule === 'worst' ? 'larger side' : 'sum'} of bids ${units.money(bids)} and asks ${units.money(asks)}, rounded up`;
          return [`charge ${units.market(market)}`, `${units.money(charge)}  = ${side}`];
        }),
      ],
      '    ',
    ),
  ];
}

function thresholdLines(bucket: BucketFacts, { engine, units }: CutFacts, paint: Paint): string[] {
  const thresholds = thresholdsOf(bucket, engine);
  const money = aligned(
    thresholds.map(({ equityLeast }) => equityLeast),
    units,
  );
  return table(
    thresholds.map(({ level, health, equityLeast, isBreached }): [string, string] => {
      const isInclusive = level === Level.liquidatable && engine.inclusive;
      const state = isBreached ? paint('red', 'breached') : 'holds';
      return [
        LEVEL_NAMES[level],
        `health ${isInclusive ? 'at or under' : 'under'} ${rateText(health)}: equity must be at least ${money(equityLeast)}  ${state}`,
      ];
    }),
    '    ',
  );
}

function savedText({ topUp, positions, equity }: BucketFacts, units: Units, paint: Paint): string[] {
  if (topUp === null) return [];
  return [
    '',
    `  ${paint('bold', 'what would have been enough')}`,
    ...table(
      [
        [
          'top up',
          `${units.money(topUp)} ${units.asset}: equity ${units.money(equity + topUp)}; one unit less and it is not enough`,
        ],
        ...positions.flatMap((position): [string, string][] => {
          if (position.reduction === null) return [];
          const { lots, maintenance } = position.reduction;
          const name = `or close ${positionName(position, units)}`;
          const all = units.size(position.market, abs(position.size));
          if (lots === null)
            return [
              [name, `all ${all} is not enough: maintenance would still be ${units.money(maintenance)}`],
            ];
          return [
            [
              name,
              `${units.size(position.market, lots)} of ${all} at the mark, without fees: maintenance ${units.money(maintenance)}; one lot less and it is not enough`,
            ],
          ];
        }),
      ],
      '    ',
    ),
  ];
}

function historyText({ episodes, nameOf, cut }: Explained, paint: Paint): string[] {
  const { units } = cut;
  if (episodes.length === 0) return [`  ${paint('green', 'never liquidatable')} in all that the journal has`];
  return [
    `  ${paint('bold', 'liquidatable')} ${episodes.length === 1 ? 'once' : `${episodes.length} times`} in all that the journal has`,
    ...episodes.slice(0, SHOWN).flatMap((episode) => [
      `    ${nameOf(episode)}, at worst ${LEVEL_NAMES[episode.worst]}`,
      ...table(
        [
          ['from', momentText(episode.start, units)],
          ['to', episode.end === null ? 'it still is at the end' : momentText(episode.end, units)],
        ],
        '      ',
      ),
    ]),
    ...(episodes.length > SHOWN ? [`    … and ${episodes.length - SHOWN} times more`] : []),
  ];
}

function momentText({ sequence, timeUs, kind, from, to, marks }: Moment, units: Units): string {
  const by =
    marks.length === 0
      ? `a command of kind ${kind}`
      : marks
          .map(
            (mark) =>
              `${units.market(mark.market)} ${mark.before === null ? '' : `${units.mark(mark.market, mark.before)} -> `}${units.mark(mark.market, mark.price)}${sourceText(mark, units, ' (', ')')}`,
          )
          .join(', ');
  return `sequence ${sequence}, ${timeText(timeUs)}: ${LEVEL_NAMES[from]} -> ${LEVEL_NAMES[to]} by ${by}`;
}

function markText(mark: MarkOrigin, units: Units): string {
  const { market, price, sequence, timeUs } = mark;
  const set =
    sequence === 0
      ? 'set before the records that are left'
      : `set by sequence ${sequence}, ${timeText(timeUs)}`;
  return `${units.market(market)} ${units.mark(market, price)}, ${set}${sourceText(mark, units, ': ', '')}`;
}

/** Said where the price is not good for everything. */
function qualityText({ market }: MarkOrigin, { engine, units }: CutFacts, paint: Paint): [string, string][] {
  const { quality, uses, isTripped, isHeld, reference } = engine.qualities[market];
  if (uses === USES_ALL && !isTripped) return [];
  const why = isTripped ? 'the breaker holds it' : QUALITY_NAMES[quality];
  const held = isHeld ? 'HELD: nothing is liquidated by it' : `good to ${useNames(uses).join(', ')}`;
  const beside = reference === null ? '' : `; reference ${units.mark(market, reference)}`;
  return [['', paint('yellow', `${why}: ${held}${beside}`)]];
}

function verdictText({ verdict, referenceLevel }: BucketFacts, paint: Paint): string {
  if (verdict !== Verdict.held) return '';
  const by = referenceLevel === null ? '' : `; by the reference price it is ${LEVEL_NAMES[referenceLevel]}`;
  return paint('yellow', `, HELD${by}`);
}

/** What the source said, unless that was the mark itself. */
function sourceText(
  { market, price, text }: MarkOrigin,
  units: Units,
  before: string,
  after: string,
): string {
  return text === '' || text === units.mark(market, price) ? '' : `${before}${text}${after}`;
}

function positionName({ market, leg }: PositionFacts, units: Units): string {
  return `${units.market(market)}${leg === 0 ? '' : leg === 1 ? ' long leg' : ' short leg'}`;
}

/** Amounts that end in one column. */
function aligned(amounts: readonly bigint[], units: Units): (amount: bigint) => string {
  const width = Math.max(0, ...amounts.map((amount) => units.money(amount).length));
  return (amount) => units.money(amount).padStart(width);
}

function levelText(level: Level, paint: Paint): string {
  const name = LEVEL_NAMES[level].toUpperCase();
  return level >= Level.liquidatable
    ? paint('red', name)
    : level > Level.safe
      ? paint('yellow', name)
      : paint('green', name);
}
