/** Whether somebody said something: who, or why. */
export function isSaid(text: unknown): boolean {
  return typeof text === 'string' && text.trim() !== '';
}
