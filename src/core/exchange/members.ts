/** What an exchange knows of an account beside its money: mode, exemption, its orders and exposures. Columns by account row. */
import { widened } from '../num/columns.ts';
import { NO_EXPOSURE } from './exposures.ts';
import { NO_ORDER } from './working-orders.ts';

export class Members {
  count = 0;
  /** 1 in hedge mode, 1 where nobody liquidates it, and how many of its buckets are being liquidated. */
  hedge = new Uint8Array(256);
  exempt = new Uint8Array(256);
  liquidating = new Uint32Array(256);
  orders = new Int32Array(256);
  firstOrder = new Int32Array(256).fill(NO_ORDER);
  firstExposure = new Int32Array(256).fill(NO_EXPOSURE);

  add(): void {
    const row = this.count++;
    if (row < this.hedge.length) return;
    const length = this.hedge.length * 2;
    this.hedge = widened(this.hedge, length);
    this.exempt = widened(this.exempt, length);
    this.liquidating = widened(this.liquidating, length);
    this.orders = widened(this.orders, length);
    this.firstOrder = widened(this.firstOrder, length);
    this.firstOrder.fill(NO_ORDER, row);
    this.firstExposure = widened(this.firstExposure, length);
    this.firstExposure.fill(NO_EXPOSURE, row);
  }
}
