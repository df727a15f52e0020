/**
 * A headless Chromium that came with npm, for machines that have nothing but npm. It is unpacked once into
 * .plimsoll/chromium-VERSION, with the one font that comes with it (so that pictures are the same everywhere) and, where the
 * system lacks them, the libraries it was linked with.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

const packed = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
const root = dirname(dirname(import.meta.dirname));

const FONTS = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`;

async function unpack(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8')) as { version: string };
  const place = join(root, '.plimsoll', `chromium-${version}`);
  if (existsSync(place)) return place;
  mkdirSync(dirname(place), { recursive: true });
  const stage = mkdtempSync(`${place}.`);
  const { TMPDIR } = process.env;
  try {
    // The package unpacks into the temporary folder of the process.
    process.env['TMPDIR'] = stage;
    const { inflate } = await import('@sparticuz/chromium');
    for (const file of ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'])
      await inflate(join(packed, 'bin', file));
    renameSync(stage, place);
  } catch (error) {
    // Another process may have been first: then its files are as good as ours.
    if (!existsSync(place)) throw error;
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
    rmSync(stage, { recursive: true, force: true });
  }
  return place;
}

/** What the browser's process is given: our fonts, and the libraries that came along if it does not start without. */
function environment(place: string): Record<string, string> {
  writeFileSync(join(place, 'fonts.conf'), FONTS(place));
  const fonts = {
    FONTCONFIG_FILE: join(place, 'fonts.conf'),
    HOME: place,
    LANG: 'en_US.UTF-8',
    PATH: process.env['PATH'] ?? '',
  };
  const starts = spawnSync(join(place, 'chromium'), ['--version'], { env: fonts }).status === 0;
  return starts ? fonts : { ...fonts, LD_LIBRARY_PATH: join(place, 'al2023', 'lib') };
}

export async function launchBrowser(): Promise<Browser> {
  const place = await unpack();
  return chromium.launch({
    executablePath: join(place, 'chromium'),
    env: environment(place),
    headless: true,
    // Tests run as root in containers, where the sandbox cannot be made and there is little shared memory.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'],
  });
}
