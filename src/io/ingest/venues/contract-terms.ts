/** What is known of a contract's terms, and whether it can be listened to under them. */
import { toSafeInteger, toScaled } from '../../../core/num/decimal.ts';
import type { ContractEvent, Instrument, VenueEvent } from '../../../core/price/venue-event.ts';

export class ContractTerms {
  readonly #instrument: Instrument;
  #last: ContractEvent | null = null;
  #isBlocked = false;

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Null: not heard of yet. Tick and lot may still be empty, where only other terms were said. */
  get last(): ContractEvent | null {
    return this.#last;
  }

  /** It does not trade, or its tick or lot is finer than the scales that we count it in: nothing of it is to be used. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Tells what is new. True when this is what blocks it: whatever is known of it is void. */
  agree(contract: ContractEvent, emit: (event: VenueEvent) => void): boolean {
    const before = this.#last;
    this.#last = contract;
    const { tick, lot, isTrading } = contract;
    const isKnown = tick !== '';
    if (isKnown && (before === null || !isSame(before, contract))) emit(contract);
    const { priceScale, sizeScale } = this.#instrument;
    const doesFit = !isKnown || (isOnGrid(tick, priceScale) && isOnGrid(lot, sizeScale));
    const wasBlocked = this.#isBlocked;
    this.#isBlocked = !isTrading || !doesFit;
    return this.#isBlocked && !wasBlocked;
  }
}

function isSame(a: ContractEvent, b: ContractEvent): boolean {
  return (
    a.tick === b.tick &&
    a.lot === b.lot &&
    a.isTrading === b.isTrading &&
    a.fundingIntervalHours === b.fundingIntervalHours &&
    JSON.stringify(a.tiers) === JSON.stringify(b.tiers)
  );
}

/** Whether decimal text is at least one unit of 10^-scale and a whole number of them. */
function isOnGrid(text: string, scale: number): boolean {
  const units = toScaled(text, scale, 'exact');
  return units !== null && units > 0n && toSafeInteger(units) !== null;
}
