import { describe } from 'vitest';
import { testGate } from './acceptance.ts';
import { referenceGate } from './reference.ts';

describe('the reference gate', () => testGate(referenceGate));
