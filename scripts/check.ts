/**
 * `npm run check`: everything CI runs beyond `npm test` that is quick. All steps run even when one fails, so one
 * run shows everything; the last line counts them. `npm run check -- types lint` runs some of them.
 *
 * To add a step, add a line to `steps`. A step whose files do not exist yet is skipped and says so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

interface Step {
  name: string;
  /** Each line is run by this same Node: a script of ours, or the binary of a package. */
  commands: string[][];
  needs?: string;
}

/** The file behind a package's binary: PATH and .bin differ between systems, this does not. */
function binary(packageName: string, name = packageName): string {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  return join(folder, typeof bin === 'string' ? bin : bin[name]);
}

const tsc = binary('typescript', 'tsc');
const examplesDir = join(root, 'examples');
const examples = existsSync(examplesDir)
  ? readdirSync(examplesDir).filter((file) => file.endsWith('.ts'))
  : [];

const steps: Step[] = [
  { name: 'types', commands: [[tsc, '-p', '.']] },
  { name: 'types of the core, without Node', commands: [[tsc, '-p', 'src/core']] },
  { name: 'types of the dashboard, for a browser', commands: [[tsc, '-p', 'web']] },
  { name: 'layers', commands: [['scripts/check-layers.ts']] },
  { name: 'lint', commands: [[binary('oxlint')]] },
  { name: 'format', commands: [[binary('oxfmt'), '--check']] },
  { name: 'requirements', commands: [['scripts/requirements.ts']] },
  { name: 'unused code', commands: [[binary('knip'), '--no-config-hints']], needs: 'src/app/cli.ts' },
  { name: 'examples', commands: examples.map((file) => [`examples/${file}`]), needs: 'examples' },
];

const wanted = process.argv.slice(2);
const selected = steps.filter(
  (step) => wanted.length === 0 || wanted.some((word) => step.name.startsWith(word)),
);
if (selected.length === 0) {
  console.error(`no such step; there are: ${steps.map((step) => step.name).join(', ')}`);
  process.exit(2);
}

let passed = 0;
const failed: string[] = [];
for (const { name, commands, needs } of selected) {
  if (needs !== undefined && !existsSync(join(root, needs))) {
    console.log(`--- ${name}: skipped, there is no ${needs} yet`);
    continue;
  }
  console.log(`--- ${name}`);
  const started = performance.now();
  const broken = commands.find((args) => {
    const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
    if (error) console.error(error.message);
    return status !== 0;
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (broken === undefined) passed += 1;
  else failed.push(name);
  console.log(`--- ${name}: ${broken === undefined ? 'ok' : 'FAILED'} (${seconds} s)`);
}
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
console.log(`check: ${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
