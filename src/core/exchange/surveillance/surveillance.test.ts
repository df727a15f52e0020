import { describe, expect, test } from 'vitest';
import { OrderFlag, TransferWhy, VenueEvent } from '../../schema/venue-events.ts';
import { EventLog } from '../event-log.ts';
import { Surveillance } from './surveillance.ts';

const NOBODY = {
  position: () => 0,
  depth: () => 0,
  openInterest: () => 100,
  equity: () => 0,
  notional: (_: number, lots: number) => 100 * lots,
};

describe('events to the watchers', () => {
  test('a trade is its taker and its maker, whatever stands between the fills', () => {
    const surveillance = new Surveillance(NOBODY);
    const events = new EventLog();
    events.emit(VenueEvent.trade, 1, 0, 500, 40, 0, 11, 12);
    events.emit(VenueEvent.fill, 5, 0, 0, 0, 40, 500, 0, 1, 11, 0, 0);
    events.emit(VenueEvent.transfer, 4, 0, 0, 0, -3, TransferWhy.opened, 0);
    events.emit(VenueEvent.fill, 4, 0, 0, 1, -40, 500, 0, 1, 12, 0, 0);
    events.emit(VenueEvent.cut, 9);
    const alerts = surveillance.observe(9, events);
    expect(alerts.map(({ name, accounts }) => [name, ...accounts])).toEqual([
      ['wash-pair', 4, 5],
      ['linked-cluster', 4, 5],
    ]);
    events.clear();
    expect(surveillance.observe(10, events)).toEqual([]);
  });

  test('only money from and to outside counts as taken out', () => {
    const surveillance = new Surveillance(NOBODY);
    const events = new EventLog();
    events.emit(VenueEvent.transfer, 7, 0, 0, 0, 500, TransferWhy.deposit, 0);
    events.emit(VenueEvent.transfer, 7, 0, 0, 0, -400, TransferWhy.opened, 0);
    events.emit(VenueEvent.liquidation, 1, 7, 0, 0, 0, 4, 20, 30);
    expect(surveillance.observe(1, events)).toEqual([]);
    events.clear();
    events.emit(VenueEvent.transfer, 7, 0, 0, 0, -400, TransferWhy.withdrawal, 0);
    events.emit(VenueEvent.liquidation, 2, 7, 0, 0, 0, 4, 20, 30);
    const [alert] = surveillance.observe(2, events);
    expect(alert).toMatchObject({
      name: 'self-liquidation',
      figures: { withdrawnUnits: 400, equityUnits: 20 },
    });
  });

  test('exemptions are an inventory', () => {
    const surveillance = new Surveillance(NOBODY);
    const events = new EventLog();
    events.emit(VenueEvent.exempt, 3, 1);
    expect(surveillance.observe(1, events).map(({ name }) => name)).toEqual(['exempt-inventory']);
    expect(surveillance.exempt.accounts).toEqual([3]);
  });

  test('what liquidated accounts lose is liquidated, what the fund sells on is not', () => {
    const surveillance = new Surveillance(NOBODY);
    const events = new EventLog();
    const closeOut = (order: number, account: number): void => {
      const flags = OrderFlag.reduceOnly | OrderFlag.liquidation;
      events.emit(VenueEvent.accepted, order, account, 0, 0, 1, 0, 2, 500, 40, flags);
      events.emit(VenueEvent.trade, order, 0, 500, 40, 1, order, 99);
      events.emit(VenueEvent.fill, account, 0, 0, 0, -40, 500, 0, order, order, 0, 0);
      events.emit(VenueEvent.fill, 9, 0, 0, 0, 40, 500, 0, order, 99, 0, 0);
    };
    closeOut(11, 0);
    events.emit(VenueEvent.adl, 1, 0, 0, 9, 0, 0, 3, 500, 1);
    const [adl, ...others] = surveillance.observe(1, events).filter(({ accounts }) => accounts.length === 0);
    expect(adl).toMatchObject({ name: 'adl-triggered', figures: { count: 1, closedLots: 3 } });
    expect(others).toEqual([]);
    events.clear();
    events.emit(VenueEvent.step, 1, 0, 0, 40, 500, 0, 0);
    closeOut(12, 7);
    events.emit(VenueEvent.takeover, 1, 7, 0, 0, -10, 500, 5000);
    events.emit(VenueEvent.adl, 1, 7, 0, 9, 0, 0, 5, 500, 1);
    const volume = surveillance.observe(2, events).find(({ accounts }) => accounts.length === 0);
    expect(volume).toMatchObject({
      name: 'high-liquidation-volume',
      figures: { liquidatedLots: 55, count: 1 },
    });
  });

  test('a position counts once a liquidation, however often that closes a part of it', () => {
    const surveillance = new Surveillance(NOBODY);
    const events = new EventLog();
    const took = (liquidation: number, leg: number, lots: number): void => {
      events.emit(VenueEvent.takeover, liquidation, 7, 0, leg, -lots, 500, 5000);
    };
    const counted = (timeUs: number): number | undefined => {
      const [alert] = surveillance.observe(timeUs, events);
      events.clear();
      return alert?.figures['count'];
    };
    took(1, 0, 10);
    took(1, 0, 10);
    expect(counted(1)).toBe(1);
    took(1, 0, 30);
    expect(counted(2)).toBe(1);
    took(1, 1, 25);
    took(2, 0, 25);
    expect(counted(3)).toBe(3);
    events.emit(VenueEvent.liquidation_end, 1, 7, 0, 0, 0);
    took(1, 0, 100);
    expect(counted(4)).toBe(4);
  });
});
