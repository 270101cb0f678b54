import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The API that `dev` proxies to. */
const API = process.env['BATON_URL'] ?? 'http://127.0.0.1:4000';

/** The highest, 11, takes two seconds more for the 5 % that it saves. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Compresses at build time, so that the server need not per request. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir = 'dist' }) {
      const names = await readdir(dir, { recursive: true });
      for (const name of names.filter((each) => /\.(js|css|html|svg)$/.test(each))) {
        const path = join(dir, name);
        const content = await readFile(path);
        await writeFile(`${path}.br`, brotliCompressSync(content, BROTLI));
        await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** Drops Zod's JSON Schema and its English messages, which the console does not use. */
function withoutUnusedZod(): Plugin {
  return {
    name: 'without-unused-zod',
    apply: 'build',
    transform(code, id) {
      if (id.endsWith('zod/v4/locales/en.js'))
        return { code: "export default () => ({ localeError: () => 'Invalid input' });", map: null };
      if (!/zod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/.test(id)) return null;
      const names = [...code.matchAll(/^export (?:const|function) (\w+)/gm)].map((match) => match[1]);
      return { code: names.map((name) => `export const ${name} = () => undefined;`).join('\n'), map: null };
    },
  };
}

/**
 * React and the small components of every page, in one chunk. They may import nothing outside but the schema, or the
 * chunks would wait for each other.
 */
const BASE = [
  /\/node_modules\/react\//,
  /lucide-react\/dist\/esm\/(createLucideIcon|Icon|defaultAttributes|context|shared)/,
  /\/console\/src\/(format\/(number|time|labels)|ui\/(badge|button|class-names|empty-state|kbd|skeleton|stage-bar))/,
];

/** The schema and Zod; the metrics are loaded with Insight. */
const SCHEMA = /\/node_modules\/zod\/|\/packages\/schema\/src\/(?!metrics)/;

export default defineConfig({
  plugins: [react(), tailwind(), withoutUnusedZod(), precompress()],
  // The server puts a new one into each page.
  html: { cspNonce: '__CSP_NONCE__' },
  resolve: {
    alias: [
      {
        find: /^temporal-polyfill$/,
        replacement: fileURLToPath(new URL('src/temporal.ts', import.meta.url)),
      },
    ],
  },
  build: {
    target: 'es2023',
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'base', test: (id) => BASE.some((each) => each.test(id)) },
            { name: 'schema', test: SCHEMA },
          ],
        },
      },
    },
  },
  server: { port: 4_173, proxy: { '/trpc': { target: API, changeOrigin: true } } },
});
