import { describe } from 'vitest';
import { testGate } from './acceptance.ts';
import { fastGate, referenceGate } from './subjects.ts';

describe('the gate', () => {
  testGate(() => fastGate());
});

describe('the reference gate', () => {
  testGate(referenceGate);
});
