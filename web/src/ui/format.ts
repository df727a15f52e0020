/**
 * Decimal strings as people read them. The digits come from the server's exact text and are cut or rounded as
 * text: a number that went through a double could show what the engine never said.
 */
const MINUS = '\u2212';
const THIN = '\u202f';

interface Parts {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

function partsOf(text: string): Parts | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  return { negative: match[1] === '-', whole: match[2].replace(/^0+(?=\d)/, ''), fraction: match[3] ?? '' };
}

const grouped = (whole: string): string => whole.replace(/\B(?=(\d{3})+$)/g, ',');

/** Half away from zero, to `digits` places; a shorter fraction is filled up. */
function rounded({ negative, whole, fraction }: Parts, digits: number): Parts {
  const kept = (whole + fraction.padEnd(digits, '0').slice(0, digits)).replace(/^0+(?=\d)/, '');
  const up = (fraction[digits] ?? '0') >= '5';
  const value = (BigInt(kept) + (up ? 1n : 0n)).toString().padStart(digits + 1, '0');
  const cut = value.length - digits;
  return {
    negative: negative && /[1-9]/.test(value),
    whole: value.slice(0, cut),
    fraction: value.slice(cut),
  };
}

function printed({ negative, whole, fraction }: Parts): string {
  return `${negative ? MINUS : ''}${grouped(whole)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** `-1234567.5` at 2 digits is `−1,234,567.50`; without `digits` every digit stands as it was sent. */
export function decimal(text: string, digits?: number): string {
  const parts = partsOf(text);
  if (parts === null) return text;
  return printed(digits === undefined ? parts : rounded(parts, digits));
}

const SCALES: readonly (readonly [number, string])[] = [
  [12, 'tn'],
  [9, 'bn'],
  [6, 'm'],
  [3, 'k'],
];

/** Four significant digits and a scale: `1,284,000,000` is `1.284 bn`. Under 10,000 it is written out. */
export function compact(text: string, digits = 2): string {
  const parts = partsOf(text);
  if (parts === null) return text;
  if (parts.whole.length < 5)
    return printed(rounded(parts, parts.whole.length > 3 ? Math.min(digits, 1) : digits));
  const [zeros, suffix] = SCALES.find(([zeros]) => parts.whole.length > zeros)!;
  const cut = parts.whole.length - zeros;
  const scaled = {
    ...parts,
    whole: parts.whole.slice(0, cut),
    fraction: parts.whole.slice(cut) + parts.fraction,
  };
  return `${printed(rounded(scaled, Math.max(0, 4 - cut)))}${THIN}${suffix}`;
}

/** What is in percent already: `-1.234` is `−1.23 %`. */
export function percent(text: string, digits = 2): string {
  return partsOf(text) === null ? text : `${decimal(text, digits)}${THIN}%`;
}

/** A rate as people read it, its point two places to the right: `0.005` is `0.5 %`. A fraction stays one: `1/30`. */
export function share(text: string): string {
  const parts = partsOf(text);
  if (parts === null) return text;
  const fraction = parts.fraction.padEnd(2, '0');
  const whole = (parts.whole + fraction.slice(0, 2)).replace(/^0+(?=\d)/, '');
  return `${printed({ ...parts, whole, fraction: fraction.slice(2).replace(/0+$/, '') })}${THIN}%`;
}

/** With its sign always shown, as changes are. */
export function signed(shown: string): string {
  return shown.startsWith(MINUS) || /^[0.,]*$/.test(shown.replace(/[^\d.,]/g, '')) ? shown : `+${shown}`;
}

export const count = (value: number): string => decimal(String(Math.round(value)));

/** Microseconds as people say them: `850 ns`, `12.4 µs`, `3.10 ms`, `2.5 s`. */
export function duration(us: number): string {
  if (us < 1) return `${Math.round(us * 1000)}${THIN}ns`;
  if (us < 1000) return `${us.toFixed(us < 10 ? 2 : 1)}${THIN}µs`;
  if (us < 1_000_000) return `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)}${THIN}ms`;
  return `${(us / 1_000_000).toFixed(us < 10_000_000 ? 1 : 0)}${THIN}s`;
}

/** How long ago, to one unit. */
export function age(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)}${THIN}s`;
  if (seconds < 120) return `${Math.round(seconds)}${THIN}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}${THIN}min`;
  return `${Math.round(seconds / 3600)}${THIN}h`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${value}${THIN}B`;
  const power = Math.min(4, Math.floor(Math.log2(value) / 10));
  return `${(value / 1024 ** power).toFixed(1)}${THIN}${['', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

/** `2026-11-20T14:09:31.123456Z` in UTC as `14:09:31.123`; the day is shown where it is another than `today`. */
export function clock(iso: string, today = new Date().toISOString().slice(0, 10)): string {
  const time = iso.slice(11, 23).replace(/Z$/, '');
  return iso.startsWith(today) ? time : `${iso.slice(0, 10)} ${time}`;
}
