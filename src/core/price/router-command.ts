/** How a price enters the engine: with its quality, as one command. */
import type { MarketRow, MarkTicks, TimeUs } from '../num/units.ts';
import { Kind, type QualityCommand } from '../schema/commands.ts';
import { QUALITY_NAMES } from '../schema/quality.ts';
import type { MarketPrice } from './router-market.ts';

/**
 * A mark that is kept from before is left out: the engine has it, and its time was then. `origin` is null: prices that are
 * made here have no source with positions; a driver that numbers them says so itself.
 */
export function priceCommand(price: MarketPrice, market: MarketRow): QualityCommand {
  return {
    kind: Kind.quality,
    timeUs: price.timeUs as TimeUs,
    origin: null,
    market,
    quality: price.quality,
    allows: price.uses,
    mark: price.isKept || price.mark === 0 ? null : (price.mark as MarkTicks),
    reference: price.reference === 0 ? null : (price.reference as MarkTicks),
    text: `${QUALITY_NAMES[price.quality]}: ${price.sourcesAgreeing} of ${price.sourcesFresh} fresh sources agree`,
  };
}
