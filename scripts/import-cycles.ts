import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const SOURCES = '{apps,packages,scripts}/**/*.{ts,tsx}';
const GENERATED = /(^|\/)(node_modules|dist|dist-test|coverage|coverage-unit)$/;

/** Static imports, exports from another file, types and `import()` alike. */
const RELATIVE_IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(?<path>\.[^']+)'/g;

/**
 * The groups of files below `root` that import each other in a circle. Lint finds most of them; it does not count
 * `import()`.
 */
export async function importCycles(root: string): Promise<string[][]> {
  const files: string[] = [];
  for await (const file of glob(SOURCES, { cwd: root, exclude: (path) => GENERATED.test(path) }))
    files.push(file);
  const imports = new Map(
    await Promise.all(
      files.map(async (file) => {
        const text = await readFile(join(root, file), 'utf8');
        const found = text.matchAll(RELATIVE_IMPORT);
        return [file, [...found].map(({ groups }) => join(dirname(file), groups?.['path'] ?? ''))] as const;
      }),
    ),
  );
  return stronglyConnected(imports);
}

/** Tarjan's algorithm: the components of more than one file, and files that import themselves. */
function stronglyConnected(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const components: string[][] = [];
  const index = new Map<string, number>();
  const stack: string[] = [];

  function visit(file: string): number {
    const own = index.size;
    index.set(file, own);
    let low = own;
    stack.push(file);
    const next = graph.get(file) ?? [];
    for (const imported of next) {
      const seen = index.get(imported);
      if (seen === undefined) low = Math.min(low, visit(imported));
      else if (stack.includes(imported)) low = Math.min(low, seen);
    }
    if (low === own) {
      const component = stack.splice(stack.indexOf(file));
      if (component.length > 1 || next.includes(file)) components.push(component.toSorted());
    }
    return low;
  }

  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return components;
}
