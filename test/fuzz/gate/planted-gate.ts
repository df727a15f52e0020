/** Mistakes in a gate, one at a time: what playing it against its reference must notice. */
import type { Patch } from '../patched-core.ts';

export interface PlantedMistake {
  readonly mistake: string;
  readonly patches: readonly Patch[];
}

const CANDIDATE = 'admission/candidate-desk.ts';
const RESERVATIONS = 'admission/reservations.ts';
const ORDERS = 'admission/order-desk.ts';
const EXECUTIONS = 'admission/execution-desk.ts';
const HOLDINGS = 'admission/holdings.ts';
const WINDOWS = 'admission/windows.ts';
const HALTS = 'admission/halt-desk.ts';
const ROOMS = 'admission/rooms.ts';

const plant = (mistake: string, file: string, find: string, replace: string): PlantedMistake => ({
  mistake,
  patches: [{ file, find, replace }],
});

export const PLANTED_MISTAKES: readonly PlantedMistake[] = [
  plant('an order that ends goes on counting', RESERVATIONS, 'this.orders.f64[f + O_FILLED] = Infinity;', ''),
  plant(
    'a replace that waits counts with its own size alone',
    RESERVATIONS,
    'const size = Math.max(f64[f + O_SIZE], f64[f + O_NEXT_SIZE]);',
    'const size = f64[f + O_NEXT_SIZE] || f64[f + O_SIZE];',
  ),
  plant(
    'a replace is decided beside the order that it takes the place of',
    CANDIDATE,
    'upper += lots - ownLots;',
    'upper += lots;',
  ),
  plant(
    'between a replace and its confirm the cheaper price counts',
    RESERVATIONS,
    'return (this.orders.bits(row) & BIT_ASK) === 0 ? Math.max(price, next) : Math.min(price, next);',
    'return (this.orders.bits(row) & BIT_ASK) === 0 ? Math.min(price, next) : Math.max(price, next);',
  ),
  plant(
    'the best of the own orders stays where it was when that order goes',
    RESERVATIONS,
    'else if (i32[i + bestOf(bits)] === price) i32[i + bestOf(bits)] = STALE;',
    '',
  ),
  plant(
    'reduce-only orders leave the others as much to reduce',
    CANDIDATE,
    '? f64[e + E_BIDS] + f64[e + E_BIDS_REDUCING]',
    '? f64[e + E_BIDS]',
  ),
  plant(
    'the other working orders lose nothing against the mark',
    CANDIDATE,
    'margin += instruments.lossBeyond(market, true, worth, bids);',
    '',
  ),
  plant(
    'initial margin is not asked for what an order loses at once',
    'gate/initial-margin.ts',
    'const needed = required + lossAtOnce + fee;',
    'const needed = required + fee;',
  ),
  plant(
    'a trade counts as often as it is told',
    EXECUTIONS,
    'trades.add(market, side, trade);',
    'if (trade % 8 !== 0) trades.add(market, side, trade);',
  ),
  plant(
    'trades of the day before are forgotten',
    'admission/trade-ids.ts',
    'return this.#today.has(place, id) || this.#before.has(place, id);',
    'return this.#today.has(place, id);',
  ),
  plant(
    'more lots than an order had left are not alarmed',
    EXECUTIONS,
    'if (beyond > 0)',
    'if (beyond > 0 && row !== NO_ROW)',
  ),
  plant(
    'a mark does not reach the sums of groups',
    HOLDINGS,
    'addTimes(f64, g + G_GROSS, beyond, lots.f64, f + M_WORST, lots.beyond, moved);',
    '',
  ),
  plant(
    'who leaves a group leaves the value of working orders behind',
    HOLDINGS,
    'this.#groups.addWorking(group, sign * working);',
    'if (sign > 0) this.#groups.addWorking(group, working);',
  ),
  plant(
    'a window forgets a slice too early',
    WINDOWS,
    'const oldest = Math.floor(this.#clock.timeUs / this.f64[f + W_SLICE]) - SLICE_COUNT;',
    'const oldest = Math.floor(this.#clock.timeUs / this.f64[f + W_SLICE]) - SLICE_COUNT + 1;',
  ),
  plant(
    'a window of another length begins anew',
    WINDOWS,
    'const isKept = slice !== NO_SLICE && this.i32[i + COUNT] > 0;',
    'const isKept = false;',
  ),
  plant(
    'limits of the market do not come before those of none',
    'admission/limit-book.ts',
    'for (const where of market === NO_MARKET ? [null] : [null, market]) {',
    'for (const where of market === NO_MARKET ? [null] : [market, null]) {',
  ),
  plant(
    'a soft value warns though a grant was given',
    'admission/limit-book.ts',
    'into[LIMIT_COUNT + limit] = soft;',
    'if (!Number.isNaN(soft)) into[LIMIT_COUNT + limit] = soft;',
  ),
  plant(
    'a halt for losses is released while they hold',
    HALTS,
    'if (this.#isLosing()) return Reason.halt_condition_holds;',
    '',
  ),
  plant(
    'a halt of an account in one market is one in all',
    'admission/halts.ts',
    'if (halt.market === null || halt.market === market) worst = Math.max(worst, rankOf(halt));',
    'worst = Math.max(worst, rankOf(halt));',
  ),
  plant(
    'releasing a halt for repeats does not begin their count anew',
    HALTS,
    'if (cause === HaltCause.repeats) this.#restart(account!, market!);',
    '',
  ),
  plant(
    'what is paid in is a gain',
    'admission/facts.ts',
    'days.move(account, days.equityNow(account) - before);',
    'days.move(account, 0 * before);',
  ),
  plant(
    'a day begins with the equity of its first look, not of its first moment',
    'admission/day-book.ts',
    'const start = this.#equityOf(account, this.#dawn);',
    'const start = this.equityNow(account);',
  ),
  plant(
    'children may be as many as come at once',
    CANDIDATE,
    'parents.f64[f + P_TRADED] + parents.f64[f + P_WORKING] - own + this.counted;',
    'parents.f64[f + P_TRADED] - own + this.counted;',
  ),
  plant(
    'an order that was refused counts as one of the window',
    ORDERS,
    'if (reason !== REASON_ACCEPTED) return reason;\n    const desk = this.#desk;',
    'if (reason !== REASON_ACCEPTED) {\n      this.#count(asked.account);\n      return reason;\n    }\n    const desk = this.#desk;',
  ),
  plant(
    'banned short sales pass as purchases do',
    'gate/short-banned.ts',
    'if (isBid || shortRule',
    'if (!isBid || shortRule',
  ),
  plant(
    'a limit of the firm may be missing',
    'gate/limit-missing.ts',
    'if (missingLimit === NONE_MISSING) return;',
    'if (missingLimit === NONE_MISSING || missingLevel === LimitLevel.group) return;',
  ),
  plant(
    'a bound takes a long position at the far end of the band',
    ROOMS,
    'this.#swing += held > 0 ? held * (worth - low) : -held * (high - worth);',
    'this.#swing += held > 0 ? held * (high - worth) : -held * (worth - low);',
  ),
  plant(
    'a bound takes positions at the mark of the moment',
    ROOMS,
    'const high = instruments.bands.high[market];',
    'const high = instruments.worth[market];',
  ),
  plant(
    'a mark may leave its band',
    'admission/bands.ts',
    'if (worth >= this.low[market] && worth <= this.high[market]) return;',
    'if (this.high[market] > 0) return;',
  ),
  plant(
    'an order takes nothing of the room of its account',
    ORDERS,
    'if (this.#isBounded) rooms.take(account, desk.moreGross, desk.moreNet, desk.moreRequired);',
    'if (this.#isBounded) return;',
  ),
  plant(
    'what orders lose against the mark is netted in a bound',
    ROOMS,
    'return best === UNPRICED ? 0 : this.lossOf(market, isBid, lots, best);',
    'return 0 * best;',
  ),
  plant('a trade takes nothing of the room of its account', ROOMS, 'this.f64[f + R_EQUITY] -= lost;', ''),
  plant('a bound outlasts a transfer', 'admission/facts.ts', 'rooms.forget(command.account);', ''),
  plant('a bound outlasts funding', 'admission/facts.ts', 'rooms.forgetAll();', ''),
  plant('a bound outlasts the day', 'admission/gate.ts', 'rooms.forgetAll();', ''),
];
