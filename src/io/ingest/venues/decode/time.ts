/** Times as venues write them, to microseconds since 1970. What is finer is cut off. */
import type { TimeUs } from '../../../../core/num/units.ts';

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;
/** No venue is older than 2009 and nothing here counts past 2100: what lies outside is not a time. */
const EARLIEST_MS = Date.UTC(2009, 0);
const LATEST_MS = Date.UTC(2100, 0);

/** `2023-10-06T17:35:55.440295Z`; null for any other text, and for the 31st of February. */
export function isoTime(text: unknown): TimeUs | null {
  const match = typeof text === 'string' ? ISO.exec(text) : null;
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const isReal = day <= 31 && hour < 24 && minute < 60 && second < 60 && new Date(ms).getUTCDate() === day;
  if (!isReal || month > 12 || month === 0) return null;
  const us = msTime(ms);
  return us === null ? null : ((us + Number((match[7] ?? '').padEnd(6, '0').slice(0, 6))) as TimeUs);
}

/** Whole milliseconds, as a number; null for any other value. */
export function msTime(ms: unknown): TimeUs | null {
  if (!Number.isSafeInteger(ms)) return null;
  const value = ms as number;
  return value >= EARLIEST_MS && value < LATEST_MS ? ((value * 1000) as TimeUs) : null;
}

/** Whole milliseconds, as text of digits; null for any other value. */
export function msTextTime(text: unknown): TimeUs | null {
  return typeof text === 'string' && /^\d{13}$/.test(text) ? msTime(Number(text)) : null;
}
