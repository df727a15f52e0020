/**
 * The checksum of Kraken's book: CRC-32 of the ten best asks, then the ten best bids, best first, each as its price and its
 * size, without the point and without leading zeros:
 *
 *   45285.2  0.00100000   ->   452852 100000
 *
 * The digits are those of the pair's precision, which the venue prints in full. How many decimals that is shows in the
 * messages, and is not our scale: 100000 above is ours only at eight decimals.
 *
 * Source: Kraken API, "Book checksum (WebSocket v2)".
 */
import { crc32 } from 'node:zlib';
import type { DepthBook } from '../../../../core/price/depth-book.ts';
import type { Instrument } from '../../../../core/price/venue-event.ts';

const LEVELS = 10;

/** Most decimals seen of the pair's prices and sizes. */
export interface WireDecimals {
  price: number;
  size: number;
}

export function bookChecksum(book: DepthBook, instrument: Instrument, decimals: WireDecimals): number {
  return crc32(sideDigits(book.asks, instrument, decimals) + sideDigits(book.bids, instrument, decimals));
}

/** Of decimal text; 0 for what is none. */
export function decimalsIn(text: unknown): number {
  if (typeof text !== 'string') return 0;
  const point = text.indexOf('.');
  return point === -1 ? 0 : text.length - point - 1;
}

function sideDigits(
  side: DepthBook['bids'],
  { priceScale, sizeScale }: Instrument,
  { price, size }: WireDecimals,
): string {
  let text = '';
  for (let rank = 0; rank < Math.min(LEVELS, side.count); rank++)
    text += digits(side.priceAt(rank), priceScale, price) + digits(side.sizeAt(rank), sizeScale, size);
  return text;
}

/** Units of 10^-scale as units of 10^-decimals, in digits. Exact, for the text that it came from had no more decimals. */
function digits(units: number, scale: number, decimals: number): string {
  return decimals < scale
    ? String(units / 10 ** (scale - decimals))
    : String(units) + '0'.repeat(decimals - scale);
}
