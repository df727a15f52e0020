/**
 * The public API, all of it: the engine and its commands, decisions and snapshots; commands as bytes; decimal text onto
 * a market's grids and back; the margin calculator. It needs no Node. docs/reference/api.txt is a snapshot of what these
 * names are, and a test compares.
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
