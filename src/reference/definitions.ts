/** Commands that define things: settings, sources, markets and their tier tables. */
import type {
  BreakerCommand,
  MarketCommand,
  ResyncCommand,
  SettingsCommand,
  SourceCommand,
  TiersCommand,
} from '../core/schema/commands.ts';
import { Quality, USES_ALL } from '../core/schema/quality.ts';
import { Reason } from '../core/schema/reasons.ts';
import { areSettingsValid, checkMarket, isCount, isName, isPortion, isWhole } from './checks.ts';
import { linesOf } from './levels.ts';
import { bigRate, type Market, type State } from './state.ts';
import { areTiersValid, tierTable } from './tiers.ts';

export function applySettings(state: State, command: SettingsCommand): Reason {
  if (!areSettingsValid(command)) return Reason.settings_invalid;
  state.settings = command;
  state.lines = linesOf(command.levels, command.inclusive);
  return Reason.accepted;
}

export function applySource(state: State, { name }: SourceCommand): Reason {
  if (!isName(name)) return Reason.name_invalid;
  if (state.sources.some((source) => source.name === name)) return Reason.name_taken;
  state.sources.push({ row: state.sources.length, name, last: -1, gapped: false });
  return Reason.accepted;
}

/** The source counts on from `position`, also where that is behind what was seen: its rows come once more. */
export function applyResync(state: State, { source: row, position }: ResyncCommand): Reason {
  const source = state.sources[row];
  if (source === undefined) return Reason.source_unknown;
  if (!isCount(position)) return Reason.number_invalid;
  source.last = position;
  source.gapped = false;
  return Reason.accepted;
}

export function applyMarket(state: State, command: MarketCommand): Reason {
  const isTaken = state.markets.some((market) => market.definition.name === command.name);
  const reason = checkMarket(command, isTaken);
  if (reason !== Reason.accepted) return reason;
  state.markets.push({
    row: state.markets.length,
    definition: command,
    markUnit: BigInt(command.markUnit),
    tickUnit: bigRate(command.tickUnit),
    orderRate: bigRate(command.orderRate),
    mark: null,
    lotValue: 0n,
    fundingIndex: 0n,
    quality: Quality.ok,
    allows: USES_ALL,
    reference: null,
    qualitySince: null,
    trippedSince: null,
    tiers: tierTable(command.tiers, command.closeFee, 0),
    pending: [],
    holders: new Set(),
  });
  return Reason.accepted;
}

export function applyTiers(state: State, { market: row, tiers, effectiveUs }: TiersCommand): Reason {
  const market = state.markets[row];
  if (market === undefined) return Reason.market_unknown;
  if (!isCount(effectiveUs)) return Reason.number_invalid;
  if (!areTiersValid(tiers)) return Reason.tiers_invalid;
  const table = tierTable(tiers, market.definition.closeFee, effectiveUs);
  if (effectiveUs <= state.timeUs) {
    activate(state, market, table);
  } else {
    market.pending = [...market.pending.filter((other) => other.effectiveUs !== effectiveUs), table];
    market.pending.sort((a, b) => a.effectiveUs - b.effectiveUs);
  }
  return Reason.accepted;
}

export function applyBreaker(state: State, { share, least }: BreakerCommand): Reason {
  const isShare = isWhole(share.num) && isWhole(share.den) && isPortion(share);
  if (!isShare || !isWhole(least) || least < 1) return Reason.number_invalid;
  state.breaker = { share, least };
  return Reason.accepted;
}

/** Tables whose time has come, oldest first. */
export function activateDueTiers(state: State): void {
  for (const market of state.markets) {
    while (market.pending.length > 0 && market.pending[0].effectiveUs <= state.timeUs) {
      activate(state, market, market.pending.shift()!);
    }
  }
}

function activate(state: State, market: Market, table: Market['tiers']): void {
  market.tiers = table;
  state.moved.add(market);
  for (const bucket of market.holders) state.touched.add(bucket);
}
