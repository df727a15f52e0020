/** Why a frame, or a part of it, is not used. Thrown by what reads it and caught by the feed, which reports it. */
export type BadFrameCode =
  | 'FEED_JSON'
  | 'FEED_FIELD'
  | 'FEED_NUMBER'
  | 'FEED_GRID'
  | 'FEED_CLOCK'
  | 'FEED_CROSSED'
  | 'FEED_SYMBOL_UNKNOWN'
  | 'FEED_EVENT_UNKNOWN'
  | 'FEED_VENUE_ERROR'
  | 'FEED_ANSWER';

export class BadFrame extends Error {
  readonly code: BadFrameCode;
  /** A path such as `data[0].bids[3][1]`; null where the whole frame is meant. */
  readonly field: string | null;
  readonly value: unknown;

  /** `what` says what is wrong with the field. */
  constructor(code: BadFrameCode, what: string, field: string | null, value: unknown) {
    super(what);
    this.code = code;
    this.field = field;
    this.value = value;
  }
}
