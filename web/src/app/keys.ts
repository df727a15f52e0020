/**
 * The keyboard. One key acts at once, `g` waits for a second one that names a page. Nothing is taken from
 * someone who types into a field, nor from the browser (Ctrl, Alt and Meta are left alone, save for Ctrl+K).
 */
export interface Shortcut {
  /** `/`, `?`, `t`, or two keys: `g a`. */
  readonly keys: string;
  readonly does: string;
  readonly run: () => void;
}

const CHORD_MS = 1500;

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    target.getAttribute('type') !== 'range'
  );
}

/** Returns what takes the keyboard back. */
export function listenToKeys(shortcuts: () => readonly Shortcut[], openPalette: () => void): () => void {
  let first = '';
  let firstAt = 0;
  const pressed = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]') !== null) return;
    const chord = first !== '' && event.timeStamp - firstAt < CHORD_MS ? `${first} ${event.key}` : event.key;
    const shortcut = shortcuts().find(({ keys }) => keys === chord);
    first = '';
    if (shortcut !== undefined) {
      event.preventDefault();
      shortcut.run();
    } else if (shortcuts().some(({ keys }) => keys.startsWith(`${event.key} `))) {
      first = event.key;
      firstAt = event.timeStamp;
    }
  };
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}
