/**
 * Text as UTF-8 behind its length in bytes (u32), without the encoders of a host: the core has none.
 *
 * A lone surrogate, which UTF-8 cannot say, is written as the three bytes its number would take, so that every string
 * comes back as it was. Each string has one encoding: overlong forms and surrogate pairs in two halves are refused.
 */

/** What `writeText` needs at most. */
export function textRoom(text: string): number {
  return 4 + 3 * text.length;
}

/** Bytes written. */
export function writeText(text: string, view: DataView, offset: number): number {
  let at = offset + 4;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code < 0x80) {
      view.setUint8(at++, code);
      continue;
    }
    if (code >= 0xd800 && code < 0xdc00 && index + 1 < text.length) {
      const low = text.charCodeAt(index + 1);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        index++;
      }
    }
    if (code < 0x800) {
      view.setUint8(at++, 0xc0 | (code >> 6));
    } else {
      if (code < 0x10000) {
        view.setUint8(at++, 0xe0 | (code >> 12));
      } else {
        view.setUint8(at++, 0xf0 | (code >> 18));
        view.setUint8(at++, 0x80 | ((code >> 12) & 0x3f));
      }
      view.setUint8(at++, 0x80 | ((code >> 6) & 0x3f));
    }
    view.setUint8(at++, 0x80 | (code & 0x3f));
  }
  view.setUint32(offset, at - offset - 4, true);
  return at - offset;
}

const units: number[] = [];

/** The `length` bytes at `offset`, all of which are inside the view, as text. Null when they are not what `writeText` writes. */
export function readText(view: DataView, offset: number, length: number): string | null {
  if (length === 0) return '';
  units.length = 0;
  let text = '';
  const end = offset + length;
  for (let at = offset; at < end;) {
    const first = view.getUint8(at++);
    if (first < 0x80) {
      units.push(first);
    } else {
      const more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
      if (more === 0 || at + more > end) return null;
      let code = first & (0x3f >> more);
      for (let left = more; left > 0; left--) {
        const next = view.getUint8(at++);
        if ((next & 0xc0) !== 0x80) return null;
        code = (code << 6) | (next & 0x3f);
      }
      if ((more === 2 && code < 0x800) || (more === 3 && (code < 0x10000 || code > 0x10ffff))) return null;
      if (code < 0x10000) {
        const before = units.length > 0 ? units[units.length - 1] : text.charCodeAt(text.length - 1);
        if (code >= 0xdc00 && code < 0xe000 && before >= 0xd800 && before < 0xdc00) {
          // A high half that came in three bytes as well; one from four bytes is followed by its own low half.
          return null;
        }
        units.push(code);
      } else {
        units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
      }
    }
    if (units.length >= 4096) {
      text += String.fromCharCode.apply(null, units);
      units.length = 0;
    }
  }
  return text + String.fromCharCode.apply(null, units);
}
