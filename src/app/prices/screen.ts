/** A status as lines for people: a table of markets, why a price is not good, its sources, the venues, the alerts. Pure. */
import type { SourceExplanation } from '../../core/price/explain-price.ts';
import { grouped, type Paint, type Style } from '../cli/output.ts';
import { columnsOf, paintedLine, type Align, type Part } from '../cli/parts.ts';
import type { VenueStatus } from './live.ts';
import { RISK, type SignalView } from './signals.ts';
import type { PricesStatus } from './status.ts';
import type { FundingView, MarketView } from './view.ts';

const NONE = '-';
const ALERTS_SHOWN = 5;
const SIGNALS_SHOWN = 3;
const MARKET_ALIGNS: readonly Align[] = [
  'left',
  'right',
  'right',
  'right',
  'right',
  'right',
  'right',
  'left',
];

/** Lines of at most `width` letters. What matters most comes first: a low screen shows that. */
export function screenLines(status: PricesStatus, width: number, paint: Paint): string[] {
  return [
    [
      ['bold', 'prices'],
      `  ${status.mode} ${modeText(status)}, ${grouped(status.events)} events, ${status.sourcesMin} ${status.sourcesMin === 1 ? 'source' : 'sources'} needed  `,
      ['dim', 'Ctrl-C ends it'],
    ] satisfies Part[],
    [],
    ...summaryParts(status),
  ].map((parts) => paintedLine(parts, width, paint));
}

/** The same when it is over, without a screen around it. */
export function finalLines(status: PricesStatus, paint: Paint): string[] {
  return summaryParts(status).map((parts) => paintedLine(parts, Infinity, paint));
}

/** One line a market, for logs and pipes. */
export function plainLine(view: MarketView): string {
  const { market, index, mark, last, funding, quality, sourcesFresh, sourcesAgreeing } = view;
  return [
    `${timeOfDay(view.timeUs)} ${market}`,
    `index ${index ?? NONE} mark ${mark ?? NONE}${view.isMarkKept ? ' (kept)' : ''} last ${last ?? NONE}`,
    `basis ${basisText(view)} bp`,
    `funding ${fundingRate(funding)}`,
    `vol ${percent(view.volatility.ewma, 1)}`,
    `${quality}, ${sourcesAgreeing} of ${sourcesFresh} fresh agree, ${view.sourcesMin} needed`,
  ].join(' | ');
}

export function alertLine({
  code,
  severity,
  isRaised,
  market,
  source,
  detail,
  timeUs,
}: PricesStatus['alerts'][number]): string {
  const about = [market, source].filter((word) => word !== null).join(' ');
  return `${timeOfDay(timeUs)} ${isRaised ? severity : 'over'} ${code} ${about}: ${detail}`;
}

function summaryParts(status: PricesStatus): Part[][] {
  const { markets, venues, alerts, alertCount, problems } = status;
  return [
    ...marketTable(markets),
    ...reasonParts(markets),
    [],
    ...(venues.length === 0 ? [] : [...venueParts(venues), []]),
    ...sourceTable(markets),
    [],
    ...markets.filter(({ index, mark }) => index !== null || mark !== null).flatMap(detailParts),
    ...signalParts(status.signals),
    ...(alertCount === 0
      ? []
      : [
          [],
          [
            ['bold', 'latest alerts'],
            ['dim', `   ${grouped(alertCount)} so far`],
          ] satisfies Part[],
          ...alerts
            .slice(-ALERTS_SHOWN)
            .toReversed()
            .map((alert): Part[] => [[alert.isRaised ? 'yellow' : 'green', `  ${alertLine(alert)}`]]),
        ]),
    ...problems.map(({ code, count, last }): Part[] => [
      ['red', `  ${grouped(count)} ${code}`],
      `, the last: ${last}`,
    ]),
  ];
}

function marketTable(views: readonly MarketView[]): Part[][] {
  const heads = ['market', 'index', 'mark', 'last', 'basis bp', 'funding', 'vol', 'quality'];
  return columnsOf(
    [
      heads.map((head): Part => ['dim', head]),
      ...views.map((view): Part[] => [
        ['bold', view.market],
        shortened(view.index, view.decimals),
        [view.isMarkKept ? 'yellow' : 'bold', shortened(view.mark, view.decimals)],
        shortened(view.last, view.decimals),
        basisText(view),
        fundingRate(view.funding),
        percent(view.volatility.ewma, 0),
        [view.quality === 'ok' ? 'green' : 'yellow', view.quality],
      ]),
    ],
    MARKET_ALIGNS,
  );
}

/** Why prices are not good; markets with the same reasons are said together. */
function reasonParts(views: readonly MarketView[]): Part[][] {
  const groups = new Map<string, MarketView[]>();
  for (const view of views.filter(({ quality }) => quality !== 'ok')) {
    const key = JSON.stringify([view.quality, view.uses, view.reasons]);
    groups.set(key, [...(groups.get(key) ?? []), view]);
  }
  return [...groups.values()].flatMap((group): Part[][] => {
    const [{ quality, uses, reasons }] = group;
    const names = group.map(({ market }) => market).join(', ');
    const good = uses.length === 0 ? 'nothing' : `${uses.join(' and ')} only`;
    return [
      ['  ', ['yellow', `${names}: ${quality}`], `, good for ${good}`],
      ...reasons.map((reason): Part[] => [['dim', `    ${reason}`]]),
    ];
  });
}

/** Markets of one base asset share their sources, each with its own weights. */
function sourceTable(views: readonly MarketView[]): Part[][] {
  const heads = ['source', '', 'price', 'off bp', 'age', 'weight', 'status'];
  const rows = new Map<
    string,
    { readonly source: SourceExplanation; readonly view: MarketView; weights: string[] }
  >();
  for (const view of views) {
    for (const source of [...view.sources, ...view.perps]) {
      const known = rows.get(`${source.venue} ${source.symbol}`);
      const weight = `${source.say}/${source.weight}`;
      if (known === undefined)
        rows.set(`${source.venue} ${source.symbol}`, { source, view, weights: [weight] });
      else if (!known.weights.includes(weight)) known.weights.push(weight);
    }
  }
  if (rows.size === 0) return [[['dim', 'no index sources: there is nothing to compare the book with']]];
  return columnsOf(
    [
      heads.map((head): Part => ['dim', head]),
      ...[...rows.values()].map(({ source, view, weights }): Part[] => [
        source.venue,
        source.symbol,
        shortened(source.price, view.decimals + 1),
        offText(source.price, view.index),
        source.price === null ? NONE : seconds(source.ageUs / 1e6),
        weights.join(' '),
        [statusStyle(source), source.status],
      ]),
    ],
    ['left', 'left', 'right', 'right', 'right', 'left', 'left'],
  );
}

/** Those that something is wrong with, a line each; the others together. */
function venueParts(venues: readonly VenueStatus[]): Part[][] {
  const isWell = ({ state, problem, requests }: VenueStatus): boolean =>
    state === 'open' && problem === null && requests.waiting === 0;
  const well = venues.filter(isWell);
  return [
    ...(well.length === 0
      ? []
      : [
          [
            ['green', 'open'],
            `  ${well.map(({ venue, frames }) => `${venue} ${grouped(frames)}`).join(', ')} frames`,
          ] satisfies Part[],
        ]),
    ...columnsOf(
      venues
        .filter((status) => !isWell(status))
        .map((status): Part[] => [
          status.venue,
          [status.state === 'open' ? 'green' : 'yellow', venueText(status)],
        ]),
      ['left', 'left'],
    ),
  ];
}

/** What is wrong, and what happens next. */
export function venueText({
  state,
  trouble,
  nextTryMs,
  tries,
  reconnects,
  requests,
  problem,
  problems,
}: VenueStatus): string {
  const next = nextTryMs === null ? 'trying now' : `next try in ${seconds(nextTryMs / 1000)}`;
  const reach = {
    open: reconnects === 0 ? 'open' : `open, reconnected ${grouped(reconnects)} times`,
    opening: 'connecting',
    unreachable: `not reached (${trouble}), ${next}, ${grouped(tries)} tries`,
  }[state];
  const asked =
    requests.trouble === null || requests.waiting === 0 ? '' : `; ${requests.trouble}, asked again`;
  const wrong = problem === null ? '' : `; ${grouped(problems)} unusable, the last: ${problem}`;
  return `${reach}${asked}${wrong}`;
}

function detailParts(view: MarketView): Part[][] {
  const { market, venue, symbol, funding, published, volatility, band, decimals } = view;
  const own = venue === null ? 'index only' : `${venue} ${symbol}`;
  const z =
    view.basisZScore === null ? '' : `, basis ${view.basisZScore.toFixed(1)} deviations from its mean`;
  return [
    [
      ['bold', market],
      ['dim', `   ${own}, mark by ${view.rule}${z}`],
    ],
    ...(published === null
      ? []
      : [
          [
            `  ${venue} says  mark ${shortened(published.mark, decimals)}, index ${shortened(published.index, decimals)}, funding ${rateText(published.fundingRate)}, ${seconds(published.ageMs / 1000)} ago`,
          ] satisfies Part[],
        ]),
    ...(funding === null
      ? []
      : [
          [
            `  funding  ${rateText(funding.rate)} in ${clock(funding.leftSeconds)}, ${funding.samples} of ${funding.expected} samples, by ${funding.rule}`,
          ] satisfies Part[],
        ]),
    [
      `  volatility  realised ${percent(volatility.realized, 1)}, EWMA ${percent(volatility.ewma, 1)} a year, of ${volatility.returns} steps of ${volatility.everySeconds} s`,
    ],
    ...indicatorParts(view),
    [
      band === null
        ? '  band  none without an index'
        : `  band  ${shortened(band.lower, decimals)} to ${shortened(band.upper, decimals)} (${(band.halfWidthPpm / 1e4).toFixed(2)} %), 24 h ${percent(view.dayChange, 2)}${view.openInterest === null ? '' : `, open interest ${view.openInterest}`}`,
    ],
  ];
}

/** Nothing before the first of them is there. */
function indicatorParts({ indicators, decimals }: MarketView): Part[][] {
  const { emaFast, emaSlow, emaSteps, rsi, everySeconds } = indicators;
  if (emaFast === null) return [];
  const [fast, slow] = emaSteps;
  const strength = rsi === null ? '' : `, RSI ${rsi.toFixed(0)}`;
  return [
    [
      `  averages  ${shortened(emaFast, decimals)} of ${fast}, ${shortened(emaSlow, decimals)} of ${slow} steps of ${everySeconds} s${strength}`,
    ],
  ];
}

/** The best that are worth their costs; nothing where none is. */
function signalParts(signals: readonly SignalView[]): Part[][] {
  const ranked = signals.filter(({ dropped }) => dropped === null);
  if (ranked.length === 0) return [];
  const bp = (fraction: number | null): string => (fraction === null ? NONE : signed(fraction * 1e4, 1));
  const heads = ['', '', '', 'net bp', 'expected', 'cost', `size at ${grouped(RISK)} risk`];
  return [
    [],
    [
      ['bold', 'signals'],
      ['dim', `   ${grouped(ranked.length)} worth their costs; advice, not orders`],
    ],
    ...columnsOf(
      [
        heads.map((head): Part => ['dim', head]),
        ...ranked
          .slice(0, SIGNALS_SHOWN)
          .map(({ market, kind, side, net, expected, cost, size }): Part[] => [
            `  ${market}`,
            kind,
            side,
            ['bold', bp(net)],
            bp(expected),
            bp(cost),
            size ?? NONE,
          ]),
      ],
      ['left', 'left', 'left', 'right', 'right', 'right', 'right'],
    ),
  ];
}

function statusStyle({ status }: SourceExplanation): Style {
  return status === 'used' ? 'green' : 'yellow';
}

function modeText({ mode, elapsedSeconds, timeUs }: PricesStatus): string {
  if (mode === 'live') return clock(elapsedSeconds);
  return timeUs === 0 ? '' : `${timeOfDay(timeUs).slice(0, 8)}Z`;
}

/** Rounded for the eye; every digit is in `--json` and in `explain price`. */
function shortened(text: string | null, decimals: number): string {
  return text === null ? NONE : Number(text).toFixed(decimals);
}

function basisText({ basisPpm }: MarketView): string {
  return basisPpm === null ? NONE : signed(basisPpm / 100, 1);
}

function offText(price: string | null, index: string | null): string {
  if (price === null || index === null || Number(index) === 0) return NONE;
  return signed((Number(price) / Number(index) - 1) * 1e4, 1);
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : value > 0 ? `+${text}` : text;
}

function fundingRate(funding: FundingView | null): string {
  return rateText(funding?.rate ?? null);
}

function rateText(rate: string | null): string {
  return rate === null ? NONE : `${(Number(rate) * 100).toFixed(4)}%`;
}

function percent(share: number | null, digits: number): string {
  return share === null ? NONE : `${(share * 100).toFixed(digits)}%`;
}

function seconds(value: number): string {
  return value < 99.95 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

function clock(total: number): string {
  const whole = Math.floor(total);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${minutes}` : minutes;
}

function timeOfDay(timeUs: number): string {
  return `${new Date(Math.floor(timeUs / 1000)).toISOString().slice(11, 23)}Z`;
}
