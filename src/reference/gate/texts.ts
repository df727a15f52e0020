/** Who says what and why. */

/** Nothing but space is no explanation. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}
