/** The limits in force as the API lists them: one row a value. None on purpose is no row. */
import type { Gate } from '../../../core/admission/gate.ts';
import { FIRM, LIMIT_NAMES, LIMIT_UNITS } from '../../../core/schema/gate-limits.ts';
import type { GateLimit } from '../../../io/api/contract/gate.ts';
import type { Registry } from '../../../io/ingest/file/registry.ts';
import { decimalOf, unitName } from './amounts.ts';

export function limitsTold({ state }: Gate, registry: Registry): GateLimit[] {
  return (state.limits.active?.sets ?? []).flatMap(({ group, account, market, values }) => {
    const scope = account !== null ? 'account' : group === FIRM ? 'firm' : 'group';
    const whose = account !== null ? registry.accountAt(account) : registry.groupAt(group!);
    const place = market === null ? null : registry.marketAt(market);
    const grid = market === null ? null : registry.gridAt(market);
    const subject = place === null ? whose : `${whose} ${place}`;
    return values.flatMap(({ limit, hard, soft }) =>
      (['hard', 'soft'] as const).flatMap((kind): GateLimit[] => {
        const unit = LIMIT_UNITS[limit];
        const amount = decimalOf(unit, (kind === 'hard' ? hard : soft) ?? NaN, grid, registry);
        if (amount === null) return [];
        const name = unitName(unit, place, registry);
        return [{ check: LIMIT_NAMES[limit], scope, subject, kind, limit: amount, unit: name }];
      }),
    );
  });
}
