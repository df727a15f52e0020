/** The last alerts, in the words of the API, and who may be told again when. */
import type { Alert as AlertDocument } from '../../../io/api/contract/alerts.ts';
import { Ring } from './ring.ts';

const KEPT = 20_000;

export type NewAlert = Omit<AlertDocument, 'id'>;

export class AlertMemory {
  readonly ring = new Ring<AlertDocument>(KEPT);

  get count(): number {
    return this.ring.next;
  }

  add(alert: NewAlert): void {
    this.ring.add({ id: this.ring.next + 1, ...alert });
  }
}
