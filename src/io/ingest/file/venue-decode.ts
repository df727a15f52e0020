/**
 * One line of NDJSON into a command for an exchange: of its own kinds here, of the engine's in decode.ts. docs/reference/exchange.md
 * has one example of every kind; a test runs them.
 *
 * What is wrong with a line by itself is refused here, with its field. What depends on state (margin, limits, modes, a price that is
 * too far out) is for the exchange to say.
 */
import {
  PRICE_MAX,
  type AccountRow,
  type MarketRow,
  type PriceTicks,
  type QuoteMicros,
  type Rate,
  type TimeUs,
} from '../../../core/num/units.ts';
import { LIQUIDATION_PRESET_NAMES, presetRules } from '../../../core/liquidation/presets.ts';
import { KIND_NAMES, LEG_NAMES, type Command, type Leg } from '../../../core/schema/commands.ts';
import { MARKET_STATE_NAMES, type MarketState } from '../../../core/schema/orders.ts';
import {
  ADL_RANKING_NAMES,
  ClosePolicy,
  CLOSE_POLICY_NAMES,
  LEVERAGE_MAX,
  VENUE_KIND_NAMES,
  VenueKind,
  type AdlRanking,
  type LiquidationRules,
  type ListingCommand,
  type OwnCommand,
} from '../../../core/schema/venue-commands.ts';
import { didYouMean } from '../nearest.ts';
import { excerpt } from '../problem.ts';
import { commandOf, parseLine } from './decode.ts';
import { alone, HEAD, headOf, withTime, type CommandHead } from './decode-head.ts';
import { lotsOn, moneyOn, positive, priceOn } from './decode-amounts.ts';
import { accountOf, marketOf } from './decode-names.ts';
import { textOf } from './decode-prices.ts';
import { BadCommand, Fields } from './fields.ts';
import type { Registry } from './registry.ts';
import { amendOf, orderNameOf, placeOf, type MarketOfOrder } from './venue-decode-orders.ts';

const RATE_ONE: Rate = { num: 1, den: 1 };
const RATE_ZERO: Rate = { num: 0, den: 1 };
const FEE_DEN = 10;

const known = (...names: string[]): ReadonlySet<string> => new Set([...HEAD, ...names]);
const KNOWN: Readonly<Record<keyof typeof VenueKind, ReadonlySet<string>>> = {
  venue: known('gainHaircut', 'fundFloor', 'adl', 'notionalMax', 'ordersMax'),
  listing: known(
    'market',
    'makerFee',
    'takerFee',
    'priceMax',
    'sizeMin',
    'sizeMax',
    'positionMax',
    'openInterestMax',
    'collar',
    'band',
    'depthShare',
    'leverageMax',
    'haltMove',
    'haltWindow',
    'liquidation',
  ),
  bands: known('market', 'low', 'high'),
  state: known('market', 'state', 'text'),
  deposit: known('account', 'asset', 'amount'),
  withdraw: known('account', 'asset', 'amount'),
  margin: known('account', 'market', 'leg', 'amount'),
  leverage: known('account', 'market', 'leverage'),
  mode: known('account', 'market', 'isolated', 'hedge'),
  exempt: known('account', 'exempt', 'text'),
  place: known(
    'account',
    'market',
    'leg',
    'side',
    'type',
    'timeInForce',
    'price',
    'size',
    'reduceOnly',
    'postOnly',
    'selfTrade',
    'expires',
    'clientId',
    'pair',
    'session',
    'trigger',
    'takeProfit',
    'stopLoss',
  ),
  amend: known('account', 'order', 'clientId', 'price', 'size'),
  cancel: known('account', 'order', 'clientId'),
  cancel_all: known('account', 'market'),
  disconnect: known('account', 'session'),
  settlement: known('market', 'price'),
  tick: known(),
};
const LIQUIDATION = new Set(['preset', 'policy', 'share', 'threshold', 'cooldown', 'buffer', 'fee']);

/**
 * Throws a `BadCommand`. The registry is read and not changed: tell it what became of the command. A line without a time has
 * that of its arrival. `marketOfOrder` knows in which market an order is that works or waits.
 */
export function decodeVenueLine(
  line: string,
  registry: Registry,
  arrivedUs: TimeUs,
  marketOfOrder: MarketOfOrder,
): Command | OwnCommand {
  const value = withTime(parseLine(line), arrivedUs);
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (typeof kind === 'string' && Object.hasOwn(VenueKind, kind))
    return ownCommandOf(value, kind as keyof typeof VenueKind, registry, marketOfOrder);
  if (typeof kind === 'string' && !(KIND_NAMES as readonly string[]).includes(kind)) {
    const kinds = [...VENUE_KIND_NAMES, ...KIND_NAMES.slice(1)];
    throw new BadCommand(
      'COMMAND_KIND_UNKNOWN',
      `unknown kind ${excerpt(kind)}${didYouMean(kind, kinds) || `; known are ${kinds.join(', ')}`}`,
      'kind',
      kind,
    );
  }
  // A name that is taken passes: whether it is a repetition is for who applies it to tell.
  return commandOf(value, '', registry, alone(arrivedUs));
}

function ownCommandOf(
  value: unknown,
  name: keyof typeof VenueKind,
  registry: Registry,
  marketOfOrder: MarketOfOrder,
): OwnCommand {
  const kind = VenueKind[name];
  const fields = new Fields(value, '', KNOWN[name]);
  const { decimals } = registry;
  if (decimals === null) {
    throw new BadCommand(
      'COMMAND_SETTINGS_MISSING',
      'the first command must be the settings, which say what amounts mean',
      'kind',
      name,
    );
  }
  const head = headOf(fields, registry);
  switch (kind) {
    case VenueKind.venue:
      return {
        kind,
        ...head,
        gainHaircut: shareOf(fields, 'gainHaircut', RATE_ZERO),
        fundFloor: fields.has('fundFloor') ? moneyOn(fields, 'fundFloor', decimals) : (0 as QuoteMicros),
        adl: fields.choice('adl', ADL_RANKING_NAMES, 0) as AdlRanking,
        notionalMax: fields.has('notionalMax') ? moneyAbove(fields, 'notionalMax', decimals) : null,
        ordersMax: fields.whole('ordersMax', 1),
      };
    case VenueKind.listing:
      return listingOf(fields, head, registry, decimals);
    case VenueKind.bands: {
      const { row, grid } = marketOf(fields, registry);
      const edge = (field: string): PriceTicks | null =>
        fields.has(field) ? priceOn(fields, field, grid) : null;
      const low = edge('low');
      const high = edge('high');
      if (low !== null && high !== null && low > high)
        throw fields.bad('COMMAND_FIELD_INVALID', 'low', 'must not be above high');
      return { kind, ...head, market: row, low, high };
    }
    case VenueKind.state: {
      fields.value('state');
      const state = fields.choice('state', MARKET_STATE_NAMES, 0) as MarketState;
      return { kind, ...head, market: maybeMarket(fields, registry), state, text: textOf(fields, '') };
    }
    case VenueKind.deposit:
    case VenueKind.withdraw:
      return {
        kind,
        ...head,
        account: accountOf(fields, registry, null),
        ...assetOf(fields, registry, decimals),
      };
    case VenueKind.margin: {
      const amount = moneyOn(fields, 'amount', decimals);
      if (amount === 0)
        throw fields.bad(
          'COMMAND_NUMBER',
          'amount',
          'must not be 0: above moves margin in, below takes it out',
        );
      const leg = fields.choice('leg', LEG_NAMES, 0) as Leg;
      return { kind, ...head, ...heldIn(fields, registry), leg, amount };
    }
    case VenueKind.leverage:
      return { kind, ...head, ...heldIn(fields, registry), leverage: fields.whole('leverage', 1) };
    case VenueKind.mode:
      return { kind, ...head, account: accountOf(fields, registry, null), ...modeOf(fields, registry) };
    case VenueKind.exempt: {
      fields.value('exempt');
      const text = textOf(fields, '');
      if (text === '')
        throw new BadCommand(
          'COMMAND_FIELD_MISSING',
          'is missing: say who exempts the account and why',
          'text',
        );
      const account = accountOf(fields, registry, null);
      return { kind, ...head, account, exempt: fields.flag('exempt', false), text };
    }
    case VenueKind.place:
      return { kind, ...head, ...placeOf(fields, registry) };
    case VenueKind.amend:
      return { kind, ...head, ...amendOf(fields, registry, marketOfOrder) };
    case VenueKind.cancel:
      return { kind, ...head, ...orderNameOf(fields, registry) };
    case VenueKind.cancel_all: {
      const account = accountOf(fields, registry, null);
      return { kind, ...head, account, market: maybeMarket(fields, registry) };
    }
    case VenueKind.disconnect: {
      const account = accountOf(fields, registry, null);
      return { kind, ...head, account, session: fields.whole('session', 1) };
    }
    case VenueKind.settlement: {
      const { row, grid } = marketOf(fields, registry);
      return { kind, ...head, market: row, price: priceOn(fields, 'price', grid) };
    }
    default:
      return { kind: VenueKind.tick, ...head };
  }
}

function listingOf(fields: Fields, head: CommandHead, registry: Registry, decimals: number): ListingCommand {
  const { row, grid } = marketOf(fields, registry);
  const makerFee = feeOf(fields, 'makerFee', true);
  const takerFee = feeOf(fields, 'takerFee', false);
  const sizeMin = lotsOn(fields, 'sizeMin', grid);
  const sizeMax = lotsOn(fields, 'sizeMax', grid);
  const positionMax = lotsOn(fields, 'positionMax', grid);
  if (sizeMin > sizeMax) throw fields.bad('COMMAND_FIELD_INVALID', 'sizeMin', 'must not be above sizeMax');
  if (sizeMax > positionMax)
    throw fields.bad('COMMAND_FIELD_INVALID', 'sizeMax', 'must not be above positionMax');
  if (-makerFee.num * takerFee.den > takerFee.num * makerFee.den)
    throw fields.bad(
      'COMMAND_FIELD_INVALID',
      'makerFee',
      'a rebate is paid out of takerFee: it must not be more',
    );
  const priceMax = priceOn(fields, 'priceMax', grid);
  if (priceMax > PRICE_MAX)
    throw fields.bad('COMMAND_NUMBER', 'priceMax', `must be at most 2^30 ticks of ${grid.tick}`);
  const leverageMax = fields.whole('leverageMax', 1);
  if (leverageMax > LEVERAGE_MAX)
    throw fields.bad('COMMAND_NUMBER', 'leverageMax', `must be at most ${LEVERAGE_MAX}`);
  return {
    kind: VenueKind.listing,
    ...head,
    market: row,
    makerFee,
    takerFee,
    priceMax,
    sizeMin,
    sizeMax,
    positionMax,
    openInterestMax: lotsOn(fields, 'openInterestMax', grid),
    collar: partOf(fields, 'collar'),
    band: partOf(fields, 'band'),
    depthShare: fields.has('depthShare') ? fields.rate('depthShare') : null,
    leverageMax,
    haltMove: fields.has('haltMove') ? partOf(fields, 'haltMove') : null,
    haltWindowUs: fields.has('haltMove') ? fields.duration('haltWindow') : fields.duration('haltWindow', 0),
    liquidation: liquidationOf(fields, decimals),
  };
}

/** A preset by its name alone; or a policy, and what it does not have is left out, and then is what `LiquidationRules` says. */
function liquidationOf(fields: Fields, decimals: number): LiquidationRules {
  const rules = new Fields(fields.value('liquidation'), fields.at('liquidation'), LIQUIDATION);
  if (rules.has('preset')) {
    for (const name of LIQUIDATION)
      if (name !== 'preset' && rules.has(name))
        throw rules.bad('COMMAND_FIELD_INVALID', name, 'is said by the preset: leave it out, or preset');
    return presetRules(
      LIQUIDATION_PRESET_NAMES[rules.choice('preset', LIQUIDATION_PRESET_NAMES, 0)],
      decimals,
    );
  }
  rules.value('policy');
  const policy = rules.choice('policy', CLOSE_POLICY_NAMES, 0) as ClosePolicy;
  for (const [name, ...policies] of [
    ['share', ClosePolicy.fraction],
    ['threshold', ClosePolicy.fraction, ClosePolicy.shortage],
    ['cooldown', ClosePolicy.fraction],
    ['buffer', ClosePolicy.shortage],
  ] as const) {
    const isUsed = (policies as readonly ClosePolicy[]).includes(policy);
    if (!isUsed && rules.has(name))
      throw rules.bad(
        'COMMAND_FIELD_INVALID',
        name,
        `does nothing under the policy ${CLOSE_POLICY_NAMES[policy]}: leave it out`,
      );
  }
  const buffer = rules.rate('buffer', RATE_ONE);
  if (buffer.num < buffer.den) throw rules.bad('COMMAND_NUMBER', 'buffer', 'must be at least 1');
  return {
    policy,
    share: policy === ClosePolicy.fraction ? partOf(rules, 'share') : RATE_ONE,
    threshold: rules.has('threshold') ? moneyAbove(rules, 'threshold', decimals) : (0 as QuoteMicros),
    cooldownUs: rules.duration('cooldown', 0),
    buffer,
    fee: shareOf(rules, 'fee', RATE_ZERO),
  };
}

function modeOf(
  fields: Fields,
  registry: Registry,
): { market: MarketRow | null; isolated: boolean; hedge: boolean } {
  const market = maybeMarket(fields, registry);
  const [mine, other] = market === null ? ['hedge', 'isolated'] : ['isolated', 'hedge'];
  fields.value(mine);
  if (fields.has(other))
    throw fields.bad(
      'COMMAND_FIELD_INVALID',
      other,
      market === null
        ? 'is about one market: name it in market, or leave isolated out'
        : 'is about the whole account: leave market out, or hedge',
    );
  return { market, isolated: fields.flag('isolated', false), hedge: fields.flag('hedge', false) };
}

/** An amount of the settlement asset, or of an asset that is held as collateral, by the name of its market. */
function assetOf(
  fields: Fields,
  registry: Registry,
  decimals: number,
): { asset: MarketRow | null; amount: number } {
  if (!fields.has('asset') || fields.text('asset') === registry.asset)
    return { asset: null, amount: moneyAbove(fields, 'amount', decimals) };
  const { row, grid } = marketOf(fields, registry, 'asset');
  return { asset: row, amount: lotsOn(fields, 'amount', grid) };
}

function heldIn(fields: Fields, registry: Registry): { account: AccountRow; market: MarketRow } {
  return { account: accountOf(fields, registry, null), market: marketOf(fields, registry).row };
}

function maybeMarket(fields: Fields, registry: Registry): MarketRow | null {
  return fields.has('market') ? marketOf(fields, registry).row : null;
}

function moneyAbove(fields: Fields, name: string, decimals: number): QuoteMicros {
  positive(fields, name);
  return moneyOn(fields, name, decimals);
}

function feeOf(fields: Fields, name: string, signed: boolean): Rate {
  const fee = fields.rate(name, undefined, signed);
  if (Math.abs(fee.num) * FEE_DEN > fee.den)
    throw fields.bad('COMMAND_NUMBER', name, `must be at most 1/${FEE_DEN}${signed ? ' either way' : ''}`);
  return fee;
}

/** In [0, 1]. */
function shareOf(fields: Fields, name: string, otherwise?: Rate): Rate {
  const share = fields.rate(name, otherwise);
  if (share.num > share.den) throw fields.bad('COMMAND_NUMBER', name, 'must be at most 1');
  return share;
}

/** In (0, 1]. */
function partOf(fields: Fields, name: string): Rate {
  const part = shareOf(fields, name);
  if (part.num === 0) throw fields.bad('COMMAND_NUMBER', name, 'must be above 0');
  return part;
}
