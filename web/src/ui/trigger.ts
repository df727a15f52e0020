import { decimal } from './format.ts';

export interface TriggerFields {
  readonly kind: string;
  readonly by: string;
  readonly price?: string | null;
  readonly distance?: string | null;
}

/** When a waiting order begins to work. */
export function triggerText({ kind, by, price, distance }: TriggerFields): string {
  const at = price === null || price === undefined ? '' : ` at ${decimal(price)}`;
  const behind = distance === null || distance === undefined ? '' : `, ${decimal(distance)} behind`;
  return `${kind.replaceAll('_', ' ')}, ${by}${at}${behind}`;
}
