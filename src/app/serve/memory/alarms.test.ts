/** What is told to accounts and about the system, of histories on a real exchange. Money is whole dollars, maintenance 2 %. */
import { expect, test } from 'vitest';
import { Compile } from 'typebox/compile';
import { Desk, LISTING, SECOND } from '../../../core/exchange/testing/desk.ts';
import { Exchange } from '../../../core/exchange/exchange.ts';
import { Reason } from '../../../core/schema/reasons.ts';
import { VenueKind } from '../../../core/schema/venue-commands.ts';
import { Alert } from '../../../io/api/contract/alerts.ts';
import { Registry } from '../../../io/ingest/file/registry.ts';
import { Units } from '../../explain/units.ts';
import { Alarms } from './alarms.ts';
import { AlertMemory } from './alerts.ts';

const isAlert = Compile(Alert);

/** Alerts of all that was asked of the desk, oldest first. */
function alertsOf(desk: Desk, kind: Alert['kind']): Alert[] {
  const exchange = new Exchange();
  const registry = new Registry();
  const alerts = new AlertMemory();
  const units = (): Units => new Units(exchange.engine.book, exchange.engine.settings!);
  const alarms = new Alarms(alerts, exchange, registry, units);
  exchange.onLevels = alarms.levels;
  alarms.watch();
  for (const command of desk.commands) {
    const reason = exchange.apply(command);
    registry.learn(command, { reason, refusals: [] });
    alarms.follow(command, reason === Reason.accepted);
  }
  const all = alerts.ring.newest(1000).reverse();
  for (const alert of all) expect([...isAlert.Errors(alert)]).toEqual([]);
  return all.filter((alert) => alert.kind === kind);
}

function twoMarkets(desk: Desk): void {
  desk.accept(SECOND);
  desk.accept({ kind: VenueKind.listing, ...LISTING, market: 1 });
  desk.mark(100, 1);
}

test('who comes near is told by position, what price does it, and how far all marks together are', () => {
  const desk = new Desk();
  twoMarkets(desk);
  desk.account('long', 580);
  desk.account('maker', 100_000);
  desk.trade('long', 'maker', 100, 100);
  desk.sell('maker', 10, 100, { market: 1 as never });
  desk.buy('long', 10, 100, { market: 1 as never });
  desk.mark(97);
  // Equity 280, maintenance 194 + 20: 1.31. At 96 it is 180 to 192 + 20.
  expect(alertsOf(desk, 'margin_warning')).toMatchObject([
    {
      severity: 'warning',
      level: 'danger',
      accounts: ['long'],
      actionRequired: true,
      positions: [
        {
          positionId: 'long/BTC-PERP/net',
          account: 'long',
          market: 'BTC-PERP',
          leg: 'net',
          liquidationPrice: '96',
          movePercent: '-1.0309',
        },
        { positionId: 'long/SECOND/net', liquidationPrice: '93', movePercent: '-7.0000' },
      ],
      message:
        'long (cross) is at danger: liquidated with BTC-PERP at 96 (-1.0309 %), or all marks 0.6294 % against it',
    },
  ]);
  expect(alertsOf(desk, 'liquidation_near')).toEqual([]);
});

test('who is driven past danger within a command is told what it came to, and not what lay between', () => {
  const desk = new Desk();
  desk.account('long', 570);
  desk.account('victim', 90);
  desk.account('maker', 100_000);
  desk.trade('long', 'maker', 100, 100);
  desk.trade('victim', 'maker', 20, 100);
  desk.buy('long', 20, 98);
  // The mark brings it to danger, and what it then buys of the victim to critical.
  desk.mark(97);
  expect([desk.position('long'), desk.position('victim')]).toEqual([120, 0]);
  expect(alertsOf(desk, 'margin_warning')).toEqual([]);
  const [near, ...others] = alertsOf(desk, 'liquidation_near');
  expect(others).toEqual([]);
  expect(near).toMatchObject({
    severity: 'critical',
    level: 'critical',
    positions: [{ positionId: 'long/BTC-PERP/net', liquidationPrice: '96' }],
  });
});

test('who is liquidated is told by the positions that are gone', () => {
  const desk = new Desk();
  desk.fund(100_000);
  desk.account('long', 500);
  desk.account('maker', 100_000);
  desk.trade('long', 'maker', 100, 100);
  desk.mark(96);
  expect(desk.position('long')).toBe(0);
  expect(alertsOf(desk, 'position_liquidated')).toMatchObject([
    {
      severity: 'critical',
      level: 'backstop',
      accounts: ['long'],
      actionRequired: false,
      positions: [{ positionId: 'long/BTC-PERP/net', liquidationPrice: null, movePercent: null }],
      figures: { liquidation: 1, equity: '100', maintenance: '192' },
    },
  ]);
});

test('much that is liquidated counts its positions, and what they were worth', () => {
  const desk = new Desk();
  desk.fund(100_000);
  desk.account('maker', 100_000);
  for (const name of ['a', 'b', 'c']) {
    desk.account(name, 500);
    desk.trade(name, 'maker', 100, 100);
  }
  desk.mark(96);
  expect(alertsOf(desk, 'high_liquidation_volume')).toMatchObject([
    {
      severity: 'warning',
      market: 'BTC-PERP',
      impact: { positionsAffected: 3, totalNotional: '28800', insuranceFundBalance: '100300' },
    },
  ]);
});

test('deleveraging counts the positions that were closed against', () => {
  const desk = new Desk();
  desk.account('long', 500);
  desk.account('winner', 100_000);
  desk.trade('long', 'winner', 100, 100);
  desk.mark(90);
  expect(alertsOf(desk, 'adl_triggered')).toMatchObject([
    {
      severity: 'emergency',
      market: 'BTC-PERP',
      impact: { positionsAffected: 1, totalNotional: '9000', insuranceFundBalance: '0' },
    },
  ]);
});

test('a fund that is down to a quarter is told once, with what may still fall to it; empty it is an emergency', () => {
  const desk = new Desk();
  desk.fund(1000);
  desk.account('maker', 100_000);
  desk.account('long', 500);
  desk.account('spared', 100);
  desk.accept({ kind: VenueKind.exempt, account: desk.account('spared'), exempt: true, text: 'a test' });
  desk.trade('long', 'maker', 100, 100);
  desk.trade('spared', 'maker', 10, 100);
  // The fund takes the hundred at 95, and loses with them from there.
  desk.mark(96);
  expect(desk.positionOf(0)).toBe(100);
  desk.mark(88);
  expect(alertsOf(desk, 'insurance_fund_low')).toEqual([]);
  desk.mark(87);
  const [low, ...others] = alertsOf(desk, 'insurance_fund_low');
  expect(others).toEqual([]);
  expect(low).toMatchObject({
    severity: 'critical',
    market: null,
    actionRequired: true,
    // Its own hundred, and the ten that are spared.
    impact: { positionsAffected: 2, totalNotional: '9570', insuranceFundBalance: '200' },
    figures: { most: '1100' },
  });
  // To and fro at the edge it is the same low; past its end it is another.
  for (const price of [88, 87, 88, 87]) desk.mark(price);
  expect(alertsOf(desk, 'insurance_fund_low')).toHaveLength(1);
  desk.mark(95);
  desk.mark(85);
  expect(alertsOf(desk, 'insurance_fund_low').map(({ severity }) => severity)).toEqual([
    'critical',
    'emergency',
  ]);
});
