import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { V8CoverageProvider } from '@vitest/coverage-v8/dist/provider.js';
import type { ReportContext } from 'vitest/node';
import { HITS_FOLDER, type ScriptHits } from './browser-hits.ts';
import { hitsBySource, rangesOf, type SourceHits } from './source-hits.ts';
import { UNIT_RUNS_APART, unitCoverage } from './unit-coverage.ts';

type CoverageMap = Awaited<ReturnType<V8CoverageProvider['generateCoverage']>>;

/** Merges V8 coverage of Vitest, of the built console in a browser, and of unit tests that ran apart. */
export class CoverageProvider extends V8CoverageProvider {
  override async generateCoverage(context: ReportContext): Promise<CoverageMap> {
    const coverageMap = await super.generateCoverage(context);
    // Unit tests that run apart do not build the console.
    if (this.#consoleFolder === undefined) return coverageMap;
    if (UNIT_RUNS_APART) coverageMap.merge(await unitCoverage());
    if (!existsSync(HITS_FOLDER)) return coverageMap;
    for (const name of await readdir(HITS_FOLDER)) {
      const scripts: ScriptHits[] = JSON.parse(await readFile(join(HITS_FOLDER, name), 'utf8'));
      for (const script of scripts) await this.#addScript(coverageMap, script);
    }
    return coverageMap;
  }

  get #consoleFolder(): string | undefined {
    return this.ctx.getRootProject().getProvidedContext().consoleFolder;
  }

  async #addScript(coverageMap: CoverageMap, { path, stretches }: ScriptHits): Promise<void> {
    const file = join(this.#consoleFolder ?? '', path);
    const mapPath = `${file}.map`;
    // Files of `public` are served unbuilt and lie outside `src`.
    if (!existsSync(mapPath)) return;
    const script = {
      code: await readFile(file, 'utf8'),
      map: await readFile(mapPath, 'utf8'),
      url: pathToFileURL(mapPath).href,
    };
    for (const [url, hits] of hitsBySource(script, stretches)) {
      if (url.startsWith('file:') && this.isIncluded(fileURLToPath(url))) {
        coverageMap.merge(await this.#convert(url, hits));
      }
    }
  }

  async #convert(url: string, hits: SourceHits): Promise<CoverageMap> {
    const project = this.ctx.getRootProject();
    const { code, map } = (await this.transformFile(fileURLToPath(url), project, 'client')) ?? {};
    if (code === undefined || !map) throw new Error(`Vitest has no source map of ${url}`);
    const ranges = rangesOf({ code, map: JSON.stringify(map), url }, hits);
    const script = { url, startOffset: 0, functions: [{ functionName: '', isBlockCoverage: true, ranges }] };
    // Private in Vitest's types, hence the index access.
    const converted: CoverageMap = await this['convertCoverage']({ result: [script] }, project, 'client');
    return converted;
  }
}
