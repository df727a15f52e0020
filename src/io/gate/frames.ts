/** Frames from the gate, written and read: protocol.ts states the layout. */
import { gridOf, isGrid, type Grid } from '../../core/num/grid.ts';
import { Reason, REASON_NAMES } from '../../core/schema/reasons.ts';
import { LIMIT_NAMES } from '../../core/schema/gate-limits.ts';
import type { Decided } from '../publish/gate-lines.ts';
import type { GateDoor } from './door.ts';
import {
  ACCEPTED_BIT,
  FINDING_BYTES,
  FRAME_HEAD_BYTES,
  FrameType,
  PROTOCOL_VERSION,
  ROW_UNKNOWN,
  type FrameWriter,
} from './protocol.ts';

const FINDINGS_MAX = 255;
const DECISION_BYTES = 20;

export function encodeDecision(
  out: FrameWriter,
  request: number,
  sequence: number,
  { isAccepted, reason, order, findings }: Decided,
): void {
  const count = Math.min(findings.count, FINDINGS_MAX);
  const length = FRAME_HEAD_BYTES + DECISION_BYTES + FINDING_BYTES * count;
  let at = out.begin(length, FrameType.decision, isAccepted ? ACCEPTED_BIT : 0, request);
  out.view.setUint32(at, reason + 256 * count, true);
  at = out.f64(out.f64(at + 4, sequence), order);
  for (let row = 0; row < count; row++) {
    out.view.setUint8(at, findings.reason[row]);
    out.view.setUint8(at + 1, findings.isHard[row]);
    out.view.setUint16(at + 2, findings.which[row], true);
    out.view.setInt32(at + 4, findings.scope[row], true);
    at = out.f64(out.f64(at + 8, findings.limit[row]), findings.value[row]);
  }
}

export function encodeWelcome(out: FrameWriter, request: number, { registry, sequence }: GateDoor): void {
  const at = out.withText(FrameType.welcome, request, 12, registry.asset ?? '');
  out.view.setUint16(at, PROTOCOL_VERSION, true);
  out.view.setUint8(at + 2, registry.decimals ?? 0);
  out.f64(at + 4, sequence);
}

/** `row` below 0: there is none of that name. */
export function encodeRow(out: FrameWriter, request: number, row: number, grid: Grid | null): void {
  const texts = grid === null ? [] : [grid.tick, grid.lot, grid.markTick];
  const text = texts.map((each) => String.fromCharCode(each.length) + each).join('');
  const at = out.withText(FrameType.row, request, 4, text);
  out.view.setUint32(at, row < 0 ? ROW_UNKNOWN : row, true);
}

export interface FoundBySocket {
  readonly check: keyof typeof Reason;
  readonly isHard: boolean;
  /** Null: a rule that has no limit. */
  readonly which: (typeof LIMIT_NAMES)[number] | null;
  /** Row of a group or of a halt, -1: the account. */
  readonly scope: number;
  /** In the units of the limit (`LIMIT_UNITS`); NaN where there is none. */
  readonly limit: number;
  readonly value: number;
}

/** What a client is told of an order. */
export interface SocketDecision {
  readonly isAccepted: boolean;
  readonly reason: keyof typeof Reason;
  readonly sequence: number;
  /** 0: none was given. */
  readonly order: number;
  readonly findings: readonly FoundBySocket[];
}

/** Of the frame at `at`. */
export function decodeDecision(view: DataView, at: number): SocketDecision {
  const body = at + FRAME_HEAD_BYTES;
  const count = view.getUint8(body + 1);
  const findings: FoundBySocket[] = [];
  for (let row = 0, from = body + DECISION_BYTES; row < count; row++, from += FINDING_BYTES) {
    findings.push({
      check: REASON_NAMES[view.getUint8(from)],
      isHard: view.getUint8(from + 1) === 1,
      which: LIMIT_NAMES[view.getUint16(from + 2, true)] ?? null,
      scope: view.getInt32(from + 4, true),
      limit: view.getFloat64(from + 8, true),
      value: view.getFloat64(from + 16, true),
    });
  }
  return {
    isAccepted: (view.getUint8(at + 5) & ACCEPTED_BIT) !== 0,
    reason: REASON_NAMES[view.getUint8(body)],
    sequence: view.getFloat64(body + 4, true),
    order: view.getFloat64(body + 12, true),
    findings,
  };
}

/** The grid of a market that a row frame has. */
export function decodeGrid(text: string, decimals: number): Grid | null {
  const texts: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = text.charCodeAt(at);
    texts.push(text.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  const [tick, lot, markTick] = texts;
  if (texts.length !== 3) return null;
  const grid = gridOf({ tick, lot, markTick, decimals });
  return isGrid(grid) ? grid : null;
}
