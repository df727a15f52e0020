/** Who hears all that a live feed is told, in order and before the feed: a recorder. */
import type { TimeUs } from '../../../../core/num/units.ts';

export interface LiveWitness {
  opened(connection: string, atUs: TimeUs): void;
  frame(connection: string, text: string, atUs: TimeUs): void;
  /** `body` is null where the request failed. */
  answered(request: string, body: string | null, atUs: TimeUs): void;
  closed(connection: string, why: string, atUs: TimeUs): void;
}
