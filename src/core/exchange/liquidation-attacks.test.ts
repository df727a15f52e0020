/** How a liquidation could have been dodged, or made worse for others than it had to be. Each of these worked once. */
import { expect, test } from 'vitest';
import { VenueKind } from '../schema/venue-commands.ts';
import { LiquidationOutcome } from '../schema/venue-events.ts';
import { Desk } from './testing/desk.ts';

function exempt(desk: Desk, name: string, isExempt: boolean): void {
  desk.accept({ kind: VenueKind.exempt, account: desk.account(name), exempt: isExempt, text: 'a test' });
}

test('what others cannot take of a bankrupt position goes to the fund once it can carry it', () => {
  const desk = new Desk();
  desk.fund(95);
  desk.account('long', 500);
  desk.account('short', 100_000);
  desk.account('poor', 310);
  exempt(desk, 'long', true);
  exempt(desk, 'poor', true);
  desk.trade('long', 'short', 100, 100);
  desk.mark(88);
  desk.trade('short', 'poor', 50, 88);
  desk.mark(94);
  exempt(desk, 'long', false);
  expect(desk.of('adl').map(({ size }) => size)).toEqual([50, 10]);
  expect([desk.position('long'), desk.positionOf(0)]).toEqual([0, 40]);
  expect(desk.of('liquidation_end')).toMatchObject([{ outcome: LiquidationOutcome.taken_over }]);
  expect(desk.of('deficit')).toEqual([]);
});
