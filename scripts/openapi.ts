/** `npm run openapi`: writes docs/reference/openapi.json from the contract. A test compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openApiDocument } from '../src/io/api/openapi.ts';

const root = dirname(import.meta.dirname);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
writeFileSync(
  join(root, 'docs', 'reference', 'openapi.json'),
  `${JSON.stringify(openApiDocument(version), null, 1)}\n`,
);
