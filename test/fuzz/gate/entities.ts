/** What goes into a state hash, entity by entity, so that a difference can be told. */
import { Digest, Entity } from '../../../src/core/schema/digest.ts';

const NAMES = new Map<number, string>(Object.entries(Entity).map(([name, kind]) => [kind, name]));

/** Entities that only one of two hashes has. */
export function differingEntities(digestA: () => string, digestB: () => string): string {
  const [a, b] = [entitiesOf(digestA), entitiesOf(digestB)];
  const only = (all: readonly string[], others: readonly string[]): string => {
    const known = new Set(others);
    return all.filter((each) => !known.has(each)).join(', ') || 'nothing';
  };
  return `the gate has ${only(a, b)}, the reference ${only(b, a)}`;
}

function entitiesOf(digest: () => string): string[] {
  const entities: string[] = [];
  let parts: unknown[] = [];
  // oxlint-disable-next-line typescript/unbound-method -- they are called on what they were called on
  const { begin, field, text, end } = Digest.prototype;
  Digest.prototype.begin = function (kind) {
    parts = [NAMES.get(kind) ?? kind];
    return begin.call(this, kind);
  };
  Digest.prototype.field = function (value) {
    parts.push(Number(value));
    return field.call(this, value);
  };
  Digest.prototype.text = function (value) {
    parts.push(JSON.stringify(value));
    return text.call(this, value);
  };
  Digest.prototype.end = function () {
    entities.push(parts.join(' '));
    end.call(this);
  };
  try {
    digest();
  } finally {
    Object.assign(Digest.prototype, { begin, field, text, end });
  }
  return entities;
}
