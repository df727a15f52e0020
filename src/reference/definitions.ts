/** Commands that define things: settings, sources, markets and their tier tables. */
import type { Rate } from '../core/num/units.ts';
import { Form } from '../core/schema/commands.ts';
import type {
  BreakerCommand,
  ContractCommand,
  MarketCommand,
  ResyncCommand,
  SettingsCommand,
  SourceCommand,
  TiersCommand,
} from '../core/schema/commands.ts';
import { Quality, USES_ALL } from '../core/schema/quality.ts';
import { Reason } from '../core/schema/reasons.ts';
import { areSettingsValid, checkMarket, isCount, isName, isPortion, isWhole } from './checks.ts';
import { exactRate } from './exact.ts';
import { linesOf } from './levels.ts';
import { formOf } from './worth.ts';
import { bigRate, type Market, type State } from './state.ts';
import { areTiersValid, DENOMINATOR_MAX, tierTable } from './tiers.ts';

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
    contract: null,
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

export function applyContract(state: State, { market: row, form, value, weight }: ContractCommand): Reason {
  const market = state.markets[row];
  if (market === undefined) return Reason.market_unknown;
  if (!Object.values<number>(Form).includes(form)) return Reason.number_invalid;
  if (![value.num, value.den, weight.num, weight.den].every(isWhole)) return Reason.number_invalid;
  const hasOrders = state.accounts.some(({ orders }) =>
    [...orders.values()].some((order) => order.market === market),
  );
  const wasPriced = market.mark !== null || market.qualitySince !== null || market.fundingIndex !== 0n;
  if (market.contract !== null || wasPriced || hasOrders) return Reason.contract_fixed;
  const isValueFit = form === Form.inverse ? isPositive(value) : isOne(value);
  const isWeightFit =
    form === Form.collateral ? isPositive(weight) && weight.num <= weight.den : isOne(weight);
  if (!isValueFit || !isWeightFit || !isReduced(value) || !isReduced(weight)) return Reason.market_invalid;
  const isFree = [market.tiers, ...market.pending].every(({ steps }) =>
    steps.every(({ rateNum }) => rateNum === 0n),
  );
  if (form === Form.collateral && !isFree) return Reason.market_invalid;
  const money = 10n ** BigInt(state.settings!.decimals);
  market.contract = { form, value: { ...value }, weight: { ...weight }, money };
  return Reason.accepted;
}

function isPositive({ num, den }: Rate): boolean {
  return num >= 1 && den >= 1 && den <= DENOMINATOR_MAX;
}

function isOne({ num, den }: Rate): boolean {
  return num === 1 && den === 1;
}

function isReduced(rate: Rate): boolean {
  return exactRate(rate).den === BigInt(rate.den);
}

export function applyTiers(state: State, { market: row, tiers, effectiveUs }: TiersCommand): Reason {
  const market = state.markets[row];
  if (market === undefined) return Reason.market_unknown;
  if (!isCount(effectiveUs)) return Reason.number_invalid;
  if (!areTiersValid(tiers)) return Reason.tiers_invalid;
  if (formOf(market) === Form.collateral) return Reason.collateral_market;
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
