/**
 * What the engine decides by, numbered. A journal names its rules in its settings and is replayed by them for ever;
 * changing any decision adds a number here and a branch where it is taken.
 *
 * 1  the first rules: levels, margin and refusals as in `schema/commands.ts`
 */
export const RULES_LATEST = 1;
