/** Everything that a gate decides by, and the ways between its parts. Who changes what: `Holdings` and `Reservations` all sums, desks the rest. */
import type { Engine } from '../engine/engine.ts';
import type { Notice } from '../schema/gate-notices.ts';
import { Accounts } from './accounts.ts';
import { DayBook } from './day-book.ts';
import { GroupMarkets } from './group-markets.ts';
import { Groups } from './groups.ts';
import { Halts } from './halts.ts';
import { Holdings } from './holdings.ts';
import { Instruments } from './instruments.ts';
import { LimitBook } from './limit-book.ts';
import { Parents } from './parents.ts';
import { RecentOrders } from './recent-orders.ts';
import { Reservations } from './reservations.ts';
import { Rooms } from './rooms.ts';
import { Seat } from './seat.ts';
import { Strays } from './strays.ts';
import { TradeIds } from './trade-ids.ts';
import { Windows } from './windows.ts';

export class GateState {
  readonly engine: Engine;
  readonly accounts = new Accounts();
  readonly instruments: Instruments;
  readonly groupMarkets = new GroupMarkets();
  /** Of accounts, by their row of activity, and of groups. */
  readonly windows: Windows;
  readonly groupWindows: Windows;
  readonly recent: RecentOrders;
  readonly groups = new Groups();
  readonly limits = new LimitBook();
  readonly halts = new Halts();
  readonly parents = new Parents();
  readonly trades = new TradeIds();
  readonly strays = new Strays();
  readonly days: DayBook;
  readonly seat: Seat;
  readonly holdings: Holdings;
  readonly reservations: Reservations;
  readonly rooms: Rooms;
  /** Of the command at hand. */
  readonly notices: Notice[] = [];
  /** The account that a tick looks at first. */
  seenNext = 0;

  constructor(engine: Engine) {
    this.engine = engine;
    const { accounts, groups, groupMarkets, parents } = this;
    this.windows = new Windows(engine);
    this.groupWindows = new Windows(engine);
    this.recent = new RecentOrders(engine);
    this.instruments = new Instruments(engine.book);
    this.days = new DayBook(engine.book, accounts);
    this.seat = new Seat(accounts, groups, groupMarkets, this.limits);
    this.holdings = new Holdings(accounts, this.instruments, groups, groupMarkets, this.seat);
    this.reservations = new Reservations(accounts, this.holdings, this.instruments, this.seat, parents);
    this.rooms = new Rooms(engine, accounts, this.instruments, this.holdings, this.reservations);
    // The firm's.
    this.groupWindows.add();
  }
}
