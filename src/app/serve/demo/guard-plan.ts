/** Who the demo's gate knows, and what they may: a desk for each kind of trader, and customers for everybody else. */
import { join } from 'node:path';
import { GroupKind } from '../../../core/schema/gate-limits.ts';
import type { Role } from '../../../sim/traders/world.ts';
import type { GuardPlan } from '../guard/plan.ts';

const LIMITS = join(import.meta.dirname, 'gate-limits.json');
const DESKS: Readonly<Partial<Record<Role, string>>> = {
  maker: 'makers',
  momentum: 'momentum',
  noise: 'noise',
  holder: 'holders',
};
const OTHERS = 'customers';

/** `roles` by account row; house accounts have none. */
export function demoGuardPlan(roles: readonly (Role | null)[]): GuardPlan {
  return {
    groups: [
      ...Object.values(DESKS).map((name) => ({ name, of: GroupKind.desk })),
      { name: OTHERS, of: GroupKind.set },
    ],
    members: roles.flatMap((role, account) => {
      const group = role === null ? undefined : DESKS[role];
      return group === undefined ? [] : [{ account, group }];
    }),
    others: OTHERS,
    limits: LIMITS,
  };
}
