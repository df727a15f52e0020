/**
 * The public API, all of it: the engine and its commands, decisions and snapshots; commands as bytes; decimal text onto
 * a market's grids and back; the margin calculator; prices, funding and signals of what venues say; the exchange; the gate. It needs no
 * Node. docs/reference/api.txt is a snapshot of what these names are, and a test compares.
 */

// The engine.
export { Engine } from './core/engine/engine.ts';
export type { WatchMode } from './core/watch/watch.ts';
export { restoreEngine, snapshotChunks, SNAPSHOT_VERSION, SnapshotError } from './core/engine/snapshot.ts';
export { RULES_LATEST } from './core/engine/rules.ts';

// What it knows about who is near and who is under.
export { nearest, type Near } from './core/watch/nearest.ts';
export { worstFirst } from './core/watch/worst-first.ts';
export { aggregatesOf, type MarketAggregates } from './core/state/aggregates-of-market.ts';
export {
  bankruptcyPrice,
  liquidationPrice,
  type PriceAnswer,
  type PriceReason,
} from './core/margin/liquidation-price.ts';

// What it is told.
export {
  Form,
  FORM_NAMES,
  Kind,
  KIND_NAMES,
  Leg,
  LEG_NAMES,
  MarginBasis,
  OrderMargin,
  type AccountCommand,
  type BreakerCommand,
  type CollateralCommand,
  type Command,
  type ContractCommand,
  type FillCommand,
  type FundingCommand,
  type LiftCommand,
  type MarketCommand,
  type MarksCommand,
  type MarkUpdate,
  type OrderCommand,
  type Origin,
  type PositionCommand,
  type QualityCommand,
  type ResyncCommand,
  type SettingsCommand,
  type SettleCommand,
  type SourceCommand,
  type Tier,
  type TiersCommand,
  type TransactionCommand,
  type TransferCommand,
} from './core/schema/commands.ts';
export {
  FUNDING_SCALE,
  MARK_MAX,
  SAFE_MAX,
  type AccountRow,
  type FundingIndex,
  type MarketRow,
  type MarkTicks,
  type PriceTicks,
  type QuoteMicros,
  type Rate,
  type SizeLots,
  type SourceRow,
  type TimeUs,
} from './core/num/units.ts';

// What it decides.
export type {
  BucketName,
  Decision,
  Emergency,
  LevelChange,
  RowRefusal,
  Standing,
  VerdictChange,
} from './core/schema/events.ts';
export {
  DEFAULT_LEVELS,
  Level,
  LEVEL_NAMES,
  THRESHOLD_MAX,
  type Fraction,
  type LevelSettings,
} from './core/schema/levels.ts';
export {
  Quality,
  QUALITY_NAMES,
  Use,
  USE_NAMES,
  USES_ALL,
  Verdict,
  VERDICT_NAMES,
} from './core/schema/quality.ts';
export { Reason, REASON_NAMES } from './core/schema/reasons.ts';

// Commands as bytes.
export { CODEC_VERSION, CodecError, CommandWriter, encodeCommand } from './core/schema/codec.ts';
export { Foresight, FORESIGHT_GROUP } from './core/engine/foresight.ts';
export { CommandReader } from './core/schema/codec-reader.ts';

// Decimal text onto a market's grids, and back.
export {
  gridOf,
  isGrid,
  lotsFromText,
  lotsToText,
  markFromText,
  markToText,
  midFromTexts,
  moneyFromText,
  moneyToText,
  priceFromText,
  priceToText,
  type Grid,
  type GridProblem,
  type GridSpec,
} from './core/num/grid.ts';

// The margin calculator.
export { calculate } from './core/calculator/calculate.ts';
export { parseCalculatorInput, type ParsedInput } from './core/calculator/parse-input.ts';
export type {
  AccountInput,
  CalculatorInput,
  MarketInput,
  OrderInput,
  PositionInput,
  TierInput,
} from './core/calculator/input.ts';
export type {
  BankruptcyPriceOutput,
  BucketOutput,
  CalculatorError,
  CalculatorOutput,
  LiquidationPriceOutput,
  PositionOutput,
} from './core/calculator/output.ts';

// Prices: what venues say, and what is made of it.
export type {
  ContractEvent,
  DepthEvent,
  Instrument,
  InstrumentRow,
  LostEvent,
  QuoteEvent,
  SnapshotEvent,
  TradeEvent,
  VenueEvent,
  VenueMarkEvent,
} from './core/price/venue-event.ts';
export { PriceRouter, type PriceSink, type RouterCounts, type RouterOptions } from './core/price/router.ts';
export type { MarketPrice } from './core/price/router-market.ts';
export { priceCommand } from './core/price/router-command.ts';
export type { PriceAlert } from './core/price/anomaly.ts';
export { printExplanation, type PriceExplanation } from './core/price/explain-price.ts';
export {
  DEFAULT_INDEX_RULES,
  DEFAULT_MARKET,
  HYPERLIQUID_PERP_WEIGHTS,
  HYPERLIQUID_SPOT_WEIGHTS,
  MARK_RULES,
  marketProblem,
  type IndexRules,
  type MarkPart,
  type MarkRules,
  type PricedMarket,
  type PriceSource,
  type SourcePart,
} from './core/price/price-rules.ts';
export {
  DEFAULT_POLICY,
  isAllowed,
  policyOf,
  useNames,
  type PricePolicy,
  type QualityName,
  type UseName,
} from './core/price/quality.ts';
export { DepthBook, type DepthState } from './core/price/depth-book.ts';

// Funding.
export {
  FundingMarket,
  type FundingMarketOptions,
  type NoSettlement,
  type PredictedRate,
  type Settlement,
} from './core/price/funding-market.ts';
export { inverseNotional, linearNotional, RATE_ONE, type FundingRule } from './core/price/funding.ts';
export {
  binance,
  binanceBefore2025,
  BITMEX,
  DERIBIT,
  DRIFT,
  DYDX,
  DYDX_PREMIUM_MAX,
  HYPERLIQUID,
  OKX,
  VEGA,
} from './core/price/funding-presets.ts';
export { impactNotional, premiumOf, premiumWithBasis } from './core/price/premium.ts';
export type { Rational } from './core/num/rational.ts';

// Series, volatility, and signals: advice, never orders.
export { SERIES, TimeSeries, type BarSpan, type Point, type SeriesRule } from './core/price/series.ts';
export {
  MINUTE_VOLATILITY,
  Volatility,
  volatilityOver,
  type VolatilityRule,
} from './core/price/volatility.ts';
export { Ema, RollingWindow, Rsi } from './core/price/indicators.ts';
export { fitReversion, type Reversion } from './core/price/indicators-reversion.ts';
export {
  detectBasisReversion,
  detectExhaustion,
  detectFundingReversion,
  detectTrend,
  type SignalContext,
} from './core/price/signals-detect.ts';
export {
  rankSignals,
  type DroppedSignal,
  type RankedSignal,
  type Signal,
  type SignalBoard,
  type TradingCosts,
} from './core/price/signals.ts';
export { volatilitySize } from './core/price/signals-size.ts';

// The exchange: orders, deposits and listings in, events out.
export { Exchange } from './core/exchange/exchange.ts';
export { mirrorOf } from './core/exchange/mirror.ts';
export { EventLog, type VenueEventObject } from './core/exchange/event-log.ts';
export { LIQUIDATION_PRESETS } from './core/liquidation/presets.ts';
export {
  DoneReason,
  MarketState,
  OrderType,
  SelfTrade,
  TimeInForce,
  TriggerBy,
  TriggerKind,
} from './core/schema/orders.ts';
export { Side } from './core/schema/side.ts';
export {
  AdlRanking,
  ClosePolicy,
  PLAIN_ORDER,
  VenueKind,
  type AmendCommand,
  type BandsCommand,
  type CancelAllCommand,
  type CancelCommand,
  type DepositCommand,
  type DisconnectCommand,
  type ExemptCommand,
  type LeverageCommand,
  type LiquidationRules,
  type ListingCommand,
  type MarginTransferCommand,
  type ModeCommand,
  type OwnCommand,
  type PlaceCommand,
  type SettlementCommand,
  type StateCommand,
  type TickCommand,
  type Trigger,
  type VenueCommand,
  type WithdrawCommand,
} from './core/schema/venue-commands.ts';
export { LiquidationOutcome, TransferWhy, VENUE_EVENT_FIELDS, WaitWhy } from './core/schema/venue-events.ts';
export { VenueCommandWriter } from './core/schema/venue-codec.ts';
export { VenueCommandReader } from './core/schema/venue-codec-reader.ts';
export { exchangeChunks, restoreExchange } from './core/exchange/snapshot.ts';

// The gate: may this order be sent? Orders and what becomes of them in, decisions with every reason out.
export { Gate } from './core/admission/gate.ts';
export { GateDecision } from './core/admission/decision.ts';
export { gateChunks, restoreGate } from './core/admission/gate-snapshot.ts';
export { Findings, NO_LIMIT, SCOPE_ACCOUNT } from './core/gate/findings.ts';
export {
  GateKind,
  HaltCause,
  HaltState,
  ShortRule,
  type ConfirmCommand,
  type DayCommand,
  type DoneCommand,
  type EnterCommand,
  type ExecutionCommand,
  type GateCommand,
  type GrantCommand,
  type GroupCommand,
  type HaltCommand,
  type HaltScope,
  type InstrumentCommand,
  type LimitsCommand,
  type LimitSet,
  type LimitValue,
  type LocateCommand,
  type MemberCommand,
  type ParentCommand,
  type ReferenceCommand,
  type ReleaseCommand,
  type ReplaceCommand,
} from './core/schema/gate-commands.ts';
export {
  FIRM,
  GroupKind,
  Limit,
  LIMIT_NAMES,
  LIMIT_UNITS,
  LimitLevel,
  LimitUnit,
  REQUIRED_FIRM_LIMITS,
  REQUIRED_LIMITS,
} from './core/schema/gate-limits.ts';
export { NOTICE_KIND_NAMES, NoticeKind, type Notice } from './core/schema/gate-notices.ts';
export { GateCommandWriter } from './core/schema/gate-codec.ts';
export { GateCommandReader } from './core/schema/gate-codec-reader.ts';
