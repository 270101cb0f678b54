import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { consoleHeaders, STRICT_TRANSPORT } from './security-headers.ts';

const PAGE = 'index.html';
const YEAR_S = 31_536_000;
/** What stands in the built page for the nonce of its style elements. */
const NONCE = '__CSP_NONCE__';

/** What has answers of its own. */
const isServed = (path: string) => path.startsWith('/trpc') || path.startsWith('/oidc/');

/** Whether a browser navigates to a page, which the console's own router shows. `/` is one for any client. */
function isNavigation({ method, headers, url }: FastifyRequest): boolean {
  const path = url.split('?', 1)[0] ?? '';
  const isFile = /\.[a-z0-9]+$/i.test(path) && path !== `/${PAGE}`;
  const wantsPage = path === '/' || headers.accept?.includes('text/html') === true;
  return (method === 'GET' || method === 'HEAD') && wantsPage && !isFile && !isServed(path);
}

const newNonce = () => randomBytes(16).toString('base64');

/**
 * Serves the built console at `/`: its files, compressed where a `.br` or `.gz` lies beside them, and its one
 * page for every address that a browser navigates to.
 * @param distFolder the absolute path of the built console
 * @returns false, and serves nothing, where it was not built
 */
export async function registerConsole(app: FastifyInstance, distFolder: string): Promise<boolean> {
  const page = await readFile(join(distFolder, PAGE), 'utf8').catch(() => null);
  if (page === null) return false;
  await app.register(fastifyStatic, {
    root: distFolder,
    index: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      const isHashed = path.includes(`${sep}assets${sep}`);
      void reply.headers({
        ...consoleHeaders(newNonce()),
        'cache-control': isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
      });
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    if (!isNavigation(request)) return undefined;
    const nonce = newNonce();
    if (request.protocol === 'https') reply.headers(STRICT_TRANSPORT);
    reply.headers({ ...consoleHeaders(nonce), 'cache-control': 'no-cache' });
    return reply.type('text/html; charset=utf-8').send(page.replaceAll(NONCE, nonce));
  });
  return true;
}
