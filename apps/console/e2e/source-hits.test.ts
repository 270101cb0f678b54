// @vitest-environment node
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build, transformWithOxc } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addHits, toStretches } from './browser-hits.ts';
import { type Built, hitsBySource, rangesOf } from './source-hits.ts';

const SOURCE = `
function evenOnes(numbers: number[]): number[] {
  const found: number[] = [];
  for (const each of numbers) {
    if (each % 2 === 1) continue;
    if (each > 100) found.pop();
    else found.push(each);
  }
  return found;
}
function report(text: string | undefined): void {
  if (text === undefined) return;
  console.log(text.length > 3 ? 'long' : 'short', text || 'empty');
}
const never = () => console.log('never');
globalThis.addEventListener?.('load', never);
evenOnes([1, 2, 3, 4, 6]).forEach((each) => report(each > 2 ? String(each) : undefined));
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-hits-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** V8's coverage of the built source in Node. */
async function run(): Promise<{ script: Built; source: string; counts: Float64Array }> {
  const source = join(folder, 'source.ts');
  await writeFile(source, SOURCE);
  const built = join(folder, 'built', 'entry.mjs');
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: join(folder, 'built'),
      sourcemap: 'hidden',
      minify: true,
      rolldownOptions: { input: source, output: { entryFileNames: 'entry.mjs' } },
      modulePreload: false,
    },
  });
  const raw = join(folder, 'raw');
  await promisify(execFile)(process.execPath, [built], { env: { NODE_V8_COVERAGE: raw } });
  const [name = ''] = await readdir(raw);
  const { result } = JSON.parse(await readFile(join(raw, name), 'utf8'));
  const ran = result.find(({ url }: { url: string }) => url === pathToFileURL(built).href);
  const code = await readFile(built, 'utf8');
  const counts = new Float64Array(code.length);
  addHits(counts, ran);
  const map = await readFile(`${built}.map`, 'utf8');
  return { script: { code, map, url: pathToFileURL(`${built}.map`).href }, source, counts };
}

test('what a minified build ran counts at the places of its source', async () => {
  const { script, source, counts } = await run();
  const url = pathToFileURL(source).href;
  const { code, map } = await transformWithOxc(SOURCE, source);
  const ranges = rangesOf(
    { code, map: JSON.stringify(map), url },
    hitsBySource(script, toStretches(counts)).get(url) ?? [],
  );
  const countAt = (snippet: string) => {
    const offset = code.indexOf(snippet);
    return ranges.find(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset)?.count;
  };
  expect(
    Object.fromEntries(
      [
        'if (each % 2',
        'continue;',
        'found.pop',
        'found.push',
        'return found',
        'return;',
        '"long"',
        '"short"',
        '"empty"',
        '() => console',
        '(each) =>',
      ].map((snippet) => [snippet, countAt(snippet)]),
    ),
  ).toEqual({
    'if (each % 2': 5,
    'continue;': 2,
    'found.pop': 0,
    'found.push': 3,
    'return found': 1,
    'return;': 1,
    '"long"': 0,
    '"short"': 2,
    '"empty"': 0,
    '() => console': 0,
    '(each) =>': 3,
  });
});
